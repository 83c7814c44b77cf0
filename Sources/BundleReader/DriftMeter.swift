import BundleFormat

/// Holds the requests that come against those that the compiler expected: the share of hits, and how scores are spread.
///
/// It looks at windows of 10,000 requests: the last full one, or that which is being filled once it has 1,000.
public struct DriftMeter: ~Copyable {
  /// The number of requests in a window.
  public static let windowSize: UInt64 = 10_000
  /// The fewest requests that say something.
  public static let leastRequests: UInt64 = 1_000
  /// The distance of scores, in millionths, from which on there is drift: one request in four is of another kind.
  public static let distanceLimit: UInt32 = 250_000

  private let expectation: BundleExpectation
  // Two windows, each: requests, hits, scores by step.
  private var filling: Window
  private var full: Window

  private struct Window: ~Copyable {
    var requests: UInt64 = 0
    var hits: UInt64 = 0
    var steps = FixedBuffer<UInt64>(capacity: ScoreHistogram.maximumEdges + 1)
  }

  /// A meter that has seen nothing.
  public init(_ expectation: BundleExpectation) {
    self.expectation = expectation
    filling = Window()
    full = Window()
  }

  /// Counts a request.
  ///
  /// - Parameter mode: The input mode as in `AcceptancePoint.mode`. Scores of modes cannot be compared, so only those of texts
  ///   are looked at.
  public mutating func count(_ outcome: Outcome, mode: UInt32) {
    if filling.requests == Self.windowSize {
      swap(&filling, &full)
      filling.requests = 0
      filling.hits = 0
      filling.steps.clear()
    }
    filling.requests += 1
    if outcome.reason == nil { filling.hits += 1 }
    if mode == AcceptancePoint.textMode, let score = outcome.score, let scores = expectation.scores {
      filling.steps[scores.step(score)] += 1
    }
  }

  /// The requests in the window that is looked at; zero while there are too few.
  public var requests: UInt64 {
    full.requests > 0 ? full.requests : filling.requests >= Self.leastRequests ? filling.requests : 0
  }

  /// The share of hits in the window, in millionths; `nil` while there are too few requests.
  public var hits: UInt32? {
    guard requests > 0 else { return nil }
    return UInt32((full.requests > 0 ? full.hits : filling.hits) * 1_000_000 / requests)
  }

  /// The share of hits that was expected, in millionths; `nil` if the bundle does not say.
  public var expectedHits: UInt32? { expectation.hits }

  /// How far the scores in the window are from those expected, in millionths; `nil` while too few requests were scored, and if the
  /// bundle expects none.
  public var distance: UInt32? {
    guard requests > 0, let scores = expectation.scores else { return nil }
    var scored: UInt64 = 0
    for step in scores.shares.indices { scored += count(step) }
    return scored < Self.leastRequests ? nil : scores.distance { count($0) }
  }

  private func count(_ step: Int) -> UInt64 { full.requests > 0 ? full.steps[step] : filling.steps[step] }

  /// Whether hits are fewer than half of those expected, or scores farther off than `distanceLimit`.
  public var isDrifting: Bool {
    if let hits, let expected = expectedHits, hits < expected / 2 { return true }
    return distance.map { $0 > Self.distanceLimit } ?? false
  }
}
