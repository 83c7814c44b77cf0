import BundleFormat

/// What labelled queries drawn from real traffic prove about a bundle's thresholds.
///
/// Fixed-sequence testing: the thresholds of a ladder that was fixed before any label was seen are tested one after the other,
/// from strict to loose, and the first failure ends the test. The loosest that passed is certified: were its true share of
/// wrong answers above the budget, some threshold of the ladder that should fail would have passed first, which happens in at
/// most 1 − confidence of all samples. Nothing is fitted to the labels, however many there are, so all of them count for
/// every test and none has to be set aside to choose with (`tools/bench/decision.md` has what that is worth).
struct Certification: Sendable {
  /// A threshold that was tested.
  struct Rung: Equatable, Sendable {
    /// The threshold.
    let threshold: Int64
    /// How many of the queries it answers, exact matches included, and how many of those wrongly.
    let answers: Int
    let wrong: Int
    /// The upper bounds on the shares of wrong answers of all requests and of answers.
    let boundOfRequests: Double
    let boundOfAnswers: Double
    /// Whether both bounds keep the budget.
    let passes: Bool
  }

  /// The number of queries, and how many of them no entry answers.
  let sampleCount: Int
  let outOfScope: Int
  /// The rungs that were tested, the first failure included. Rungs at which too few are answered to prove anything about
  /// answers are passed over.
  let rungs: [Rung]
  /// The rung that is certified; `nil` if none is.
  var certified: Rung? { rungs.last { $0.passes } }

  private let scores: [LabelledScore]
  private let budget: ErrorBudget

  /// Tests the rungs of `ladder` with `scores`.
  init(_ ladder: ThresholdLadder, _ scores: [LabelledScore], budget: ErrorBudget) {
    self.scores = scores
    self.budget = budget
    sampleCount = scores.count
    outOfScope = scores.count { !$0.isAnswerable }
    var rungs: [Rung] = []
    let most = ladder.thresholds.last.map { threshold in scores.count { $0.isAnswered(at: threshold) } } ?? 0
    let least = Self.leastAnswers(budget, requests: scores.count, most: most)
    for threshold in ladder.thresholds {
      let rung = Self.rung(threshold, scores, budget)
      // Wrong answers only grow as thresholds fall, so a rung over the budget of requests ends the test wherever it is.
      guard rung.answers >= least || rung.boundOfRequests > budget.wrongRequests else { continue }
      rungs.append(rung)
      if !rung.passes { break }
    }
    self.rungs = rungs
  }

  /// How `threshold`, fixed without these labels, fares.
  func rung(at threshold: Int64) -> Rung { Self.rung(threshold, scores, budget) }

  /// Whether so many answers are wrong at `threshold` that the budget is broken, with the confidence asked for.
  func refutes(_ threshold: Int64) -> Bool {
    let rung = rung(at: threshold)
    return BinomialBound.lower(rung.wrong, of: sampleCount, confidence: budget.confidence) > budget.wrongRequests
      || BinomialBound.lower(rung.wrong, of: rung.answers, confidence: budget.confidence) > budget.wrongAnswers
  }

  /// The loosest of the ladder's thresholds above `threshold` at which these very labels keep the budget;
  /// `DecisionParameters.never` if none does.
  func tightened(_ threshold: Int64, _ ladder: ThresholdLadder) -> Int64 {
    let kept = ladder.thresholds.last { candidate in
      guard candidate > threshold else { return false }
      let rung = rung(at: candidate)
      return Double(rung.wrong) <= budget.wrongRequests * Double(sampleCount)
        && Double(rung.wrong) <= budget.wrongAnswers * Double(rung.answers)
    }
    return kept ?? DecisionParameters.never
  }

  private static func rung(_ threshold: Int64, _ scores: [LabelledScore], _ budget: ErrorBudget) -> Rung {
    var answers = 0
    var wrong = 0
    for score in scores where score.isAnswered(at: threshold) {
      answers += 1
      wrong += score.isRight ? 0 : 1
    }
    let ofRequests = BinomialBound.upper(wrong, of: scores.count, confidence: budget.confidence)
    let ofAnswers = BinomialBound.upper(wrong, of: answers, confidence: budget.confidence)
    return Rung(
      threshold: threshold, answers: answers, wrong: wrong, boundOfRequests: ofRequests, boundOfAnswers: ofAnswers,
      passes: ofRequests <= budget.wrongRequests && ofAnswers <= budget.wrongAnswers)
  }

  // The test starts where half the allowed share of wrong answers would pass, or as many as the budget of requests allows at
  // all: with fewer answers one mistake among the first would end it. If there never are twice as many answers, it starts
  // earlier, but not where even a faultless rung would fail. Which rung that is depends on how many queries are answered and
  // not on any label.
  private static func leastAnswers(_ budget: ErrorBudget, requests: Int, most: Int) -> Int {
    func keeps(_ wrong: Int, of answers: Int) -> Bool {
      BinomialBound.upper(wrong, of: answers, confidence: budget.confidence) <= budget.wrongAnswers
    }
    var affordable = 0
    while affordable < min(requests, Int(budget.wrongAnswers * Double(most))),
      BinomialBound.upper(affordable + 1, of: requests, confidence: budget.confidence) <= budget.wrongRequests
    { affordable += 1 }
    var faultless = 1
    while faultless <= most, !keeps(0, of: faultless) { faultless += 1 }
    var sufficient = faultless
    while sufficient < most / 2,
      !keeps(min(affordable, Int(budget.wrongAnswers / 2 * Double(sufficient))), of: sufficient)
    { sufficient += 1 }
    return sufficient
  }
}

/// How a labelled query fares at every threshold.
struct LabelledScore: Equatable, Sendable {
  /// The greatest threshold at which it is answered: `exact` for exact matches; `nil` if it falls back at any.
  var score: Int64?
  /// Whether the answer would be the expected one.
  var isRight: Bool
  /// Whether any entry is expected.
  var isAnswerable: Bool

  /// The score of exact matches, which are answered at any threshold.
  static let exact = Int64.max

  /// Whether the query is answered at `threshold`.
  func isAnswered(at threshold: Int64) -> Bool { score.map { $0 >= threshold } ?? false }
}
