/// Reads queries apart from any recipe, for tools that ask them.
public enum QueryFile {
  /// A query of the file.
  public struct Row: Sendable {
    /// The query.
    public let query: String
    /// The id of the entry that answers it; `nil` if it must fall back, or if the row has no label.
    public let expected: String?
    /// Whether the row has the key `expect`.
    public let isLabelled: Bool
    /// What the author calls queries of this sort.
    public let kind: String?
    /// What the answer must be valid for, in the form of `ScopeText`; empty if the row does not say.
    public let scope: [UInt8]
    /// When it is asked, in seconds since 1970.
    public let now: Int64?
    /// The number of the message in its conversation, from 1.
    public let turn: UInt32
    /// The row's line, counted from 1.
    public let line: Int
  }

  /// The rows of the JSONL file at `path`. Other keys are ignored.
  ///
  /// - Parameter requiringLabels: Whether a row without `expect` is an error. A forgotten label must not count as null.
  /// - Throws: an error naming the line that is not JSON, has no query, or a field of the wrong type.
  public static func read(_ path: String, requiringLabels: Bool = false) throws(InputError) -> [Row] {
    let limits = InputLimits.standard
    let reader = LineReader(file: try InputFile(path: path), limit: limits.line)
    var rows: [Row] = []
    while let line = try reader.next() {
      let place = InputPlace(file: path, line: line.number)
      let record = try JSONRecord(line.bytes, place: place, shape: #"{"query": …, "expect": …}"#)
      let label = try label(record, isRequired: requiringLabels)
      rows.append(
        Row(
          query: try record.string("query"), expected: label ?? nil, isLabelled: label != nil,
          kind: try record.optionalName("kind", limit: limits.route), scope: try record.scope(limits).scopeText,
          now: try record.optionalTime("now"), turn: try record.turn(), line: line.number))
    }
    guard !rows.isEmpty else {
      throw InputPlace(file: path).error("the file has no queries", do: "write one JSON object a line")
    }
    return rows
  }

  // Outer nil: no label. Inner nil: the label is null.
  private static func label(_ record: JSONRecord, isRequired: Bool) throws(InputError) -> String?? {
    let forms = "an entry's id, or null if the query must fall back"
    switch record.valueOrNull("expect") {
    case .string(let id)?: return .some(id)
    case .null?: return .some(nil)
    case let other?: throw record.wrongType("expect", other, forms)
    case nil:
      guard !isRequired else {
        throw record.place.error("the field \"expect\" is missing", do: "add it: \(forms)")
      }
      return nil
    }
  }
}
