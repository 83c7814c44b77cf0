import CKernels

/// How long the stages of one query took, in nanoseconds.
public struct StageTimes: Sendable {
  /// A stage of the path of a query.
  public enum Stage: Int, CaseIterable, Sendable {
    /// Normalisation of the text.
    case normalize
    /// The exact lookup; for an exact hit this includes finding the entry.
    case exact
    /// Courtesy and never-classes, and the exact lookup of what courtesy leaves.
    case rules
    /// Tokenisation and pooling.
    case encode
    /// Coarse scan, code scan and re-rank.
    case search
    /// Choosing the candidate, its margin and its validity.
    case decide
    /// Decompression of the answer.
    case decompress
  }

  private var times: (UInt64, UInt64, UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0, 0, 0)
  private var last: UInt64 = 0

  /// The nanoseconds that a stage took; zero if the query did not come to it.
  public subscript(stage: Stage) -> UInt64 {
    switch stage {
    case .normalize: times.0
    case .exact: times.1
    case .rules: times.2
    case .encode: times.3
    case .search: times.4
    case .decide: times.5
    case .decompress: times.6
    }
  }

  mutating func begin() {
    times = (0, 0, 0, 0, 0, 0, 0)
    last = almanac_monotonic_nanoseconds()
  }

  mutating func end(_ stage: Stage) {
    let now = almanac_monotonic_nanoseconds()
    let elapsed = now &- last
    last = now
    switch stage {
    case .normalize: times.0 = elapsed
    case .exact: times.1 = elapsed
    case .rules: times.2 = elapsed
    case .encode: times.3 = elapsed
    case .search: times.4 = elapsed
    case .decide: times.5 = elapsed
    case .decompress: times.6 = elapsed
    }
  }
}
