import BundleCompiler
import BundleFormat
import BundleReader

/// Chooses from the queries of logs which questions to answer in advance.
public struct AnswerPlan {
  /// What is read and what is allowed.
  public struct Options: Sendable {
    /// Current bundles: what they answer is not planned.
    public var bundles: [Bundle] = []
    /// The time at which bundles are asked, in seconds since 1970.
    public var now: Int64 = 0
    /// How requests look and what answers cost.
    public var requests = RequestRecipe()
    /// In how many days an asking counts for half.
    public var halfLife = 14.0
    /// The budget; all that are given must hold. `answers` is 1,000 if none is.
    public var answers: Int?
    public var bytes: Int?
    public var money: Double?
    /// Groups asked less often than this in all are not planned.
    public var minimumCount = 2.0
    /// Groups of three wordings and more that resemble their canonical one less than this on average are not planned.
    public var minimumTrust = 0.6
    /// How many of the heaviest questions can be chosen.
    public var candidates = 20_000
    /// How many wordings of a group are listed.
    public var wordings = 50

    public init() {}
  }

  /// A question that is to be answered, with what it is expected to bring.
  struct Group {
    let id: String
    /// The ordinal of its canonical wording, and of the others, the heaviest first, with the likeness of each.
    let canonical: Int
    let wordings: [(question: Int, cover: Float)]
    /// How often all wordings were asked.
    let count: Double
    /// What it adds to the weight that is covered, and to the value.
    let weight: Double
    let gain: Double
    /// What answering it in a batch costs; `nil` without prices.
    let cost: Double?
    let route: String?
  }

  /// A question that is not planned, and why.
  struct Exclusion {
    let question: Int
    let reason: String
  }

  private let options: Options

  public init(_ options: Options) { self.options = options }

