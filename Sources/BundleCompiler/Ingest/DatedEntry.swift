/// An entry as a refresh sees it: what it answers, and when it is to be answered anew.
package struct DatedEntry: Sendable {
  package var id: String
  /// The canonical question; of a prompt the filled text.
  package var question: String
  /// The further wordings that stand in the entry itself.
  package var variants: [String] = []
  package var route: String?
  /// The first second since 1970 at which the answer is no longer valid; `nil` for never.
  package var validUntil: Int64?
  package var freshness: EntryFreshness
  /// Whether the answer is a template, which a model would not write.
  package var isTemplate: Bool

  package init(
    id: String, question: String, route: String?, validUntil: Int64?, freshness: EntryFreshness, isTemplate: Bool
  ) {
    self.id = id
    self.question = question
    self.route = route
    self.validUntil = validUntil
    self.freshness = freshness
    self.isTemplate = isTemplate
  }

  /// Reads all entries of a recipe, in its order, without embeddings and other inputs.
  ///
  /// - Throws: `InputError` naming file and line of what is wrong.
  package static func load(_ recipe: Recipe) throws(InputError) -> [DatedEntry] {
    var entries: [DatedEntry] = []
    for source in recipe.entries {
      let file = try InputFile(path: source.path, namedAt: InputPlace(file: recipe.path, line: source.line))
      let reader = LineReader(file: file, limit: InputLimits.standard.line)
      while let line = try reader.next() {
        let place = InputPlace(file: source.path, line: line.number)
        let record = try JSONRecord(line.bytes, place: place, shape: #"{"id": …, "question": …, "answer": …}"#)
        entries.append(try DatedEntry(record, recipe))
      }
    }
    return entries
  }

  private init(_ record: JSONRecord, _ recipe: Recipe) throws(InputError) {
    let limits = InputLimits.standard
    let route = try record.optionalName("route", limit: limits.route)
    self.init(
      id: try record.string("id"), question: try record.canonicalQuestion(recipe, limits), route: route,
      validUntil: try record.optionalTime("valid_until"), freshness: try record.freshness(recipe, route: route),
      isTemplate: record.value("template") != nil)
    if case .array(let wordings) = record.value("variants") {
      for case .string(let text) in wordings { variants.append(text) }
    }
  }
}
