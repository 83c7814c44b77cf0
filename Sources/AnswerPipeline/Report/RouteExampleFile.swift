import BundleCompiler
import BundleFormat

/// Reads examples of requests with their cheapest sufficient tier: JSONL rows `{"query", "tier", "input_tokens"?,
/// "output_tokens"?}`, or CSV with such columns.
struct RouteExampleFile {
  private(set) var examples: [RouteAudit.Example] = []
  /// Rows that could not be used, and the first of them.
  private(set) var malformed = 0
  private(set) var firstMalformed: InputError?

  private let path: String
  private let tiers: [String]

  /// - Throws: `InputError` if the file cannot be read or has no usable row.
  init(path: String, tiers: [String]) throws(InputError) {
    self.path = path
    self.tiers = tiers
    let ending = path.lowercased().split(separator: ".").last
    if ending == "csv" || ending == "tsv" { try readCSV() } else { try readLines() }
    guard !examples.isEmpty else {
      throw firstMalformed.map {
        InputError(file: $0.file, line: $0.line, problem: $0.problem, remedy: "correct the rows")
      }
        ?? InputError(file: path, problem: "there are no examples", remedy: #"write rows like {"query": …, "tier": …}"#)
    }
  }

  private mutating func add(_ line: Int, _ value: (String) -> JSONValue?) {
    guard let query = value("query")?.string, !query.allSatisfy(\.isWhitespace) else {
      return refuse(line, "there is no query")
    }
    guard query.utf8.count <= InputLimits.standard.question else { return refuse(line, "the query is too long") }
    guard let name = (value("tier") ?? value("route"))?.string else { return refuse(line, "there is no tier") }
    guard let tier = tiers.firstIndex(of: name) else {
      return refuse(line, "the tier is \"\(name)\", none of \(tiers.joined(separator: ", "))")
    }
    var tokens: (input: Double, output: Double)?
    if let output = number(value("output_tokens")) {
      let input = number(value("input_tokens")) ?? 0
      guard (0...1e7).contains(output), (0...1e7).contains(input) else {
        return refuse(line, "the tokens are not from 0 to ten million")
      }
      tokens = (input, output)
    }
    examples.append(RouteAudit.Example(query: query, sufficient: tier, tokens: tokens, line: line))
  }

  private func number(_ value: JSONValue?) -> Double? {
    guard let number = value?.double ?? value?.string.flatMap({ Double($0.trimmed) }), number.isFinite else {
      return nil
    }
    return number
  }

  private mutating func refuse(_ line: Int, _ problem: String) {
    malformed += 1
    if firstMalformed == nil {
      firstMalformed = InputError(file: path, line: line, problem: problem, remedy: "the row was passed over")
    }
  }

  private mutating func readLines() throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    while true {
      do throws(InputError) {
        guard let line = try reader.next() else { return }
        guard let row = try? JSONParser.parse(line.bytes), case .object = row else {
          refuse(line.number, "the line is no JSON object")
          continue
        }
        add(line.number) { row[$0] }
      } catch {
        guard let number = error.line else { throw error }
        refuse(number, error.problem)
        try reader.skipRefusedLine()
      }
    }
  }

  private mutating func readCSV() throws(InputError) {
    var reader = try CSVReader(path: path)
    let header = reader.next()?.fields.map { $0.trimmed.lowercased() } ?? []
    guard header.contains("query"), header.contains("tier") || header.contains("route") else {
      throw InputError(
        file: path, line: 1, problem: "there are no columns \"query\" and \"tier\"",
        remedy: "name the columns in the first row: query,tier")
    }
    while let row = reader.next() {
      guard row.problem == nil, row.fields.count == header.count else {
        refuse(row.line, row.problem ?? "the row has \(row.fields.count) fields, the first row \(header.count)")
        continue
      }
      add(row.line) { name in
        header.firstIndex(of: name).map { row.fields[$0].trimmed }.flatMap { $0.isEmpty ? nil : .string($0) }
      }
    }
  }
}