  /// Reads `logs` and writes the plan into `folder`: the plan itself, tables for people, request files.
  ///
  /// Nothing in the folder changes unless all files could be written. Memory is bounded: see `LogTally`.
  ///
  /// - Throws: `InputError` for logs that cannot be read or have no usable row, `OutputError`.
  public func run(
    _ logs: [String], into folder: String, observer: any PlanObserver = SilentPlanObserver()
  ) throws -> PlanReport {
    var tally = LogTally(halfLife: options.halfLife * 86_400)
    observer.begin("read")
    let total = try logs.reduce(0) { try $0 + InputFile(path: $1).size }
    var done = 0
    for log in logs {
      try LogReader.read(log) {
        observer.update(done + $0, of: total, "bytes")
      } _: {
        tally.add($1, log, $0)
      }
      done += try InputFile(path: log).size
    }
    let questions = tally.finish()
    guard !questions.isEmpty else {
      throw tally.firstMalformed
        ?? InputError(file: logs.first ?? "", problem: "the log has no rows", remedy: #"write rows like {"query": …}"#)
    }
    var sorted = try Sorting(questions, options, observer)
    let choice = try choose(&sorted, observer)
    return try PlanFolder(folder, options).write(PlanResult(tally, questions, sorted, choice))
  }

  // MARK: What is left out before anything is chosen

  /// The questions of a log by what can become of them.
  struct Sorting {
    let questions: [LogTally.Question]
    /// The questions that may be planned, the most valuable first, and what an answer to each is worth.
    private(set) var open: [Int] = []
    private(set) var values: [Double] = []
    /// The weight that current bundles answer.
    private(set) var answered = 0.0
    var excluded: [Exclusion] = []
    private(set) var routes: [Int: String] = [:]
    /// Questions that may be further wordings of entries that there are, the heaviest first.
    private(set) var proposals: [(question: Int, near: [QuestionReplay.NearEntry])] = []

    init(_ questions: [LogTally.Question], _ options: Options, _ observer: any PlanObserver) throws {
      self.questions = questions
      observer.begin("replay")
      let counter = SharedCounter()
      let fates = QuestionReplay(bundles: options.bundles, now: options.now).fates(questions) {
        observer.update(counter.add($0), of: questions.count, "questions")
      }
      let never = try StandardRules().reasons(of: questions.map { Array($0.form.utf8) })
      for index in questions.indices {
        if let reason = exclusion(index, fates[index], never[index]) {
          excluded.append(Exclusion(question: index, reason: reason))
        } else if fates[index] == .answered {
          answered += questions[index].weight
        } else {
          open.append(index)
          if case .fallback(_, _, let near) = fates[index], !near.isEmpty { proposals.append((index, near)) }
        }
      }
      let worth = open.map { questions[$0].weight * price($0, options) }
      let order = open.indices.sorted { worth[$0] != worth[$1] ? worth[$0] > worth[$1] : $0 < $1 }
      (open, values) = (order.map { open[$0] }, order.map { worth[$0] })
    }

    private mutating func exclusion(_ index: Int, _ fate: QuestionReplay.Fate, _ never: FallbackReason?) -> String? {
      if let kind = PersonalData.kind(in: questions[index].text) { return "personal-data: \(kind.rawValue)" }
      if fate == .answered { return nil }
      if case .fallback(let reason, let route, _) = fate {
        if let route { routes[index] = route }
        switch reason {
        case .guarded, .needsContext, .severalQuestions, .distractor, .expired, .notYetValid, .missingVariable:
          return "never-class: \(reason.name)"
        default: break
        }
      }
      return never.map { "never-class: \($0.name)" }
    }

    func route(_ index: Int) -> String? { questions[index].route ?? routes[index] }

    // What one live answer to the question costs; 1 if no price is known, so that saving counts answers.
    private func price(_ index: Int, _ options: Options) -> Double {
      let route = options.requests.route(route(index))
      guard let price = route.price else { return 1 }
      let tokens = tokens(index, route)
      return price.of(input: tokens.input, output: tokens.output)
    }

    /// The tokens of an answer to the question: the log's mean if it has any.
    func tokens(_ index: Int, _ route: RequestRecipe.Route) -> (input: Double, output: Double) {
      let question = questions[index]
      guard question.tokenCount > 0 else { return (route.inputTokens, route.outputTokens) }
      return (question.inputTokens / question.tokenCount, question.outputTokens / question.tokenCount)
    }
  }

  // MARK: The choice

  private func choose(_ sorting: inout Sorting, _ observer: any PlanObserver) throws -> [Group] {
    let sorted = sorting
    let questions = sorted.questions
    observer.begin("compare")
    let counter = SharedCounter()
    let graph = try CoverageGraph(
      sorted.open.map { Array(questions[$0].form.utf8) }, counts: sorted.open.map { questions[$0].count },
      candidates: min(options.candidates, sorted.open.count)
    ) {
      observer.update(counter.add($0), of: sorted.open.count, "questions")
    }
    observer.begin("choose")
    var unfit: [Exclusion] = []
    let result = BudgetedChoice(
      values: sorted.values, graph: graph, costs: graph.served.indices.map { cost(sorted, $0) },
      leastGain: .leastNonzeroMagnitude
    ) { candidate, edges in
      let group = edges.filter { $0.cover >= CoverageGraph.sameQuestion }
      let count = group.reduce(0.0) { $0 + questions[sorted.open[Int($1.question)]].count }
      var reason: String?
      if count < options.minimumCount { reason = "too-rare" }
      let others = group.filter { Int($0.question) != candidate }
      let weight = others.reduce(0.0) { $0 + sorted.values[Int($1.question)] }
      let trust =
        others.reduce(0.0) { $0 + sorted.values[Int($1.question)] * Double($1.cover) }
        / max(weight, .leastNonzeroMagnitude)
      if others.count >= 3, trust < options.minimumTrust { reason = "low-trust" }
      if let reason { unfit.append(Exclusion(question: sorted.open[candidate], reason: reason)) }
      return reason == nil
    }
    // What an answer serves in the end may have been refused as an answer of its own.
    for exclusion in unfit {
      guard let place = sorted.open.firstIndex(of: exclusion.question), result.owner[place] < 0 else { continue }
      sorting.excluded.append(exclusion)
    }
    return groups(sorted, result)
  }

  // The greatest part of any budget that one answer uses up.
  private func cost(_ sorting: Sorting, _ candidate: Int) -> Double {
    var parts: [Double] = []
    let isUnlimited = options.bytes == nil && options.money == nil
    if let answers = options.answers ?? (isUnlimited ? 1_000 : nil) { parts.append(1 / Double(max(answers, 1))) }
    let index = sorting.open[candidate]
    let route = options.requests.route(sorting.route(index))
    let tokens = sorting.tokens(index, route)
    if let bytes = options.bytes { parts.append(Self.bytes(tokens.output) / Double(max(bytes, 1))) }
    if let money = options.money, let price = batchPrice(route, tokens) {
      parts.append(price / max(money, .leastNonzeroMagnitude))
    }
    return max(parts.max() ?? 0, .leastNonzeroMagnitude)
  }

  private func batchPrice(_ route: RequestRecipe.Route, _ tokens: (input: Double, output: Double)) -> Double? {
    let price =
      route.batchPrice ?? route.price.map { RequestRecipe.TokenPrice(input: $0.input / 2, output: $0.output / 2) }
    return price.map { $0.of(input: tokens.input, output: tokens.output) * Double(route.samples) }
  }

  /// What an answer of so many tokens takes in a bundle, about: text of four bytes a token that compresses to less than half,
  /// vector, codes, records and tables of one question.
  static func bytes(_ outputTokens: Double) -> Double { 640 + 1.8 * outputTokens }

  private func groups(_ sorting: Sorting, _ result: BudgetedChoice) -> [Group] {
    var members = [[(Int, Float)]](repeating: [], count: result.choices.count)
    var weights = [Double](repeating: 0, count: result.choices.count)
    for place in sorting.open.indices where result.owner[place] >= 0 {
      let owner = Int(result.owner[place])
      let index = sorting.open[place]
      weights[owner] += sorting.questions[index].weight * Double(result.cover[place])
      if result.cover[place] >= CoverageGraph.sameQuestion, place != result.choices[owner].candidate {
        members[owner].append((index, result.cover[place]))
      }
    }
    var ids: Set<String> = []
    return result.choices.enumerated().map { order, choice in
      let chosen = sorting.open[choice.candidate]
      var wordings = (members[order] + [(chosen, 1)]).sorted {
        let (left, right) = (sorting.questions[$0.0].weight, sorting.questions[$1.0].weight)
        return left != right ? left > right : $0.0 < $1.0
      }
      // People read the usual spelling, even where a rarer one happens to be near more of the others.
      let index = wordings.first { $0.1 >= Self.equalWording }?.0 ?? chosen
      wordings.removeAll { $0.0 == index }
      let question = sorting.questions[index]
      let route = sorting.route(index)
      let requests = options.requests.route(route)
      return Group(
        id: RequestIdentifier.of(question.form, prefix: "q", domain: KeyHash.question, &ids), canonical: index,
        wordings: wordings.map { (question: $0.0, cover: $0.1) },
        count: wordings.reduce(question.count) { $0 + sorting.questions[$1.0].count }, weight: weights[order],
        gain: choice.gain, cost: batchPrice(requests, sorting.tokens(index, requests)), route: route)
    }
  }

  // From here on two wordings differ in spelling or little words only.
  private static let equalWording: Float = 0.95
}
