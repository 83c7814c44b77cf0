import BundleReader

/// The distribution of many durations.
public struct LatencySummary: Sendable {
  private let sorted: [UInt64]

  /// Summarises durations in nanoseconds.
  public init(_ nanoseconds: [UInt64]) { sorted = nanoseconds.sorted() }

  /// The number of durations.
  public var count: Int { sorted.count }

  /// The duration in microseconds that the given share of all do not exceed; zero if there are none.
  public func microseconds(at share: Double) -> Double {
    guard !sorted.isEmpty else { return 0 }
    let place = min(Int(share * Double(sorted.count)), sorted.count - 1)
    return Double(sorted[place]) / 1000
  }
}
