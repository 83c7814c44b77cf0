import BundleCompiler
import BundleFormat
import BundleReader

/// A query with the entry that it expects.
public struct LabelledQuery: Sendable {
  /// The query as UTF-8.
  public let text: [UInt8]
  /// The int8 components of its embedding, if it is asked with one.
  public let vector: [UInt8]?
  /// The ordinal in the bundle of the entry it expects; `nil` if it must fall back.
  public let expected: UInt32?
  /// What the author calls queries of this sort.
  public let kind: String?
  /// What the answer must be valid for, in the form of `ScopeText`; empty if the row does not say.
  public let scope: [UInt8]
  /// When it is asked, in seconds since 1970, if the row says so.
  public let now: Int64?
  /// The number of the message in its conversation, from 1.
  public let turn: UInt32
  /// Its line in the file, counted from 1.
  public let line: Int
}

/// Queries from a JSONL file, with the entries they expect if it names any.
public struct LabelledQueries: Sendable {
  /// The queries in the file's order.
  public let rows: [LabelledQuery]
  /// Whether any row has the key `expect`.
  public let isLabelled: Bool

  /// Reads `{"query": …, "expect": …}` rows; expected ids are looked up in `bundle`.
  ///
  /// - Parameters:
  ///   - requiringLabels: Whether every row must have the key `expect`.
  ///   - vectors: A `.npy` file with the embedding of each query, made by the bundle's model.
  /// - Throws: `InputError` naming file and line; also for an id that the bundle does not have.
  public init(path: String, bundle: Bundle, requiringLabels: Bool = false, vectors: String? = nil) throws {
    let read = try QueryFile.read(path, requiringLabels: requiringLabels)
    isLabelled = read.contains { $0.isLabelled }
    let embedded = try vectors.map {
      try QueryVectors(path: $0, queries: path, count: read.count, dimensions: Int(bundle.encoder.dimensions))
    }
    rows = try read.enumerated().map { index, row in
      LabelledQuery(
        text: Array(row.query.utf8), vector: embedded?[index], expected: try Self.entry(row, path, bundle),
        kind: row.kind, scope: row.scope,
        now: row.now, turn: row.turn, line: row.line)
    }
  }

  /// The queries as UTF-8.
  public var texts: [[UInt8]] { rows.map(\.text) }

  private static func entry(_ row: QueryFile.Row, _ path: String, _ bundle: Bundle) throws -> UInt32? {
    guard let id = row.expected else { return nil }
    guard let ordinal = try Array(id.utf8).withBytes({ try bundle.entryOrdinal(id: $0) }) else {
      throw InputError(
        file: path, line: row.line, problem: "the query expects \"\(id)\", which no entry of the bundle has as its id",
        remedy: "correct the id, or use queries that belong to this bundle")
    }
    // What the author merged is answered by the other entry.
    let merged = try bundle.entry(ordinal).mergedInto
    return merged.flatMap { Int($0) < bundle.entryCount ? $0 : nil } ?? ordinal
  }
}
