import BundleFormat

/// A threshold for one input mode, and the evidence it rests on.
struct OperatingPoint: Sendable {
  /// The input mode, as in `AcceptancePoint.mode`.
  let mode: UInt32
  /// The least score of an answer; `DecisionParameters.never` if no threshold keeps the budget.
  private(set) var threshold: Int64
  /// On how much evidence it rests.
  private(set) var level: EvidenceLevel
  /// How many questions were asked with their entry left out.
  let sampleCount: Int
  /// How many of them reach the threshold.
  var accepted: Int { strangers.count { $0 >= threshold } }
  /// How many questions were asked with only their own wording left out.
  var wordingCount: Int { wordings.count }
  /// How many of those are answered rightly, and how many wrongly.
  var right: Int { served.count(where: \.isRight) }
  var wrong: Int { served.count { !$0.isRight } }
  /// The median similarity of the nearest question of another entry: what is no nearer is no suggestion.
  let medianStranger: Int64
  /// The measured shares at growing scores, for the confidence of answers.
  let acceptance: [AcceptancePoint]
  /// The thresholds that labelled queries are tested against.
  let ladder: ThresholdLadder
  /// What queries drawn from real traffic prove; `nil` if the recipe has none for this mode.
  private(set) var certification: Certification?
  /// What hits that a person has marked prove; `nil` if the recipe has none for this mode.
  private(set) var hits: HitCertification?
  /// Whether the marks broke the budget so clearly that the threshold was raised.
  private(set) var isRaisedByMarks = false
  /// Whether the labels broke the budget so clearly that the threshold was raised. They then prove nothing about it.
  private(set) var isRaisedByLabels = false

  /// The share of requests that no entry answers, as the recipe assumes it.
  let outOfScope: Double
  /// The scores of questions whose entry was left out, from the greatest to the least.
  var strangerScores: [Int64] { strangers }
  /// The scores of questions whose wording was left out.
  var wordingScores: [Int64] { wordings.compactMap(\.scoreWithoutWording) }

  private let strangers: [Int64]
  private let wordings: [SelfTest.Result]
  private var served: [SelfTest.Result] { wordings.filter { ($0.scoreWithoutWording ?? Int64.min) >= threshold } }

  /// The least number of questions, and of entries that may be answered by meaning, that a self-test can rest on.
  static let minimumSample = 50
  /// The least number of left-out wordings that say something about the share of wrong answers among all answers.
  private static let minimumWordings = 50
  private static let maximumPoints = 256

  /// Chooses the lowest threshold that keeps the budget by the self-test alone.
  ///
  /// The share answered with the entry left out, times the share of requests that no entry answers, must not exceed the
  /// budget of requests, even if by chance two standard deviations fewer were answered than are to be expected. That test is
  /// harder than real traffic, which holds strangers of all kinds and not only the nearest relatives, so it alone sets the
  /// threshold of a bundle with one wording for each entry. Where entries have several wordings, wrong answers to left-out ones
  /// count towards the same budget, and must be no greater share of all answers to them than the budget of answers allows.
  init(_ test: SelfTest, mode: UInt32, budget: ErrorBudget) {
    self.mode = mode
    strangers = test.results.compactMap(\.scoreWithoutEntry).sorted(by: >)
    let count = test.results.count
    wordings = test.results.filter(\.hasOtherWordings)
    outOfScope = budget.outOfScope
    sampleCount = count
    let similarities = test.results.map(\.similarityWithoutEntry).sorted()
    medianStranger = similarities.isEmpty ? Cosine.one : similarities[similarities.count / 2]
    acceptance = Self.points(strangers, count: count, mode: mode)
    ladder = ThresholdLadder(test)

    let allowed = Self.allowed(budget.wrongRequests / budget.outOfScope * Double(count))
    // With one more accepted the budget would be overrun, so the threshold lies just above the next score.
    var threshold = allowed < strangers.count ? strangers[allowed] + 1 : (strangers.last ?? 0)
    if min(count, test.entryCount) < Self.minimumSample { threshold = DecisionParameters.never }
    if wordings.count >= Self.minimumWordings, threshold != DecisionParameters.never {
      threshold = Self.raise(threshold, strangers: strangers, count: count, wordings: wordings, budget: budget)
    }
    self.threshold = threshold
    level = threshold == DecisionParameters.never ? .exactOnly : .selfTested
  }

  /// Holds the ladder against labelled queries. The loosest threshold they certify is taken, be it below or above that of the
  /// self-test. If they certify none, the latter stays, unless they break the budget with the confidence asked for: then it is
  /// raised until they keep it.
  mutating func certify(_ scores: [LabelledScore], budget: ErrorBudget) {
    guard !scores.isEmpty, !ladder.thresholds.isEmpty else { return }
    let certification = Certification(ladder, scores, budget: budget)
    self.certification = certification
    if let certified = certification.certified {
      threshold = certified.threshold
      level = .certified
    } else if level == .selfTested, certification.refutes(threshold) {
      threshold = certification.tightened(threshold, ladder)
      isRaisedByLabels = true
      if threshold == DecisionParameters.never { level = .exactOnly }
    }
  }

