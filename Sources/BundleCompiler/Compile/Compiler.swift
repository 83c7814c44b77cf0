import BundleFormat
import BundleReader
import CKernels

/// Compiles a recipe into a bundle: ingest, fit the encoder, train and fill the index, calibrate, write, verify.
public struct Compiler {
  /// Where to write, and who is told about it.
  public struct Options {
    /// The bundle's path.
    public var output: String
    /// The folder that `${data}` stands for in the recipe's paths.
    public var dataFolder: String?
    /// The instruction set of the kernels; all give the same bytes.
    public var kernels: almanac_kernel_level

    public init(
      output: String, dataFolder: String? = nil, kernels: almanac_kernel_level = ALMANAC_KERNELS_AUTO
    ) {
      self.output = output
      self.dataFolder = dataFolder
      self.kernels = kernels
    }
  }

  private let options: Options
  private let kernels: UnsafePointer<almanac_kernels>
  private let clock: StageClock

  /// Prepares a compile.
  ///
  /// - Throws: `WriteError` if this machine lacks the instruction set asked for.
  public init(_ options: Options, observer: (any CompileObserver)? = nil) throws {
    self.options = options
    guard let kernels = almanac_kernels_choose(options.kernels) else {
      throw WriteError("this machine has no \(String(cString: almanac_kernels_name(options.kernels))); choose auto")
    }
    self.kernels = kernels
    clock = StageClock(observer)
  }

  /// Compiles the recipe at `path`.
  ///
  /// - Throws: `InputError` naming file and line, or `WriteError`. An earlier bundle is untouched then and no temporary file
  ///   is left.
  public func compile(recipe path: String) throws -> CompileReport {
    let publisher = try BundlePublisher(target: options.output)
    defer { publisher.discard() }
    clock.begin("ingest")
    let recipe = try Recipe.load(path: path, dataFolder: options.dataFolder)
    let inputs = try InputLoader.load(recipe)
    let answers = try AnswerReader(inputs)
    let questions = try StoredQuestions(inputs)
    let prepared = try prepare(inputs, questions)

    clock.begin("write")
    var writer = try BundleWriter(path: publisher.temporary)
    try writer.write(prepared.content, answers: answers) { clock.progress($0, of: inputs.entries.count, "answers") }
    let manifest = Manifest(
      prepared.content, text: prepared.text, vector: prepared.vector, sizes: writer.sizes)
    let dataLength = try writer.finish(manifest: manifest.text)
    clock.begin("seal")
    let footer = try publisher.seal(
      dataLength: dataLength, bundleVersion: recipe.version, expiry: recipe.expires ?? Int64.max)
    clock.begin("verify")
    let outcome = try BundleCheck.check(publisher.temporary, inputs, questions) {
      clock.progress($0, of: questions.texts.count, "questions")
    }
    try publisher.publish()
    clock.end()
    return report(prepared, writer.sizes, footer, outcome)
  }

  /// Removes the unfinished bundle of a compile that runs in this process, if there is one; for a handler of signals. No
  /// bundle that is in place is touched.
  public static func discardUnfinished() {
    BundlePublisher.discardUnfinished()
  }

  private struct Prepared {
    var content: BundleWriter.Content
    var text: OperatingPoint
    var vector: OperatingPoint
  }

  private func prepare(_ inputs: CompileInputs, _ questions: StoredQuestions) throws -> Prepared {
    clock.begin("fit encoder")
    let encoder = try FittedEncoder(
      questions, inputs, kernels: kernels,
      progress: { [clock] in clock.advance($0, of: $1, "fitted") })

    clock.begin("train index")
    let vectors = encoder.vectors
    let plan = IndexPlan(count: vectors.count, dimensions: vectors.dimensions)
    let index = TrainedIndex(
      vectors, plan: plan, kernels: kernels,
      progress: { clock.progress(Int($0 * Double(vectors.count)), of: vectors.count, "vectors") })
    let tuning = SearchTuning(
      index, vectors: vectors, queries: Self.subset(encoder.heldOut, 1_024), recall: inputs.recipe.recall,
      kernels: kernels)

    clock.begin("calibrate")
    let (text, vector) = calibrate(inputs, questions, encoder, depth: tuning.chosen.rerank)
    let routes = Self.routes(inputs)
    guard routes.count < Int(EntryRecord.noRoute) else {
      throw InputError(
        file: inputs.recipe.path,
        problem: "the inputs name \(routes.count) routes, more than a bundle can hold (65,534)",
        remedy: "use a few routes, each for many entries")
    }
    let decision = decision(inputs, text, vector, routes: routes)
    return Prepared(
      content: BundleWriter.Content(
        inputs: inputs, questions: questions, encoder: encoder, index: index, tuning: tuning, decision: decision,
        acceptance: text.acceptance + vector.acceptance, routes: routes),
      text: text, vector: vector)
  }

