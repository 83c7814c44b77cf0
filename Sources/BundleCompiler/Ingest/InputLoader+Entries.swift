extension InputLoader {
  /// Adds the entry in `record`, its canonical question and its variants.
  func addEntry(_ record: JSONRecord, _ line: InputLine, _ file: Int) throws(InputError) {
    let id = try record.string("id")
    try record.checkName(id, "the id", limit: limits.id)
    if let place = withdrawn.first(where: { $0.id == id })?.place {
      throw record.place.error("the id \"\(id)\" is deleted in line \(place.line ?? 0)", do: "remove one of the lines")
    }
    if try isWithdrawn(record, id) { return }
    let ordinal = UInt32(entries.count)
    if let first = ordinals[ExactText(id)] {
      let place = entries[Int(first)].answer
      let path = recipe.entries[Int(place.file)].path
      throw record.place.error(
        "the id \"\(id)\" stands also at \(path):\(place.line)", do: "give each entry an id of its own")
    }
    let question = try self.question(record, owner: .entry(ordinal), origin: .written)
    let validFrom = try record.optionalTime("valid_from")
    let validUntil = try record.optionalTime("valid_until")
    if let validFrom, let validUntil, validUntil <= validFrom {
      throw record.place.error("\"valid_until\" is not after \"valid_from\"", do: "correct one of them")
    }
    let answer = try self.answer(record)
    let route = try record.optionalName("route", limit: limits.route)
    let entry = EntryInput(
      id: id, source: try source(record), route: route,
      validFrom: validFrom, validUntil: validUntil, scope: try record.scope(limits),
      isExactOnly: try record.optionalChoice("match", [("exact", true)]) ?? (record.value("prompt") != nil),
      isTemplate: try record.isTemplate(answer, limits: limits), usage: try usage(record),
      freshness: try record.freshness(recipe, route: route),
      answer: AnswerLocation(
        file: UInt32(file), line: UInt32(clamping: line.number), offset: UInt64(line.offset),
        length: UInt32(line.bytes.count), answerLength: UInt32(answer.utf8.count),
        checksum: LineChecksum.of(line.bytes)))
    canonicalQuestions.append(question)
    entries.append(entry)
    ordinals[ExactText(id)] = ordinal
    try addInlineVariants(record, ordinal)
  }

  /// Notes the entry `id` as withdrawn if the line says no more than that.
  private func isWithdrawn(_ record: JSONRecord, _ id: String) throws(InputError) -> Bool {
    guard let value = record.value("deleted"), value != .bool(false) else { return false }
    guard value == .bool(true), record.value("question") == nil, record.value("answer") == nil else {
      throw record.place.error(
        "the field \"deleted\" is \(value.compactText) beside a question or answer, or not true",
        do: #"write {"id": …, "deleted": true} to delete an entry of a layer's base"#)
    }
    guard ordinals[ExactText(id)] == nil else {
      throw record.place.error("the id \"\(id)\" stands also in an earlier line", do: "remove one of the lines")
    }
    withdrawn.append(WithdrawnInput(id: id, place: record.place))
    return true
  }

  /// The question in the field `question`, and its embedding if there is one.
  func question(
    _ record: JSONRecord, owner: QuestionOwner, origin: WordingOrigin
  ) throws(InputError) -> QuestionInput {
    try checkRoom(record.place)
    let text = try record.canonicalQuestion(recipe, limits)
    try QuestionText.check(text, "the question", place: record.place, limits: limits)
    return QuestionInput(
      text: text, owner: owner, origin: origin, embeddingRow: try questionVectors.row(of: record, limits: limits))
  }

  /// The answer, which must not be empty or too long.
  private func answer(_ record: JSONRecord) throws(InputError) -> String {
    let answer = try record.string("answer")
    guard answer.utf8.count <= limits.answer else {
      throw record.place.error(
        "the answer has \(InputLimits.grouped(answer.utf8.count)) bytes, more than \(InputLimits.text(limits.answer))",
        do: "shorten it, or answer with a link")
    }
    guard !answer.unicodeScalars.allSatisfy(\.isWhiteSpace) else {
      throw record.place.error("the answer is empty", do: "write an answer, or make the line a distractor")
    }
    return answer
  }

  private func addInlineVariants(_ record: JSONRecord, _ ordinal: UInt32) throws(InputError) {
    guard let value = record.value("variants") else { return }
    guard case .array(let variants) = value else { throw record.wrongType("variants", value, "an array of questions") }
    for (index, variant) in variants.enumerated() {
      guard case .string(let text) = variant else {
        throw record.place.error(
          "variant \(index + 1) is \(variant.kind)",
          do: "write an array of questions; wordings with an embedding or origin belong in a variants file")
      }
      try checkRoom(record.place)
      try QuestionText.check(text, "variant \(index + 1)", place: record.place, limits: limits)
      inlineVariants.append(
        QuestionInput(text: text, owner: .entry(ordinal), origin: .written, embeddingRow: nil))
    }
  }

  private func source(_ record: JSONRecord) throws(InputError) -> String? {
    guard let source = try record.optionalString("source") else { return nil }
    guard source.utf8.count <= limits.source else {
      throw record.place.error(
        "the source has \(InputLimits.grouped(source.utf8.count)) bytes, more than \(InputLimits.grouped(limits.source))",
        do: "shorten it")
    }
    return source.isEmpty ? nil : source
  }

  private func usage(_ record: JSONRecord) throws(InputError) -> String? {
    guard let value = record.value("usage") else { return nil }
    guard case .object(let members) = value else { throw record.wrongType("usage", value, "an object") }
    for member in members where member.value != .null {
      switch (member.key, member.value) {
      case ("model", .string), ("input_tokens", .integer(0...)), ("output_tokens", .integer(0...)): continue
      case ("model", _): throw record.wrongType("usage.model", member.value, "a string")
      case ("input_tokens", _), ("output_tokens", _):
        throw record.place.error(
          "the field \"usage.\(member.key)\" is \(member.value.compactText)", do: "write a whole number, 0 or more")
      default: continue
      }
    }
    let text = value.compactText
    guard text.utf8.count <= limits.usage else {
      throw record.place.error(
        "\"usage\" has \(InputLimits.grouped(text.utf8.count)) bytes, more than \(InputLimits.grouped(limits.usage))",
        do: "keep model, input_tokens and output_tokens")
    }
    return text
  }
}
