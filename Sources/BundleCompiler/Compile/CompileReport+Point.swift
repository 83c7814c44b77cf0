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
    /// What marked hits of a log show; `nil` without any.
    public var hits: Hits?

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
      hits = point.hits.map { Hits($0, point) }
    }
  }

  /// What hits that a person has marked show about an operating point.
  public struct Hits: Sendable {
    /// The requests of the log, and how many of them were hits.
    public var requests: Int
    public var hits: Int
    /// How many draws there are and how many are marked, and how many of these are wrong, or nobody could tell.
    public var drawn: Int
    public var marked: Int
    public var wrong: Int
    /// How many marked ones no longer count: they fall back now, or get another answer.
    public var withdrawn: Int
    public var changed: Int
    /// How many requests that fell back were drawn, and how many of them are answered now; `nil` if the bundle decides as the
    /// one that the sample was drawn with.
    public var fallbacks: (drawn: Int, answered: Int)?
    /// The upper bounds on the shares of wrong answers of all requests and of answers; `nil` if the threshold was raised to
    /// suit these very marks.
    public var boundOfRequests: Double?
    public var boundOfAnswers: Double?

    init(_ hits: HitCertification, _ point: OperatingPoint) {
      requests = hits.requests
      self.hits = hits.hits
      drawn = hits.drawn
      marked = hits.marked
      wrong = hits.wrong
      withdrawn = hits.withdrawn
      changed = hits.changed
      fallbacks = hits.fallbacks
      boundOfRequests = point.isRaisedByMarks ? nil : hits.boundOfRequests
      boundOfAnswers = point.isRaisedByMarks ? nil : hits.boundOfAnswers
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
