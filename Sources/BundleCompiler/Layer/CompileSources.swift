import BundleFormat
import BundleReader

/// What a compile works on: the inputs, their stored questions, and the ordinals that these get.
struct CompileSources {
  /// The inputs; for a layer with all that its base holds.
  var inputs: CompileInputs
  /// Their stored questions.
  var questions: StoredQuestions
  /// Which ordinals they get.
  let ordinals: OrdinalPlan
  /// The bundle whose encoder and dictionary are kept: an earlier build, or the base of a layer.
  let kept: PreviousBundle?
  /// What makes this a layer; `nil` for a whole bundle.
  let layer: LayerPlan?

  /// Loads the inputs of `recipe` for a whole bundle, in the order of the ordinals that `previous` gives them.
  ///
  /// - Parameter workingFolder: Where large tables may lie in a file; see `WorkingMemory`.
  init(_ recipe: Recipe, keeping previous: PreviousBundle?, workingFolder: String) throws {
    kept = previous
    layer = nil
    inputs = try InputLoader.load(recipe, questionScale: previous?.facts.scale, workingFolder: workingFolder)
    if let withdrawn = inputs.withdrawn.first {
      throw withdrawn.place.error(
        "the line deletes the entry \"\(withdrawn.id)\", which only a layer can do",
        do: "remove the line, or compile with --base")
    }
    guard let previous else {
      questions = try StoredQuestions(inputs)
      ordinals = OrdinalPlan(
        entries: inputs.entries.count, questions: questions.texts.count, distractors: inputs.distractors.count)
      return
    }
    var known = try PreviousOrdinals(previous)
    try known.arrange(&inputs)
    questions = try StoredQuestions(inputs)
    ordinals = try known.plan(inputs, questions)
  }

  /// Loads the inputs of `recipe` for a layer over `base`; see the above.
  init(_ recipe: Recipe, over base: PreviousBundle, workingFolder: String) throws {
    guard recipe.rules == RecipeRules() else {
      throw InputError(
        file: recipe.path, problem: "a layer has the rules of its base, so its recipe cannot have others",
        remedy: "remove `rules`, or compile the base with them")
    }
    var recipe = recipe
    let bundle = base.bundle
    recipe.defaultRoute =
      recipe.defaultRoute ?? bundle.routeName(bundle.decision.defaultRoute).map { String(decoding: $0, as: UTF8.self) }
    // The encoder is the base's, whatever its size.
    recipe.maximumEncoderBytes = Int.max >> 1
    let union = try LayerUnion(
      try InputLoader.load(recipe, questionScale: base.facts.scale, workingFolder: workingFolder), over: base)
    kept = base
    layer = union.plan
    inputs = union.inputs
    questions = try StoredQuestions(inputs)
    ordinals = union.ordinals(questions)
  }
}