  private static func subset(_ vectors: VectorMatrix, _ limit: Int) -> VectorMatrix {
    let step = max(1, (vectors.count + limit - 1) / limit)
    let chosen = Array(stride(from: 0, to: vectors.count, by: step))
    let subset = VectorMatrix(count: chosen.count, dimensions: vectors.dimensions)
    for (place, row) in chosen.enumerated() {
      subset.row(place).update(from: vectors.row(row), count: vectors.stride)
    }
    return subset
  }

  private func calibrate(
    _ inputs: CompileInputs, _ questions: StoredQuestions, _ encoder: FittedEncoder, depth: Int
  ) -> (text: OperatingPoint, vector: OperatingPoint) {
    let vectors = encoder.vectors
    let sample = encoder.sample
    let isAnswer = questions.owners.map { owner in
      owner & QuestionRecord.distractorFlag == 0 && !inputs.entries[Int(owner)].isExactOnly
    }
    let budget = ErrorBudget(
      wrongRequests: inputs.recipe.budget.wrongOfRequests, wrongAnswers: inputs.recipe.budget.wrongOfAnswers,
      outOfScope: inputs.recipe.assumeOutOfScope)
    func point(_ heldOut: VectorMatrix, _ strangers: VectorMatrix, mode: UInt32) -> OperatingPoint {
      let test = SelfTest(
        questions: sample, heldOut: heldOut, strangers: strangers, vectors: vectors, owners: questions.owners,
        isAnswer: isAnswer, depth: depth, weights: .standard, kernels: kernels,
        progress: { [clock] in clock.advance($0, of: 2 * sample.count, "asked") })
      return OperatingPoint(test, mode: mode, budget: budget)
    }
    let text = point(encoder.heldOut, encoder.strangers, mode: AcceptancePoint.textMode)
    let given = VectorMatrix(count: sample.count, dimensions: vectors.dimensions)
    for (place, row) in sample.enumerated() {
      given.row(place).update(from: vectors.row(row), count: vectors.stride)
    }
    return (text, point(given, given, mode: AcceptancePoint.vectorMode))
  }

  private func decision(
    _ inputs: CompileInputs, _ text: OperatingPoint, _ vector: OperatingPoint, routes: [String]
  ) -> DecisionParameters {
    let answers = text.threshold != DecisionParameters.never || vector.threshold != DecisionParameters.never
    return DecisionParameters(
      level: answers ? .selfTested : .exactOnly, similarityWeight: DecisionWeights.standard.similarity,
      marginWeight: DecisionWeights.standard.margin, textThreshold: text.threshold, vectorThreshold: vector.threshold,
      clearMargin: Cosine.one / 5, suggestionFloor: max(text.medianStranger, Cosine.one / 2),
      maximumWrong: UInt32((inputs.recipe.budget.wrongOfRequests * 1_000_000).rounded()),
      assumedOutOfScope: UInt32(max((inputs.recipe.assumeOutOfScope * 1_000_000).rounded(), 1)),
      defaultRoute: BundleWriter.route(inputs.recipe.defaultRoute, in: routes), routeCount: UInt16(routes.count))
  }

  // In order of first appearance.
  private static func routes(_ inputs: CompileInputs) -> [String] {
    var routes: [String] = []
    var known: Set<String> = []
    let named = [inputs.recipe.defaultRoute] + inputs.entries.map(\.route) + inputs.distractors.map(\.route)
    for route in named.compactMap({ $0 }) where known.insert(route).inserted { routes.append(route) }
    return routes
  }

  private func report(
    _ prepared: Prepared, _ sizes: [(name: SectionName, bytes: Int)], _ footer: Footer, _ outcome: LabelledOutcome?
  ) -> CompileReport {
    let content = prepared.content
    let geometry = VerityGeometry(dataLength: footer.dataLength)
    return CompileReport(
      path: options.output, name: content.inputs.recipe.name, version: content.inputs.recipe.version,
      root: footer.root.hexadecimal, fileBytes: Int(footer.dataLength + (geometry?.treeLength ?? 0)) + Footer.size,
      entries: content.inputs.entries.count, questions: content.questions.texts.count,
      distractors: content.inputs.distractors.count, repeatedWordings: content.questions.repeated,
      model: content.encoder.model, dimensions: content.encoder.vectors.dimensions,
      fidelity: content.encoder.fidelity, pieces: content.encoder.vocabulary.pieces.count,
      lists: content.index.lists.count, probes: content.tuning.chosen.probes, rerank: content.tuning.chosen.rerank,
      recall: content.tuning.chosen.recall, recallTarget: content.inputs.recipe.recall,
      recallQueries: content.tuning.queryCount, level: "\(content.decision.level.name)",
      text: CompileReport.Point(prepared.text), vector: CompileReport.Point(prepared.vector),
      sections: sizes.map { ($0.name.text, $0.bytes) }, stages: clock.stages, queries: outcome)
  }
}
