import BundleCompiler
import BundleFormat
import BundleReader

/// Queries from a JSONL file, with the entries they expect if it names any.
public struct LabelledQueries {
  /// The queries as UTF-8.
  public let queries: [[UInt8]]
  /// The ordinal in the bundle of the entry each expects; `nil` if it must fall back.
  public let expected: [UInt32?]
  /// Whether any row has the key `expect`.
  public let isLabelled: Bool

  /// Reads `{"query": …, "expect": …}` rows; expected ids are looked up in `bundle`.
  ///
  /// - Throws: `InputError` naming file and line; also for an id that the bundle does not have.
  public init(path: String, bundle: Bundle) throws {
    var queries: [[UInt8]] = []
    var expected: [UInt32?] = []
    var isLabelled = false
    for row in try QueryFile.read(path) {
      queries.append(Array(row.query.utf8))
      isLabelled = isLabelled || row.isLabelled
      guard let id = row.expected else {
        expected.append(nil)
        continue
      }
      guard let ordinal = try Array(id.utf8).withBytes({ try bundle.entryOrdinal(id: $0) }) else {
        throw InputError(
          file: path, line: row.line, problem: "the bundle has no entry \(id)",
          remedy: "use queries that belong to this bundle")
      }
      expected.append(ordinal)
    }
    self.queries = queries
    self.expected = expected
    self.isLabelled = isLabelled
  }
}
