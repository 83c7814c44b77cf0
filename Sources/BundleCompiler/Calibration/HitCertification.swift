import BundleFormat

/// What marked hits prove about an operating point that was fixed before they were drawn.
///
/// Only a hit can be wrong. So the share of wrong answers among the drawn hits, and the share of hits among all requests of the log,
/// bound the share of wrong answers of all requests: each has its bound by Clopper and Pearson, their product is the bound,
/// and the chances that either fails add up to no more than 1 − confidence (Bonferroni). The log has many more requests than hits
/// are marked, so nine tenths of that chance go to the marks.
///
/// If the bundle decides otherwise than the one that the sample was drawn with, two more things may be wrong: hits whose entry or
/// answer is another now, which count as wrong, and requests that fell back then and are hits now. Those were drawn too, so their
/// share has a bound, and all of them count as wrong.
struct HitCertification: Equatable, Sendable {
  /// The requests of the log, and how many of them were hits.
  let requests: Int
  let hits: Int
  /// How many draws are marked, as a beginning of the sample, and how many were drawn.
  let marked: Int
  let drawn: Int
  /// How many of the marked ones are wrong; how many of those because nobody could tell.
  let wrong: Int
  let unsure: Int
  /// How many of the marked ones fall back now, and how many get another answer.
  let withdrawn: Int
  let changed: Int
  /// How many requests that fell back were drawn, and how many of them are hits now; `nil` if nothing decides otherwise.
  let fallbacks: (drawn: Int, answered: Int)?
  /// The upper bounds on the shares of wrong answers of all requests and of answers.
  let boundOfRequests: Double
  let boundOfAnswers: Double
  /// Whether both bounds keep the budget.
  let passes: Bool
  /// Whether so many are wrong that the budget is broken, with the confidence asked for.
  let refutes: Bool

  static func == (left: HitCertification, right: HitCertification) -> Bool {
    left.boundOfRequests == right.boundOfRequests && left.boundOfAnswers == right.boundOfAnswers
      && (left.requests, left.hits, left.marked, left.wrong) == (right.requests, right.hits, right.marked, right.wrong)
  }

  /// Counts and bounds.
  ///
  /// - Parameters:
  ///   - counts: What became of the marked draws.
  ///   - budget: What both bounds are held against.
  init(_ counts: HitCounts, budget: ErrorBudget) {
    requests = counts.requests
    hits = counts.hits
    marked = counts.marked
    drawn = counts.drawn
    wrong = counts.wrong + counts.unsure
    unsure = counts.unsure
    withdrawn = counts.withdrawn
    changed = counts.changed
    fallbacks = counts.fallbacks
    let chance = 1 - budget.confidence
    let bad = counts.wrong + counts.unsure + counts.changed
    func upper(_ count: Int, _ sample: Int, _ part: Double) -> Double {
      BinomialBound.upper(count, of: sample, confidence: 1 - part * chance)
    }
    let (least, most, sample) = Self.rate(counts)
    if let fallbacks = counts.fallbacks {
      let share = upper(bad, counts.marked, 0.6)
      let rate = BinomialBound.upper(most, of: sample, confidence: 1 - 0.1 * chance)
      boundOfRequests = min(1, share * rate + upper(fallbacks.answered, fallbacks.drawn, 0.1))
      // Answers are at least the hits that stay.
      let staying = counts.marked - counts.withdrawn
      let answered =
        BinomialBound.lower(least, of: sample, confidence: 1 - 0.1 * chance)
        * (1 - upper(counts.marked - staying, counts.marked, 0.1))
      boundOfAnswers = answered > 0 ? min(1, boundOfRequests / answered) : 1
    } else {
      boundOfRequests =
        upper(bad, counts.marked, 0.9) * BinomialBound.upper(most, of: sample, confidence: 1 - 0.1 * chance)
      boundOfAnswers = upper(bad, counts.marked, 1)
    }
    passes =
      counts.marked > 0 && boundOfRequests <= budget.wrongRequests && boundOfAnswers <= budget.wrongAnswers
    // Only what a person called wrong, and what is still answered so, speaks against the bundle.
    let staying = counts.marked - counts.withdrawn - counts.changed
    let leastShare = BinomialBound.lower(counts.wrong, of: max(staying, 1), confidence: budget.confidence)
    let leastRate = BinomialBound.lower(least, of: max(sample, 1), confidence: budget.confidence)
    refutes =
      counts.wrong > 0 && counts.fallbacks == nil
      && (leastShare * leastRate > budget.wrongRequests || leastShare > budget.wrongAnswers)
  }

  // Bounds take time in proportion to the hits. A log of more than a million requests counts as one of a million, with
  // the hits rounded away from what they are to prove: that costs nothing that could be seen.
  private static func rate(_ counts: HitCounts) -> (least: Int, most: Int, sample: Int) {
    guard counts.requests > mostRequests else { return (counts.hits, counts.hits, counts.requests) }
    let scaled = Double(counts.hits) / Double(counts.requests) * Double(mostRequests)
    return (max(0, Int(scaled.rounded(.down)) - 1), min(mostRequests, Int(scaled.rounded(.up)) + 1), mostRequests)
  }

  private static let mostRequests = 1_000_000
}

/// What became of the draws of a sample in a finished bundle.
struct HitCounts: Sendable {
  var requests = 0
  var hits = 0
  var drawn = 0
  /// The draws that count, and what a person said of those that are answered as they were.
  var marked = 0
  var right = 0
  var wrong = 0
  var unsure = 0
  /// Those that fall back now, and those that get another answer.
  var withdrawn = 0
  var changed = 0
  /// The drawn fallbacks and how many of them are hits now; `nil` if nothing decides otherwise.
  var fallbacks: (drawn: Int, answered: Int)?
  /// The scores of the draws that are answered as they were.
  var scores: [LabelledScore] = []
}
