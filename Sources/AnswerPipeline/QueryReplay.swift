import BundleCompiler
import BundleFormat
import BundleReader
import CKernels

/// Asks a bundle many queries one after the other, and measures each.
public struct QueryReplay {
  /// What became of one query and how long it took.
  public struct Measurement: Sendable {
    /// Exact hit, semantic hit, or `nil` for a fallback.
    public var kind: MatchKind?
    /// Nanoseconds from the text to the bytes of the answer.
    public var nanoseconds: UInt64
    /// The stages, if they were measured.
    public var stages: StageTimes
    /// The entry that answered.
    public var entry: UInt32?
  }

  private let bundle: Bundle
  private let now: Int64

  /// Prepares to replay queries on `bundle` at a fixed time.
  public init(_ bundle: Bundle, now: Int64) {
    self.bundle = bundle
    self.now = now
  }

  /// Asks every query once, in order, in one new session.
  ///
  /// - Parameter measuringStages: Whether the stages are timed too, which adds about 0.2 µs to each query.
  /// - Throws: `QueryError` if a query is not UTF-8.
  public func run(_ queries: [[UInt8]], measuringStages: Bool) throws(QueryError) -> [Measurement] {
    var session = QuerySession(bundle)
    session.measuresStages = measuringStages
    var measurements: [Measurement] = []
    measurements.reserveCapacity(queries.count)
    for query in queries {
      let start = almanac_monotonic_nanoseconds()
      let outcome = try query.withBytes { text throws(QueryError) in
        try session.answer(Query(text: text, now: now))
      }
      let end = almanac_monotonic_nanoseconds()
      measurements.append(
        Measurement(
          kind: outcome.kind, nanoseconds: end - start, stages: session.stageTimes,
          entry: outcome.kind == nil ? nil : outcome.entry))
    }
    return measurements
  }
}