  /// Holds the threshold against marked hits: it is certified if they prove that it keeps the budget, and raised until
  /// they keep it if they prove that it breaks it.
  mutating func certify(_ counts: HitCounts, budget: ErrorBudget) {
    let certification = HitCertification(counts, budget: budget)
    hits = certification
    if certification.passes {
      level = .certified
    } else if certification.refutes {
      threshold = Self.tightened(threshold, ladder, counts, budget)
      isRaisedByMarks = true
      level = threshold == DecisionParameters.never ? .exactOnly : .selfTested
    }
  }

  // The loosest threshold of the ladder above `threshold` at which these very marks keep the budget.
  private static func tightened(
    _ threshold: Int64, _ ladder: ThresholdLadder, _ counts: HitCounts, _ budget: ErrorBudget
  ) -> Int64 {
    let rate = Double(counts.hits) / Double(max(counts.requests, 1))
    let kept = ladder.thresholds.last { candidate in
      guard candidate > threshold else { return false }
      let answered = counts.scores.filter { $0.isAnswered(at: candidate) }
      let wrong = Double(answered.count { !$0.isRight })
      return wrong * rate <= budget.wrongRequests * Double(counts.marked)
        && wrong <= budget.wrongAnswers * Double(answered.count)
    }
    return kept ?? DecisionParameters.never
  }

  /// The share of requests that the threshold is expected to answer: as labelled queries show, or else as questions with
  /// parts left out do, mixed at the assumed share of requests without an answer. `nil` if neither is there.
  var expectedHitRate: Double? {
    if let certification, certification.sampleCount > 0 {
      return Double(certification.rung(at: threshold).answers) / Double(certification.sampleCount)
    }
    if let hits, hits.fallbacks == nil, !isRaisedByMarks, hits.requests > 0 {
      return Double(hits.hits) / Double(hits.requests)
    }
    guard !wordings.isEmpty, sampleCount > 0 else { return nil }
    let ofStrangers = Double(accepted) / Double(sampleCount)
    return outOfScope * ofStrangers + (1 - outOfScope) * Double(served.count) / Double(wordings.count)
  }

  // The greatest number of accepted strangers that, with two standard deviations of its chance added, is within what is affordable.
  // Few questions prove little: of 8 affordable ones 4 are allowed, of 64 there are 49.
  private static func allowed(_ affordable: Double) -> Int {
    var allowed = 0
    while Double(allowed + 1) + 2 * Double(allowed + 1).squareRoot() <= affordable { allowed += 1 }
    return allowed
  }

  // The least threshold from `start` on that keeps the budget for left-out wordings. Above all scores nothing is wrong.
  private static func raise(
    _ start: Int64, strangers: [Int64], count: Int, wordings: [SelfTest.Result], budget: ErrorBudget
  ) -> Int64 {
    var scored: [(score: Int64, isRight: Bool)] = []
    for result in wordings {
      if let score = result.scoreWithoutWording, score >= start { scored.append((score, result.isRight)) }
    }
    scored.sort { $0.score < $1.score }
    var wrong = scored.count { !$0.isRight }
    var accepted = strangers.count
    var threshold = start
    for (index, result) in scored.enumerated() {
      let answers = scored.count - index
      while accepted > 0, strangers[accepted - 1] < threshold { accepted -= 1 }
      let ofRequests =
        budget.outOfScope * Double(accepted) / Double(count)
        + (1 - budget.outOfScope) * Double(wrong) / Double(wordings.count)
      // Equal scores stand or fall together, so a threshold is tried only where the score changes.
      let isFirst = index == 0 || scored[index - 1].score != result.score
      if isFirst, ofRequests <= budget.wrongRequests, Double(wrong) <= budget.wrongAnswers * Double(answers) {
        return threshold
      }
      threshold = result.score + 1
      wrong -= result.isRight ? 0 : 1
    }
    return threshold
  }

  // Each share counts one more wrong answer than was seen: no number of questions proves that there are none.
  private static func points(_ descending: [Int64], count: Int, mode: UInt32) -> [AcceptancePoint] {
    var points: [AcceptancePoint] = []
    func add(_ score: Int64, _ reached: Int) {
      let share = (Double(reached + 1) / Double(count + 1) * 1_000_000).rounded(.up)
      if points.last?.score != score {
        points.append(AcceptancePoint(score: score, acceptance: UInt32(min(share, 1_000_000)), mode: mode))
      }
    }
    guard let greatest = descending.first else { return [] }
    add(greatest + 1, 0)
    var rank = 0
    while rank < descending.count {
      add(descending[rank], rank + 1)
      // Fine steps where few were accepted, which is where thresholds lie.
      rank += max(1, max(rank / 16, descending.count / (4 * maximumPoints)))
    }
    return points.reversed()
  }
}
