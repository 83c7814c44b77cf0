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
    /// The number of threads, at least 1; `nil` for one for each core. All give the same bytes.
    public var threads: Int?

    /// An earlier bundle whose ordinals, encoder, index and dictionary are kept, so that a patch between the two is small.
    public var previous: String?
    /// Whether to train everything anew all the same, and only name the earlier bundle in the provenance.
    public var retrains = false
    /// The bundle that this one is to lie over as a layer; `nil` for a whole bundle.
    public var base: String?

    public init(
      output: String, dataFolder: String? = nil, kernels: almanac_kernel_level = ALMANAC_KERNELS_AUTO,
      threads: Int? = nil
    ) {
      self.threads = threads
      self.output = output
      self.dataFolder = dataFolder
      self.kernels = kernels
    }
  }

  private let options: Options
  private let kernels: Kernels
  private let clock: StageClock

  /// Prepares a compile.
  ///
  /// - Throws: `WriteError` if this machine lacks the instruction set asked for.
  public init(_ options: Options, observer: (any CompileObserver)? = nil) throws {
    self.options = options
    guard let kernels = Kernels(options.kernels) else {
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
    try ThreadCount.$chosen.withValue(options.threads) { try publish(recipe: path) }
  }

  private func publish(recipe path: String) throws -> CompileReport {
    let publisher = try BundlePublisher(target: options.output)
    defer { publisher.discard() }
    clock.begin("ingest")
    let recipe = try Recipe.load(path: path, dataFolder: options.dataFolder)
    let rules = try CompiledRules(recipe.rules)
    let previous = try options.previous.map { try PreviousBundle(path: $0) }
    let base = try options.base.map { try PreviousBundle(path: $0) }
    var sources =
      try base.map { try CompileSources(recipe, over: $0, workingFolder: publisher.folder) }
      ?? CompileSources(recipe, keeping: options.retrains ? nil : previous, workingFolder: publisher.folder)
    var report: CompileReport
    do {
      report = try make(sources, rules, publisher, named: previous)
    } catch let reason as Retraining {
      clock.begin("ingest")
      sources = try CompileSources(recipe, keeping: nil, workingFolder: publisher.folder)
      report = try make(sources, rules, publisher, named: previous)
      report.retraining = reason.description
    }
    if previous != nil, options.retrains { report.retraining = "it was asked for" }
    report.previous = previous?.digest.blake2b
    report.base = base?.digest.blake2b
    // The check needs texts only, and maps the whole bundle besides.
    sources.inputs.embeddings = nil
    clock.begin("verify")
    let count = sources.questions.texts.count
    report.queries = try BundleCheck.check(
      publisher.temporary, sources.inputs, sources.questions, sources.ordinals, over: base?.bundle
    ) { clock.progress($0, of: count, "questions") }
    try publisher.publish()
    clock.end()
    report.stages = clock.stages
    return report
  }

  /// Makes the bundle in the publisher's temporary file.
  private func make(
    _ sources: CompileSources, _ rules: CompiledRules, _ publisher: BundlePublisher, named previous: PreviousBundle?
  ) throws -> CompileReport {
    let inputs = sources.inputs
    let answers = try AnswerReader(inputs)
    let adapted =
      try sources.layer.map {
        CompiledRules(
          bytes: try $0.base.bytes(.decisionRules), isPossessiveStrict: inputs.recipe.rules.isPossessiveStrict)
      } ?? rules.adapted(to: sources.questions.normalForms)
    var prepared = try prepare(sources, adapted)
    prepared.content.previous = previous.map { [$0.digest] } ?? []
    if prepared.calibration.isTestable, LabelledScores.exist(inputs) {
      clock.begin("test labels")
      var open = prepared.content
      open.decision = open.decision.withoutThresholds
      _ = try write(open, prepared.calibration, answers, publisher)
      prepared.calibration.certify(
        try LabelledScores(publisher.temporary, inputs, sources.ordinals, over: sources.layer?.base.bundle) {
          clock.progress($0, of: inputs.queries.count, "queries")
        })
      prepared.content.decision = prepared.calibration.parameters(inputs.recipe, routes: prepared.content.routes)
      try publisher.restart()
    }
    if prepared.calibration.answersText, let hits = inputs.markedHits {
      clock.begin("test marked hits")
      _ = try write(prepared.content, prepared.calibration, answers, publisher)
      let count = hits.hits.count + hits.fallbacks.count
      prepared.calibration.certify(
        try HitCounts(publisher.temporary, hits) { clock.progress($0, of: count, "queries") })
      prepared.content.decision = prepared.calibration.parameters(inputs.recipe, routes: prepared.content.routes)
      try publisher.restart()
    }
    clock.begin("write")
    let (footer, sizes) = try write(prepared.content, prepared.calibration, answers, publisher)
    return report(prepared, sizes, footer)
  }

  private func write(
    _ content: BundleWriter.Content, _ calibration: Calibration, _ answers: AnswerReader,
    _ publisher: BundlePublisher
  ) throws -> (footer: Footer, sizes: [(name: SectionName, bytes: Int)]) {
    let inputs = content.inputs
    var writer = try BundleWriter(path: publisher.temporary, isLayer: content.layer != nil)
    try writer.write(content, answers: answers) { clock.progress($0, of: inputs.entries.count, "answers") }
    let manifest = Manifest(content, calibration, sizes: writer.sizes)
    let dataLength = try writer.finish(manifest: manifest.text)
    let footer = try publisher.seal(
      dataLength: dataLength, bundleVersion: inputs.recipe.version, expiry: inputs.recipe.expires ?? Int64.max)
    return (footer, writer.sizes)
  }

  /// Removes the unfinished bundle of a compile that runs in this process, if there is one; for a handler of signals. No
  /// bundle that is in place is touched.
  public static func discardUnfinished() {
    BundlePublisher.discardUnfinished()
  }

  private struct Prepared {
    var content: BundleWriter.Content
    var calibration: Calibration
  }

  /// Why an earlier bundle is not built upon, though it was asked for.
  private enum Retraining: Error, CustomStringConvertible {
    case size(Int, Int)
    case recall(Double, Double)

    var description: String {
      switch self {
      case .size(let now, let then): "its index was trained for \(then) vectors, and there are \(now)"
      case .recall(let found, let asked):
        "with its index the search finds \((found * 10_000).rounded() / 100) % of the nearest questions, "
          + "less than \((asked * 10_000).rounded() / 100) %"
      }
    }
  }

  private func prepare(_ sources: CompileSources, _ rules: CompiledRules) throws -> Prepared {
    let inputs = sources.inputs
    let questions = sources.questions
    let previous = sources.kept
    let questionRules = QuestionRules(
      rules, normalForms: questions.normalForms, owners: questions.owners, entryCount: inputs.entries.count)
    clock.begin("fit encoder")
    let encoder = try FittedEncoder(
      questions, inputs, keeping: previous, kernels: kernels,
      progress: { [clock] in clock.advance($0, of: $1, "fitted") })

    clock.begin("train index")
    let (index, tuning) = try index(sources, encoder)

    clock.begin("calibrate")
    let marks = try StoredMarks(questions, entryCount: inputs.entries.count)
    let calibration = Calibration(
      inputs, questions, encoder, marks, try JudgeWeights.model(),
      depth: sources.layer.map { Int($0.base.bundle.index.rerank) } ?? tuning.chosen.rerank, kernels: kernels,
      progress: { [clock] in clock.advance($0, of: $1, "asked") })
    let routes = Self.routes(inputs, after: sources.layer.map(\.base.bundle.routeNames) ?? [])
    guard routes.count < Int(EntryRecord.noRoute) else {
      throw InputError(
        file: inputs.recipe.path,
        problem: "the inputs name \(routes.count) routes, more than a bundle can hold (65,534)",
        remedy: "use a few routes, each for many entries")
    }
    let examples =
      if let layer = sources.layer, inputs.routeExamples.isEmpty {
        try RouteExampleVectors(layer.base)
      } else {
        try RouteExampleVectors(inputs, encoder, routes: routes, kernels: kernels)
      }
    return Prepared(
      content: BundleWriter.Content(
        inputs: inputs, questions: questions, encoder: encoder, words: StoredWords(questions.normalForms), index: index,
        tuning: tuning, decision: calibration.parameters(inputs.recipe, routes: routes),
        acceptance: calibration.acceptance, routes: routes, routeExamples: examples.vectors,
        routeLabels: examples.labels, rules: rules, questionRules: questionRules, marks: marks,
        ordinals: sources.ordinals, dictionary: previous.map(\.bundle.compressionDictionary), layer: sources.layer),
      calibration: calibration)
  }

  // A layer's index holds its own vectors alone; its base has one for the rest.
  private func index(
    _ sources: CompileSources, _ encoder: FittedEncoder
  ) throws -> (TrainedIndex, SearchTuning) {
    let inputs = sources.inputs
    let stored = sources.ordinals.questions.stored
    let vectors = sources.layer == nil ? encoder.vectors : Self.subset(encoder.vectors, Array(0..<stored))
    var kept: PreviousIndex?
    if let previous = sources.kept, sources.layer == nil {
      kept = try PreviousIndex(previous, count: vectors.count)
      if kept == nil { throw Retraining.size(vectors.count, Int(previous.bundle.index.rowCount)) }
    }
    let plan = kept?.plan ?? IndexPlan(count: vectors.count, dimensions: vectors.dimensions)
    let queries = Self.tuningQueries(encoder, inputs, stored: stored)
    let index = TrainedIndex(
      vectors, plan: plan, heldOut: queries.flatMap(\.own), keeping: kept, workingFolder: inputs.workingFolder,
      kernels: kernels,
      progress: { clock.progress(Int($0 * Double(vectors.count)), of: vectors.count, "vectors") })
    clock.begin("choose probes")
    if let layer = sources.layer {
      // What the pair re-ranks is as deep as the base does, so the layer has to go as deep.
      let depth = Int(layer.base.bundle.index.rerank)
      if plan.listCount == 1, plan.subquantizers == 0 { return (index, SearchTuning(singleList: depth)) }
      let tuning = SearchTuning(
        index, vectors: vectors, queries: queries, recall: inputs.recipe.recall, kernels: kernels)
      return (index, tuning.scoring(atLeast: depth))
    }
    let tuning = SearchTuning(
      index, vectors: vectors, queries: queries, recall: inputs.recipe.recall, keeping: kept, kernels: kernels)
    if let kept, tuning.chosen.recall < min(inputs.recipe.recall, kept.recall) {
      throw Retraining.recall(tuning.chosen.recall, inputs.recipe.recall)
    }
    return (index, tuning)
  }

  // Texts as an encoder sees them that was not fitted to them; and, where vectors are given, stored questions that are to find
  // their nearest neighbour, since callers may ask with vectors of the same model.
  private static func tuningQueries(
    _ encoder: FittedEncoder, _ inputs: CompileInputs, stored: Int
  ) -> [SearchTuning.Queries] {
    let limit = tuningLimit(stored)
    let asked = encoder.sample.prefix { $0 < stored }.count
    let texts = SearchTuning.Queries(vectors: subset(encoder.heldOut, places(asked, limit: limit)))
    guard inputs.embeddings?.questions != nil, stored > 1 else { return [texts] }
    let own = places(stored, limit: min(limit, stored / 10 + 1))
    return [texts, SearchTuning.Queries(vectors: subset(encoder.vectors, own), own: own)]
  }

  private static func places(_ count: Int, limit: Int) -> [Int] {
    Array(stride(from: 0, to: count, by: max(1, (count + limit - 1) / limit)))
  }

  // With 4,096 the standard error of a recall of 0.99 is 0.16 points. Beyond 262,144 vectors the exact scans would take longer
  // than the rest of the compile.
  private static func tuningLimit(_ vectors: Int) -> Int { max(1_024, min(4_096, (1 << 30) / max(vectors, 1))) }

  private static func subset(_ vectors: VectorMatrix, _ chosen: [Int]) -> VectorMatrix {
    let subset = VectorMatrix(count: chosen.count, dimensions: vectors.dimensions)
    for (place, row) in chosen.enumerated() {
      subset.row(place).copy(vectors.row(row))
    }
    return subset
  }

  // In order of first appearance. A layer's begin with those of its base, so that the base's records stay right.
  private static func routes(_ inputs: CompileInputs, after first: [String]) -> [String] {
    var routes = first
    var known = Set(first)
    let named =
      [inputs.recipe.defaultRoute] + inputs.recipe.routes.map(\.route) + inputs.entries.map(\.route)
      + inputs.distractors.map(\.route)
    for route in named.compactMap({ $0 }) where known.insert(route).inserted { routes.append(route) }
    return routes
  }

  private func report(
    _ prepared: Prepared, _ sizes: [(name: SectionName, bytes: Int)], _ footer: Footer
  ) -> CompileReport {
    let content = prepared.content
    let geometry = VerityGeometry(dataLength: footer.dataLength)
    return CompileReport(
      path: options.output, name: content.inputs.recipe.name, version: content.inputs.recipe.version,
      root: footer.root.hexadecimal, fileBytes: Int(footer.dataLength + (geometry?.treeLength ?? 0)) + Footer.size,
      entries: content.ordinals.entries.stored, questions: content.ordinals.questions.stored,
      distractors: content.ordinals.distractors.stored, repeatedWordings: content.questions.repeated,
      model: content.encoder.model, dimensions: content.encoder.vectors.dimensions,
      fidelity: content.encoder.fidelity, pieces: content.encoder.vocabulary.pieces.count,
      lists: content.index.lists.count, probes: content.tuning.chosen.probes, rerank: content.tuning.chosen.rerank,
      recall: content.tuning.chosen.recall, recallTarget: content.inputs.recipe.recall,
      recallQueries: content.tuning.queryCount, frontier: content.tuning.frontier.map { CompileReport.Effort($0) },
      level: "\(content.decision.level.name)",
      text: CompileReport.Point(prepared.calibration.text), vector: CompileReport.Point(prepared.calibration.vector),
      both: CompileReport.Point(prepared.calibration.both), pairs: prepared.calibration.pairs,
      sections: sizes.map { ($0.name.text, $0.bytes) }, stages: [], queries: nil,
      rules: CompileReport.Rules(content.rules, content.questionRules))
  }
}
