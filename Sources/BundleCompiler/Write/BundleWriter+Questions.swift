import BundleFormat

/// The sections of the questions, their marks and pieces, and the table that finds them.
extension BundleWriter {
  mutating func writeQuestions(_ content: Content) throws {
    let questions = content.questions
    var distractors: [UInt8] = []
    for slot in content.ordinals.distractors.slots {
      let distractor = slot.map { content.inputs.distractors[$0] }
      let record = DistractorRecord(
        reason: (distractor?.reason ?? .distractor).rawValue,
        route: Self.route(distractor?.route, in: content.routes))
      distractors.append(contentsOf: record.encoded)
    }
    try whole(.questionDistractors, elementSize: DistractorRecord.size, distractors)
    let slots = content.ordinals.questions.slots
    try writeMarks(content.marks, slots)
    try writePieces(content, slots)
    try writePrompts(content.inputs.recipe.prompts)
    // The addresses in the records are those the text will get; the texts themselves come later in key order.
    try section(.questionRecords, elementSize: QuestionRecord.size) { writer in
      var address = BlobAddress()
      for slot in slots {
        guard let index = slot else {
          try writer.append(QuestionRecord(textAddress: 0, textLength: 0, owner: QuestionRecord.hole).encoded)
          continue
        }
        let length = questions.texts.utf8.length(index)
        let record = QuestionRecord(
          textAddress: address.next(length), textLength: UInt32(length),
          owner: content.ordinals.owner(questions.owners[index]))
        try writer.append(record.encoded)
      }
    }
    let stored = content.ordinals.questions.stored
    try blob(.questionText, questions.texts.utf8.prefix(stored))
    var exact = HashTableBuilder(count: stored)
    for (index, hash) in questions.hashes.prefix(stored).enumerated() {
      exact.add(hash, ordinal: content.ordinals.questions.ordinals[index])
    }
    try table(.exactTable, exact.slots)
  }

  // In the order of the keys: mark-records, marks. Equal marks stand there once.
  private mutating func writeMarks(_ stored: StoredMarks, _ slots: [Int?]) throws {
    var places: [[UInt8]: MarkPlace] = [:]
    var distinct: [[UInt8]] = []
    var records: [UInt8] = []
    records.reserveCapacity(slots.count * MarkPlace.size)
    var address = BlobAddress()
    for slot in slots {
      let marks = slot.map { stored.encoded[$0] } ?? []
      if marks.isEmpty {
        records.append(contentsOf: MarkPlace(address: 0, length: 0).encoded)
        continue
      }
      if places[marks] == nil {
        places[marks] = MarkPlace(address: address.next(marks.count), length: UInt8(marks.count))
        distinct.append(marks)
      }
      records.append(contentsOf: places[marks]!.encoded)
    }
    try whole(.questionMarkRecords, elementSize: MarkPlace.size, records)
    try blob(.questionMarks, distinct)
  }

  // In the order of the keys: piece-runs, pieces.
  private mutating func writePieces(_ content: Content, _ slots: [Int?]) throws {
    let owners = content.questions.ownersByWording
    let wordings = OwnerWordings(owners)
    let texts = content.encoder.texts
    try section(.questionPieceRuns, elementSize: PieceRunRecord.size) { writer in
      var address = BlobAddress()
      for slot in slots {
        let count = slot.map { texts.range($0).count } ?? 0
        let record = PieceRunRecord(
          address: address.next(4 * count), count: UInt32(count),
          wordings: slot.map { UInt32(wordings.count(owners[$0])) } ?? 0)
        try writer.append(record.encoded)
      }
    }
    try blob(.questionPieces, (0..<content.ordinals.questions.stored).lazy.map { texts.encoded($0) })
  }

  private mutating func writePrompts(_ prompts: [RecipePrompt]) throws {
    guard !prompts.isEmpty else { return }
    let records = prompts.flatMap { prompt in
      PromptRecord.encoded(name: Array(prompt.name.utf8), template: Array(prompt.template.utf8))
    }
    try whole(.questionPrompts, elementSize: Segment.blobElement, records)
  }
}
