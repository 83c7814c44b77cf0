import BundleFormat

/// The manifest of a bundle: JSON for people and tools. Readers do not need it.
///
/// It holds no clock and no path, so that equal inputs give equal manifests.
struct Manifest {
  private var members: [JSONMember] = []

  /// Describes a bundle.
  init(
    _ content: BundleWriter.Content, _ calibration: Calibration, sizes: [(name: SectionName, bytes: Int)]
  ) {
    let recipe = content.inputs.recipe
    add("format", .string("\(BundleVersion.major).\(BundleVersion.minor)"))
    add("name", .string(recipe.name))
    add("version", .integer(Int64(recipe.version)))
    add("entries", .integer(Int64(content.ordinals.entries.stored)))
    add("questions", .integer(Int64(content.ordinals.questions.stored)))
    add("distractors", .integer(Int64(content.ordinals.distractors.stored)))
    if let layer = content.layer {
      add("base", .string(layer.base.digest.blake2b))
      add("replaced", .integer(Int64(layer.replaced.count)))
    }
    add("unicode", .string(TextNormalizer.unicodeVersion))
    add("encoder", Self.encoder(content))
    add("index", Self.index(content))
    add("decision", Self.decision(content, calibration))
    add("rules", Self.rules(CompileReport.Rules(content.rules, content.questionRules)))
    add(
      "sections",
      Self.object(sizes.sorted { $0.name.text < $1.name.text }.map { ($0.name.text, .integer(Int64($0.bytes))) }))
    add("provenance", Self.provenance(content))
  }

  /// The manifest as JSON, one line.
  var text: String { JSONValue.object(members).compactText + "\n" }

  private mutating func add(_ key: String, _ value: JSONValue) { members.append(JSONMember(key: key, value: value)) }

  static func object(_ members: [(String, JSONValue)]) -> JSONValue {
    .object(members.map { JSONMember(key: $0.0, value: $0.1) })
  }

  static func share(_ value: Double) -> JSONValue { .number((value * 1_000_000).rounded() / 1_000_000) }

  private static func encoder(_ content: BundleWriter.Content) -> JSONValue {
    let encoder = content.encoder
    return object([
      ("kind", .string("piece-sum")), ("model", .string(encoder.model)),
      ("dimensions", .integer(Int64(encoder.vectors.dimensions))),
      ("pieces", .integer(Int64(encoder.vocabulary.pieces.count))),
      ("quantisation", .string("int8, symmetric")),
      ("scale", content.inputs.embeddings?.questions?.scale.map { .number($0) } ?? .null),
      ("length", .number(encoder.length)),
      ("fidelity", encoder.fidelity.map { share($0) } ?? .null),
    ])
  }

  private static func index(_ content: BundleWriter.Content) -> JSONValue {
    let tuning = content.tuning
    return object([
      ("vectors", .integer(Int64(content.index.order.count))), ("lists", .integer(Int64(content.index.lists.count))),
      ("subquantizers", .integer(Int64(content.index.subquantizers))),
      ("probes", .integer(Int64(tuning.chosen.probes))), ("mean_probes", .number(tuning.chosen.meanProbes)),
      ("probe_margin", .integer(Int64(tuning.chosen.probeMargin))),
      ("enough_places", .integer(Int64(tuning.chosen.enoughPlaces))),
      ("rerank", .integer(Int64(tuning.chosen.rerank))), ("mean_rerank", .number(tuning.chosen.meanRerank)),
      ("least_rerank", .integer(Int64(tuning.chosen.leastRerank))),
      ("rerank_margin", .integer(Int64(tuning.chosen.rerankMargin))),
      ("recall", share(tuning.chosen.recall)), ("recall_of_ten", share(tuning.chosen.recallOfTen)),
      ("recall_target", .number(content.inputs.recipe.recall)),
      ("recall_queries", .integer(Int64(tuning.queryCount))),
      (
        "frontier",
        .array(
          tuning.frontier.map {
            object([
              ("probes", .integer(Int64($0.probes))), ("mean_probes", .number($0.meanProbes)),
              ("rerank", .integer(Int64($0.rerank))), ("mean_rerank", .number($0.meanRerank)),
              ("recall", share($0.recall)),
            ])
          })
      ),
    ])
  }

  private static func rules(_ rules: CompileReport.Rules) -> JSONValue {
    object([
      ("languages", .array(rules.languages.map { .string($0) })), ("courtesy", .bool(rules.cutsCourtesy)),
      ("questions_barred", object(rules.classes.map { ($0.name, .integer(Int64($0.barred))) })),
    ])
  }
}
