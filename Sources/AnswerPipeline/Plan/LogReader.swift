import BundleCompiler
import BundleFormat

/// Reads query logs: JSONL, CSV, and the miss log of a reader.
struct LogReader {
  /// The line on which a row stands, and the row or what is wrong with it.
  typealias Body = (Int, Result<LogRow, MalformedRow>) -> Void

  /// Reads the file at `path` row by row, in bounded memory; a CSV file as a whole.
  ///
  /// A miss log that keeps digests only has no queries, which makes all its rows malformed.
  ///
  /// - Parameter progress: Told now and then how many bytes are read.
  /// - Throws: `InputError` if the file cannot be read, or is a CSV file without a column of queries.
  static func read(_ path: String, progress: (Int) -> Void, _ body: Body) throws(InputError) {
    let ending = path.lowercased().split(separator: ".").last
    if ending == "csv" || ending == "tsv" { try readCSV(path, body) } else { try readLines(path, progress, body) }
  }

  private static func readLines(_ path: String, _ progress: (Int) -> Void, _ body: Body) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    var count = 0
    while true {
      let line: InputLine
      do throws(InputError) {
        guard let next = try reader.next() else { return }
        line = next
      } catch {
        guard let number = error.line else { throw error }
        body(number, .failure(MalformedRow(error.problem)))
        try reader.skipRefusedLine()
        continue
      }
      count += 1
      if count % 4_096 == 0 { progress(reader.bytesRead) }
      body(line.number, row(line.bytes))
    }
  }

  private static func row(_ bytes: Bytes) -> Result<LogRow, MalformedRow> {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      return .failure(MalformedRow("the line is not JSON: \(error.problem)"))
    }
    guard case .object = value else { return .failure(MalformedRow("the line is \(value.kind), not an object")) }
    if value["digest"] != nil, value["query"] == nil {
      return .failure(MalformedRow("the line has only the digest of a query"))
    }
    return Result { () throws(MalformedRow) in
      try LogRow { field in
        for name in LogRow.names.first(where: { $0.field == field })?.names ?? [] {
          if let found = value[name] { return found }
        }
        return nil
      }
    }
  }

  private static func readCSV(_ path: String, _ body: Body) throws(InputError) {
    var reader = try CSVReader(path: path)
    let header = reader.next()?.fields.map { $0.trimmed.lowercased() } ?? []
    func column(_ field: LogRow.Field) -> Int? {
      LogRow.names.first { $0.field == field }?.names.lazy.compactMap { header.firstIndex(of: $0) }.first
    }
    guard column(.query) != nil else {
      throw InputError(
        file: path, line: 1, problem: "no column is named \"query\"",
        remedy: "name the columns in the first row: query,count,at")
    }
    while let row = reader.next() {
      if let problem = row.problem {
        body(row.line, .failure(MalformedRow(problem)))
      } else if row.fields.count != header.count {
        body(
          row.line,
          .failure(MalformedRow("the row has \(row.fields.count) fields, the first row \(header.count)")))
      } else {
        body(
          row.line,
          Result { () throws(MalformedRow) in
            try LogRow { field in
              column(field).map { row.fields[$0].trimmed }.flatMap { $0.isEmpty ? nil : .string($0) }
            }
          })
      }
    }
  }
}
