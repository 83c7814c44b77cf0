import BundleFormat

/// The operating points of a bundle, one for each input mode, and the pairs of entries that kept them high.
struct Calibration: Sendable {
  /// The points for queries that are a text, a vector, or both.
  private(set) var text: OperatingPoint
  private(set) var vector: OperatingPoint
  private(set) var both: OperatingPoint
  /// The pairs of entries that the self-test confused most, the worst first.
  let pairs: [ConfusablePair]

  private let budget: ErrorBudget

  /// Tests a bundle with its own questions.
  ///
  /// - Parameters:
  ///   - marks: The marks of the questions, by which texts are vetoed.
  ///   - model: The judge.
  ///   - depth: How many of the nearest a reader scores exactly.
  ///   - progress: Told how many more questions have been asked, and how many there are in all; by several threads.
  init(
    _ inputs: CompileInputs, _ questions: StoredQuestions, _ encoder: FittedEncoder, _ marks: StoredMarks,
    _ model: JudgeModel,
    depth: Int,
    kernels: Kernels, progress: @Sendable (Int, Int) -> Void
  ) {
    let budget = ErrorBudget(inputs.recipe)
    self.budget = budget
    let owners = questions.ownersByWording
    let isAnswer = questions.owners.map { owner in
      owner & QuestionRecord.distractorFlag == 0 && !inputs.entries[Int(owner)].isExactOnly
    }
    func test(_ scorers: [any SelfTestScorer]) -> [SelfTest] {
      SelfTest.ask(
        encoder.sample, scorers: scorers, vectors: encoder.vectors, owners: owners, isAnswer: isAnswer,
        isTested: questions.isTested,
        depth: depth, marks: marks, kernels: kernels, progress: { progress($0, 3 * encoder.sample.count) })
    }
    func judged(_ given: VectorMatrix?) -> JudgedScorer {
      JudgedScorer(encoder, owners: owners, marks: marks, model: model, given: given, kernels: kernels)
    }
    let given = VectorMatrix(count: encoder.sample.count, dimensions: encoder.vectors.dimensions)
    for (place, row) in encoder.sample.enumerated() {
      given.row(place).copy(encoder.vectors.row(row))
    }
    let texts = test([judged(nil)])[0]
    // Both search with the given vectors.
    let withVectors = test([
      SimilarityScorer(heldOut: given, strangers: given, owners: owners, weights: .standard), judged(given),
    ])
    text = OperatingPoint(texts, mode: AcceptancePoint.textMode, budget: budget)
    vector = OperatingPoint(withVectors[0], mode: AcceptancePoint.vectorMode, budget: budget)
    both = OperatingPoint(withVectors[1], mode: AcceptancePoint.bothMode, budget: budget)
    pairs = ConfusablePair.find(
      texts, threshold: text.threshold, questions, inputs, encoder, owners: owners, kernels: kernels)
  }

  /// Holds all points against labelled queries; see `OperatingPoint.certify`.
  mutating func certify(_ scores: LabelledScores) {
    text.certify(scores.text, budget: budget)
    vector.certify(scores.vector, budget: budget)
    both.certify(scores.both, budget: budget)
  }

  /// Holds the point for texts against marked hits; see `OperatingPoint.certify`.
  mutating func certify(_ counts: HitCounts) { text.certify(counts, budget: budget) }

  /// Whether any text is answered but for exact matches.
  var answersText: Bool { text.threshold != DecisionParameters.never }

  /// Whether labelled queries can change anything.
  var isTestable: Bool { [text, vector, both].contains { !$0.ladder.thresholds.isEmpty } }

  /// The measured shares of all modes.
  var acceptance: [AcceptancePoint] { text.acceptance + vector.acceptance + both.acceptance }

  /// What the bundle decides with.
  func parameters(_ recipe: Recipe, routes: [String]) -> DecisionParameters {
    var parameters = DecisionParameters(
      level: text.level == .exactOnly ? vector.level : text.level,
      similarityWeight: DecisionWeights.standard.similarity, marginWeight: DecisionWeights.standard.margin,
      textThreshold: text.threshold, vectorThreshold: vector.threshold, clearMargin: Cosine.one / 5,
      suggestionFloor: max(text.medianStranger, Cosine.one / 2),
      maximumWrong: UInt32((recipe.budget.wrongOfRequests * 1_000_000).rounded()),
      assumedOutOfScope: UInt32(max((recipe.assumeOutOfScope * 1_000_000).rounded(), 1)),
      defaultRoute: BundleWriter.route(recipe.defaultRoute, in: routes), routeCount: UInt16(routes.count),
      modes: DecisionModes(
        bothThreshold: both.threshold, textLevel: text.level, vectorLevel: vector.level, bothLevel: both.level))
    parameters.isJudged = true
    return parameters
  }
}

extension DecisionParameters {
  /// The same with no threshold at all: a query that then falls back does so at any, and one that is answered states the
  /// score up to which a threshold would let it.
  var withoutThresholds: DecisionParameters {
    var open = self
    open.textThreshold = Int64.min
    open.vectorThreshold = Int64.min
    open.modes?.bothThreshold = Int64.min
    return open
  }
}
