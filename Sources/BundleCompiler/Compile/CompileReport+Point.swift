import BundleFormat

extension CompileReport {
  /// What an operating point rests on.
  public struct Point: Sendable {
    /// The name of its evidence level.
    public var level: String
    /// Whether any score is answered.
    public var answers: Bool
    /// Questions asked with their entry left out, and how many of them were answered (all wrongly).
    public var asked: Int
    public var accepted: Int
    /// Questions asked with their own wording left out, how many answered rightly and wrongly.
    public var wordings: Int
    public var right: Int
    public var wrong: Int
    /// The share of requests that are expected to be answered; `nil` if nothing tells.
    public var expectedHitRate: Double?
    /// What labelled queries from real traffic show; `nil` without any.
    public var labels: Labels?

    init(_ point: OperatingPoint) {
      level = "\(point.level.name)"
      answers = point.threshold != DecisionParameters.never
      asked = point.sampleCount
      accepted = point.accepted
      wordings = point.wordingCount
      right = point.right
      wrong = point.wrong
      expectedHitRate = point.expectedHitRate
      labels = point.certification.map { Labels($0, point) }
    }
  }

  /// What labelled queries from real traffic show about an operating point.
  public struct Labels: Sendable {
    /// The number of queries, and of those that no entry answers.
    public var count: Int
    public var outOfScope: Int
    /// How many are answered, and how many of those wrongly.
    public var answers: Int
    public var wrong: Int
    /// The upper bounds on the shares of wrong answers of all requests and of answers; `nil` if the threshold was raised to
    /// suit these very labels.
    public var boundOfRequests: Double?
    public var boundOfAnswers: Double?
    /// How many thresholds were tested.
    public var rungs: Int
    /// Whether the threshold was raised because the labels broke the budget.
    public var isRaised: Bool

    init(_ certification: Certification, _ point: OperatingPoint) {
      let rung = certification.rung(at: point.threshold)
      count = certification.sampleCount
      outOfScope = certification.outOfScope
      answers = rung.answers
      wrong = rung.wrong
      isRaised = point.isRaisedByLabels
      boundOfRequests = isRaised ? nil : rung.boundOfRequests
      boundOfAnswers = isRaised ? nil : rung.boundOfAnswers
      rungs = certification.rungs.count
    }
  }
}
