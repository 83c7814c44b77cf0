import BundleFormat

/// A threshold for one input mode, and the evidence it rests on.
struct OperatingPoint: Sendable {
  /// The least score of an answer; `DecisionParameters.never` if no threshold keeps the budget.
  let threshold: Int64
  /// How many questions were asked with their entry left out.
  let sampleCount: Int
  /// How many of them reached the threshold.
  let accepted: Int
  /// How many questions were asked with only their own wording left out.
  let wordingCount: Int
  /// How many of those were answered rightly, and how many wrongly.
  let right: Int
  let wrong: Int
  /// The median similarity of the nearest question of another entry: what is no nearer is no suggestion.
  let medianStranger: Int64
  /// The measured shares at growing scores, for the confidence of answers.
  let acceptance: [AcceptancePoint]

  /// The least number of questions, and of entries that may be answered by meaning, that a self-test can rest on.
  static let minimumSample = 50
  /// The least number of left-out wordings that say something about the share of wrong answers among all answers.
  private static let minimumWordings = 300
  private static let maximumPoints = 256

  /// Chooses the lowest threshold that keeps the budget.
  ///
  /// The share answered with the entry left out, times the share of requests that no entry answers, must not exceed the
  /// budget of requests. That test is harder than real traffic, which holds strangers of all kinds and not only the nearest
  /// relatives, so it alone sets the threshold of a bundle with one wording for each entry. Where entries have several
  /// wordings, wrong answers to left-out ones count towards the same budget, and must be no greater share of all answers to them
  /// than the budget of answers allows.
  init(_ test: SelfTest, mode: UInt32, budget: ErrorBudget) {
    let strangers = test.results.compactMap(\.scoreWithoutEntry).sorted(by: >)
    let count = test.results.count
    let wordings = test.results.filter(\.hasOtherWordings)
    sampleCount = count
    wordingCount = wordings.count
    let similarities = test.results.map(\.similarityWithoutEntry).sorted()
    medianStranger = similarities.isEmpty ? Cosine.one : similarities[similarities.count / 2]
    acceptance = Self.points(strangers, count: count, mode: mode)

    let allowed = Int((budget.wrongRequests / budget.outOfScope * Double(count)).rounded(.down))
    // With one more accepted the budget would be overrun, so the threshold lies just above the next score.
    var threshold = allowed < strangers.count ? strangers[allowed] + 1 : (strangers.last ?? 0)
    if min(count, test.entryCount) < Self.minimumSample { threshold = DecisionParameters.never }
    if wordings.count >= Self.minimumWordings, threshold != DecisionParameters.never {
      threshold = Self.raise(threshold, strangers: strangers, count: count, wordings: wordings, budget: budget)
    }
    self.threshold = threshold
    accepted = strangers.count { $0 >= threshold }
    let served = wordings.filter { ($0.scoreWithoutWording ?? Int64.min) >= threshold }
    right = served.count(where: \.isRight)
    wrong = served.count - right
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

/// What share of wrong answers a bundle may give, as fractions.
struct ErrorBudget: Sendable {
  /// Wrong answers, of all requests.
  var wrongRequests: Double
  /// Wrong answers, of the requests that are answered.
  var wrongAnswers: Double
  /// The share of requests that no entry answers.
  var outOfScope: Double
}
