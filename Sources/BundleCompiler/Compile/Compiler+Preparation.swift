import BundleFormat
import BundleReader

/// Everything of a bundle but its answers.
extension Compiler {
  struct Prepared {
    var content: BundleWriter.Content
    var calibration: Calibration
  }

  func prepare(_ sources: CompileSources, _ rules: CompiledRules) throws -> Prepared {
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
        inputs: inputs, questions: questions.withoutNormalForms, encoder: encoder.withoutFolds,
        words: StoredWords(questions.normalForms),
        index: index,
        tuning: tuning, decision: calibration.parameters(inputs.recipe, routes: routes),
        acceptance: calibration.acceptance, routes: routes, routeExamples: examples.vectors,
        routeLabels: examples.labels, rules: rules, questionRules: questionRules, marks: marks,
        ordinals: sources.ordinals, dictionary: previous.map(\.bundle.compressionDictionary), layer: sources.layer),
      calibration: calibration)
  }

  // In order of first appearance. A layer's begin with those of its base, so that the base's records stay right.
  static func routes(_ inputs: CompileInputs, after first: [String]) -> [String] {
    var routes = first
    var known = Set(first)
    let named =
      [inputs.recipe.defaultRoute] + inputs.recipe.routes.map(\.route) + inputs.entries.map(\.route)
      + inputs.distractors.map(\.route)
    for route in named.compactMap({ $0 }) where known.insert(route).inserted { routes.append(route) }
    return routes
  }
}
