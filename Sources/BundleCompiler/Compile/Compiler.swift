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

  let options: Options
  let kernels: Kernels
  let clock: StageClock

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
    try publisher.check(isNone: [path] + [options.base].compactMap { $0 })
    clock.begin("ingest")
    let recipe = try Recipe.load(path: path, dataFolder: options.dataFolder)
    let rules = try CompiledRules(recipe.rules)
    let previous = try options.previous.map { try PreviousBundle(path: $0) }
    let base = try options.base.map { try PreviousBundle(path: $0) }
    try publisher.check(isNone: recipe.files)
    var sources =
      try base.map { try CompileSources(recipe, over: $0, workingFolder: publisher.folder) }
      ?? CompileSources(recipe, keeping: options.retrains ? nil : previous, workingFolder: publisher.folder)
    var report: CompileReport
    do {
      report = try make(&sources, rules, publisher, named: previous)
    } catch let reason as Retraining {
      clock.begin("ingest")
      sources = try CompileSources(recipe, keeping: nil, workingFolder: publisher.folder)
      report = try make(&sources, rules, publisher, named: previous)
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
    _ sources: inout CompileSources, _ rules: CompiledRules, _ publisher: BundlePublisher,
    named previous: PreviousBundle?
  ) throws -> CompileReport {
    let inputs = sources.inputs
    let answers = try AnswerReader(inputs)
    let adapted =
      try sources.layer.map {
        CompiledRules(
          bytes: try $0.base.bytes(.decisionRules), isPossessiveStrict: inputs.recipe.rules.isPossessiveStrict)
      } ?? rules.adapted(to: sources.questions.normalForms)
    var prepared = try prepare(sources, adapted)
    sources.questions = prepared.content.questions
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
        try HitCounts(publisher.temporary, hits, over: sources.layer?.base.bundle) {
          clock.progress($0, of: count, "queries")
        })
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
    var writer = try BundleWriter(
      path: publisher.temporary, isLayer: content.layer != nil, workingFolder: publisher.folder)
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
}
