import BundleCompiler
import BundleFormat
import BundleReader

/// What a bundle misses, grouped by question, and how much each further answer would serve: the choice of `almanac plan`,
/// counted in requests of the log.
struct NextAnswers {
  /// A question that is missed.
  struct Group {
    let question: String
    /// Other wordings, the most frequent first.
    let wordings: [String]
    let wordingCount: Int
    /// How often all wordings were asked.
    let requests: Double
    /// How many requests more an answer is expected to serve than those chosen before it.
    let gain: Double
    /// What became of its most frequent wording.
    let fate: QuestionFate
    /// The mean tokens of a live answer, if the log states them.
    let tokens: (input: Double, output: Double)?
  }

  /// Questions that should not be answered in advance.
  struct Exclusion {
    let reason: String
    let questions: Int
    let requests: Double
    /// A few of them, the most frequent first, personal data masked.
    let examples: [String]
  }

  /// The groups in the order in which they would be answered.
  private(set) var groups: [Group] = []
  /// By reason, the most frequent first.
  private(set) var exclusions: [Exclusion] = []

  /// How many of a group's other wordings, and of an exclusion's questions, are kept as examples.
  private static let examples = 3

  /// Chooses up to `limit` questions.
  ///
  /// - Throws: an error of the build if its encoder or lexicon is damaged.
  init(
    _ questions: [LogTally.Question], _ fates: [QuestionFate], limit: Int, observer: any PlanObserver
  ) throws {
    var open: [Int] = []
    var excluded: [String: [Int]] = [:]
    let never = try StandardRules().reasons(of: questions.map { Array($0.form.utf8) })
    for index in questions.indices where !fates[index].isHit {
      if let reason = Self.exclusion(questions[index], fates[index], never[index]) {
        excluded[reason, default: []].append(index)
      } else {
        open.append(index)
      }
    }
    exclusions = excluded.map { reason, members in
      Exclusion(
        reason: reason, questions: members.count, requests: members.reduce(0) { $0 + questions[$1].count },
        examples: members.prefix(Self.examples).map { ReportText.masked(questions[$0].text) })
    }.sorted { $0.requests != $1.requests ? $0.requests > $1.requests : $0.reason < $1.reason }
    guard limit > 0, !open.isEmpty else { return }
    try choose(questions, fates, open, limit, observer)
  }

  // Personal data, and what the bundle or the standard rules say no stored answer may serve.
  private static func exclusion(
    _ question: LogTally.Question, _ fate: QuestionFate, _ never: FallbackReason?
  ) -> String? {
    if let kind = PersonalData.kind(in: question.text) { return "personal data: \(kind.rawValue)" }
    switch fate.reason {
    case .guarded, .needsContext, .severalQuestions, .distractor, .expired, .notYetValid, .missingVariable, .scope:
      return fate.reason.map { "\($0.name)" }
    default: return never.map { "\($0.name)" }
    }
  }

  private mutating func choose(
    _ questions: [LogTally.Question], _ fates: [QuestionFate], _ open: [Int], _ limit: Int, _ observer: any PlanObserver
  ) throws {
    observer.begin("compare")
    let counter = SharedCounter()
    let candidates = min(AnswerPlan.Options().candidates, open.count)
    let graph = try CoverageGraph(
      open.map { Array(questions[$0].form.utf8) }, counts: open.map { questions[$0].count }, candidates: candidates
    ) { observer.update(counter.add($0), of: open.count, "questions") }
    let choice = BudgetedChoice(
      values: open.map { questions[$0].count }, graph: graph,
      costs: graph.served.map { _ in 1 / Double(limit) }, leastGain: .leastNonzeroMagnitude
    ) { _, _ in true }
    var members = [[Int]](repeating: [], count: choice.choices.count)
    for place in open.indices where choice.owner[place] >= 0 && choice.cover[place] >= CoverageGraph.sameQuestion {
      members[Int(choice.owner[place])].append(open[place])
    }
    groups = choice.choices.enumerated().map { order, chosen in
      // Questions are in the order of their counts, so the first member is the most frequent one.
      let wordings = members[order].isEmpty ? [open[chosen.candidate]] : members[order]
      let first = wordings[0]
      let tokenCount = wordings.reduce(0) { $0 + questions[$1].tokenCount }
      return Group(
        question: ReportText.masked(questions[first].text),
        wordings: wordings.dropFirst().prefix(Self.examples).map { ReportText.masked(questions[$0].text) },
        wordingCount: wordings.count, requests: wordings.reduce(0) { $0 + questions[$1].count }, gain: chosen.gain,
        fate: fates[first],
        tokens: tokenCount > 0
          ? (
            wordings.reduce(0) { $0 + questions[$1].inputTokens } / tokenCount,
            wordings.reduce(0) { $0 + questions[$1].outputTokens } / tokenCount
          ) : nil)
    }
  }
}

/// Texts of logs as a report may show them.
enum ReportText {
  /// The text with digits and addresses made unreadable if it holds personal data, in one line of at most 160 characters.
  static func masked(_ text: String) -> String {
    let safe = PersonalData.kind(in: text) == nil ? text : PersonalData.masked(text)
    let line = String(safe.map { $0.isNewline ? " " : $0 })
    return line.count > 160 ? line.prefix(159) + "…" : line
  }
}
