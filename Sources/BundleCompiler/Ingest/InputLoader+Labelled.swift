import BundleFormat

extension InputLoader {
  /// Adds the variant in `record` to the entry it names.
  func addVariant(_ record: JSONRecord, _ line: InputLine, _ file: Int) throws(InputError) {
    let ordinal = try entry(record, try record.string("id"), "the variant belongs to")
    let origin = try record.optionalChoice(
      "origin", [("written", WordingOrigin.written), ("generated", .generated), ("accepted", .accepted)])
    furtherQuestions.append(try question(record, owner: .entry(ordinal), origin: origin ?? .written))
  }

  /// Adds the distractor in `record`.
  func addDistractor(_ record: JSONRecord, _ line: InputLine, _ file: Int) throws(InputError) {
    let ordinal = UInt32(distractors.count)
    let reason = try record.optionalChoice("reason", Self.reasons)
    let route = try record.optionalName("route", limit: limits.route)
    let origin = try record.optionalChoice(
      "origin", [("written", WordingOrigin.written), ("generated", .generated), ("accepted", .accepted)])
    furtherQuestions.append(try question(record, owner: .distractor(ordinal), origin: origin ?? .written))
    distractors.append(DistractorInput(reason: reason ?? .distractor, route: route))
  }

  /// Adds the labelled query in `record`.
  func addQuery(_ record: JSONRecord, _ line: InputLine, _ file: Int) throws(InputError) {
    let text = try record.string("query")
    try QuestionText.check(text, "the query", place: record.place, limits: limits)
    let expected: UInt32?
    // Left out is not null: a forgotten label must not become one.
    switch record.valueOrNull("expect") {
    case .string(let id): expected = try entry(record, id, "the query expects")
    case .null: expected = nil
    case nil:
      throw record.place.error(
        "the field \"expect\" is missing", do: "add it: an entry's id, or null if the query must fall back")
    case let other?: throw record.wrongType("expect", other, "an entry's id, or null if the query must fall back")
    }
    let kind = try record.optionalName("kind", limit: limits.route)
    let origin = try record.optionalChoice(
      "origin", [("sampled", WordingOrigin.sampled), ("written", .written), ("generated", .generated)])
    queries.append(
      QueryInput(
        text: text, expected: expected, kind: kind, origin: origin ?? .written,
        scope: try record.scope(limits).scopeText, turn: try record.turn(),
        embeddingRow: try queryVectors.row(of: record, limits: limits)))
  }

  /// Adds the decision in `record`, unless the row is still undecided.
  func addPair(_ record: JSONRecord, _ line: InputLine, _ file: Int) throws(InputError) {
    let first = try entry(record, try record.string("entry"), "the pair names the entry")
    let second = try entry(record, try record.string("other"), "the pair names the entry")
    guard first != second else {
      throw record.place.error("the pair names one entry twice", do: "name two entries, or remove the row")
    }
    let decision = try record.optionalChoice(
      "decision",
      [("merge", PairInput.Decision.merge), ("keep", .keep), ("distractor", .distractor)])
    guard let decision else { return }
    let question = decision == .distractor ? try record.string("question") : nil
    pairs.append(
      PairInput(decision: decision, first: first, second: second, question: question, place: record.place))
  }

  /// Adds an example of a route.
  func addRouteExample(_ text: String, _ route: String, _ place: InputPlace) throws(InputError) {
    try QuestionText.check(text, "the example", place: place, limits: limits)
    guard routeExamples.count < limits.routeExamples else {
      throw place.error(
        "the routes have more than \(InputLimits.grouped(limits.routeExamples)) examples",
        do: "keep a few hundred typical ones for each route")
    }
    routeExamples.append(RouteExampleInput(text: text, route: route))
  }

  /// The reasons a distractor may give, by their names in the reader protocol.
  private static var reasons: [(name: String, value: FallbackReason)] {
    let reasons: [FallbackReason] = [
      .noMatch, .ambiguous, .guarded, .distractor, .needsContext, .severalQuestions, .scope,
    ]
    return reasons.map { ($0.name.description, $0) }
  }

  /// The ordinal of the entry `id`.
  private func entry(_ record: JSONRecord, _ id: String, _ subject: String) throws(InputError) -> UInt32 {
    guard let ordinal = ordinals[ExactText(id)] else {
      throw record.place.error(
        "\(subject) \"\(id)\", which no entry has as its id", do: "correct the id, or add the entry")
    }
    return ordinal
  }
}
