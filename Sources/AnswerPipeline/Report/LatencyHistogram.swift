import Foundation

/// A distribution of durations in bounded memory: steps of 2 %.
struct LatencyHistogram {
  private var steps: [Int: Double] = [:]
  private var sum = 0.0
  /// How many durations were added.
  private(set) var count = 0.0

  private static let growth = log(1.02)

  /// Adds `weight` durations of so many milliseconds.
  mutating func add(_ milliseconds: Double, weight: Double) {
    // Everything below a microsecond is one step.
    let step = milliseconds > 0.001 ? Int((log(milliseconds) / Self.growth).rounded(.up)) : Int.min
    steps[step, default: 0] += weight
    sum += milliseconds * weight
    count += weight
  }

  /// The mean; `nil` if nothing was added.
  var mean: Double? { count > 0 ? sum / count : nil }

  /// What `share` of all durations do not exceed, at most 2 % too much; `nil` if nothing was added.
  func quantile(_ share: Double) -> Double? {
    var reached = 0.0
    for step in steps.keys.sorted() {
      reached += steps[step] ?? 0
      if reached >= share * count { return step == Int.min ? 0.001 : exp(Double(step) * Self.growth) }
    }
    return nil
  }
}
