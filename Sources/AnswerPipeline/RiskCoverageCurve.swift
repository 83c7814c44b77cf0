/// What a bundle would serve, and at how many wrong answers, for every threshold its score could have.
///
/// Every query's best candidate answers once the threshold is at or below its score; queries equal to a stored question
/// are answered at any. Lowering the threshold adds right and wrong answers and takes none away, so the points rise.
public struct RiskCoverageCurve: Sendable {
  /// The score of exact hits: above every threshold.
  public static let exactScore = Int64.max

  /// The budgets at which curves are compared, in millionths of all requests.
  public static let budgets: [UInt32] = [5_000, 10_000, 20_000, 50_000]

  /// The best candidate of one query.
  public struct Candidate: Sendable {
    /// Its score, or `exactScore`.
    public let score: Int64
    /// Whether it is the entry that the query expects.
    public let isRight: Bool

    public init(score: Int64, isRight: Bool) {
      self.score = score
      self.isRight = isRight
    }
  }

  /// What one threshold gives.
  public struct Point: Equatable, Sendable {
    /// The least score that answers; `exactScore` for exact matches only.
    public let threshold: Int64
    /// The right answers.
    public let right: Int
    /// The wrong answers.
    public let wrong: Int

    public init(threshold: Int64, right: Int, wrong: Int) {
      self.threshold = threshold
      self.right = right
      self.wrong = wrong
    }
  }

  /// The number of queries.
  public let requests: Int
  /// The number of queries that expect an entry.
  public let answerable: Int
  /// A point for every score that occurs, from the strictest threshold to the loosest. The first answers exact matches
  /// only.
  public let points: [Point]

  /// Computes the curve. O(n log n).
  ///
  /// - Parameters:
  ///   - candidates: The best candidate of every query that has one.
  ///   - requests: The number of queries, those without a candidate too.
  ///   - answerable: The number of queries that expect an entry.
  public init(_ candidates: some Sequence<Candidate>, requests: Int, answerable: Int) {
    self.requests = requests
    self.answerable = answerable
    var points: [Point] = []
    var threshold = Self.exactScore
    var right = 0
    var wrong = 0
    for candidate in candidates.sorted(by: { $0.score > $1.score }) {
      // Equal scores cannot be told apart by a threshold.
      if candidate.score != threshold {
        points.append(Point(threshold: threshold, right: right, wrong: wrong))
        threshold = candidate.score
      }
      right += candidate.isRight ? 1 : 0
      wrong += candidate.isRight ? 0 : 1
    }
    points.append(Point(threshold: threshold, right: right, wrong: wrong))
    self.points = points
  }

  /// For each number of wrong answers that occurs, the point with the most right ones. All that matters for a budget.
  public var frontier: [Point] {
    points.indices.filter { $0 + 1 == points.count || points[$0 + 1].wrong > points[$0].wrong }.map { points[$0] }
  }

  /// The strictest of the points that serve most with at most `millionths` of all requests answered wrongly; `nil` if
  /// exact matches alone are wrong more often.
  public func point(wrongWithin millionths: UInt32) -> Point? {
    best { $0.wrong * 1_000_000 <= Int(millionths) * requests }
  }

  /// The same for at most `count` wrong answers.
  public func point(wrongAtMost count: Int) -> Point? { best { $0.wrong <= count } }

  private func best(_ isAllowed: (Point) -> Bool) -> Point? {
    guard let loosest = points.last(where: isAllowed) else { return nil }
    return points.first { $0.right == loosest.right }
  }

  /// The share of answerable requests that are answered rightly at `point`; `nil` if there are none.
  public func served(_ point: Point) -> Double? {
    answerable == 0 ? nil : Double(point.right) / Double(answerable)
  }
}
