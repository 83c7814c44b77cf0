/// Thresholds fixed before any label is looked at, from strict to loose, for labelled queries to be tested against.
///
/// They are the scores that ever more of the bundle's own questions reached with their entry left out, so that each step
/// lets in about a tenth more of them. A small bundle has few such scores; the steps between them are then halved.
struct ThresholdLadder: Sendable {
  /// The thresholds, each below the one before; none if the bundle is too small for a self-test.
  let thresholds: [Int64]

  /// A step lets in one more of the questions for every so many that are in already.
  private static let stepShare = 10
  /// Fewer steps than this are halved.
  private static let fewestSteps = 64

  /// Makes the ladder of a self-test. O(n log n) for n questions.
  init(_ test: SelfTest) {
    guard min(test.results.count, test.entryCount) >= OperatingPoint.minimumSample else {
      thresholds = []
      return
    }
    let scores = test.results.compactMap(\.scoreWithoutEntry).sorted(by: >)
    var thresholds: [Int64] = []
    var accepted = 0
    while accepted < scores.count {
      // Just above the next score, so that exactly those before it are in; equal scores make one step.
      let threshold = scores[accepted] + 1
      if threshold < thresholds.last ?? Int64.max { thresholds.append(threshold) }
      accepted += max(1, accepted / Self.stepShare)
    }
    if let last = scores.last, last < thresholds.last ?? Int64.max { thresholds.append(last) }
    while thresholds.count > 1, thresholds.count < Self.fewestSteps {
      let halved = Self.halved(thresholds)
      guard halved.count > thresholds.count else { break }
      thresholds = halved
    }
    self.thresholds = thresholds
  }

  private static func halved(_ thresholds: [Int64]) -> [Int64] {
    var halved = [thresholds[0]]
    for (upper, lower) in zip(thresholds, thresholds.dropFirst()) {
      let middle = lower + (upper - lower) / 2
      if middle != lower, middle != upper { halved.append(middle) }
      halved.append(lower)
    }
    return halved
  }
}
