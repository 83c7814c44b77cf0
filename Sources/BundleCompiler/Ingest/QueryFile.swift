/// Reads queries apart from any recipe, for tools that replay them.
public enum QueryFile {
  /// A query of the file.
  public struct Row: Sendable {
    /// The query.
    public let query: String
    /// The id of the entry that answers it; `nil` if it must fall back, or if the row has no label.
    public let expected: String?
    /// Whether the row has the key `expect`.
    public let isLabelled: Bool
    /// The row's line, counted from 1.
    public let line: Int
  }

  /// The rows of the JSONL file at `path`. Other keys are ignored.
  ///
  /// - Throws: an error naming the line that is not JSON or has no query.
  public static func read(_ path: String) throws(InputError) -> [Row] {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    var rows: [Row] = []
    while let line = try reader.next() {
      let place = InputPlace(file: path, line: line.number)
      let record = try JSONRecord(line.bytes, place: place, shape: #"{"query": …, "expect": …}"#)
      var expected: String?
      let label = record.valueOrNull("expect")
      if case .string(let id)? = label { expected = id }
      rows.append(
        Row(query: try record.string("query"), expected: expected, isLabelled: label != nil, line: line.number))
    }
    guard !rows.isEmpty else {
      throw InputPlace(file: path).error("the file has no queries", do: "write one JSON object a line")
    }
    return rows
  }
}
