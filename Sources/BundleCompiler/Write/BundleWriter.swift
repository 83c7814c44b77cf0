import BundleFormat

/// Writes the sections of a bundle. What changes least from one build to the next comes first in the file.
struct BundleWriter {
  /// Everything but the answers.
  struct Content {
    var inputs: CompileInputs
    var questions: StoredQuestions
    var encoder: FittedEncoder
    var words: StoredWords
    /// The index over the vectors of all questions.
    var index: TrainedIndex
    var tuning: SearchTuning
    var decision: DecisionParameters
    var acceptance: [AcceptancePoint]
    var routes: [String]
    /// The vectors of the examples of routes, and the route of each.
    var routeExamples: VectorMatrix
    var routeLabels: [UInt16]
    var rules: CompiledRules
    var questionRules: QuestionRules
    var marks: StoredMarks
    /// The ordinals of entries, questions and distractors.
    var ordinals: OrdinalPlan
    /// The dictionary that answers are compressed with; `nil` to train one.
    var dictionary: [UInt8]?
    /// The bundle that this one builds upon, for the provenance.
    var previous: [InputDigest] = []
    /// What makes the bundle a layer; `nil` for a whole one.
    var layer: LayerPlan?
  }

  private let output: LMDBWriter

  /// The payload bytes of each section written.
  private(set) var sizes: [(name: SectionName, bytes: Int)] = []

  /// Starts the LMDB part in a new file.
  ///
  /// - Throws: `WriteError`.
  init(path: String, isLayer: Bool) throws {
    var databases: [String] = []
    for name in SectionName.allCases
    where !databases.contains("\(name.database)")
      && (isLayer || "\(name.database)" != "\(SectionName.layerBase.database)")
    {
      databases.append("\(name.database)")
    }
    output = try LMDBWriter(path: path, databases: databases)
  }

  /// Writes everything but the manifest. Answers are read, compressed and written a batch at a time.
  ///
  /// - Parameter progress: Told how many answers are written.
  mutating func write(_ content: Content, answers: AnswerReader, progress: (Int) -> Void) throws {
    try writeEncoder(content.encoder, isWhole: content.layer == nil)
    try writeIndex(content)
    try writeQuestions(content)
    let locations = try writeAnswers(
      content, answers, progress: progress)
    try writeEntries(content, locations)
    try writeDecision(content)
    try writeWords(content.words)
    if let layer = content.layer { try writeLayer(layer) }
  }

  /// Writes the manifest and ends the LMDB part. Returns its length in bytes.
  mutating func finish(manifest: String) throws -> UInt64 {
    try whole(.metaManifest, elementSize: Segment.blobElement, Array(manifest.utf8))
    return try output.finish()
  }

  // MARK: Sections

  private mutating func whole(_ name: SectionName, elementSize: Int, _ bytes: [UInt8]) throws {
    var writer = SectionWriter(name, elementSize: elementSize, to: output)
    try writer.append(bytes)
    try writer.finish()
    sizes.append((name, bytes.count))
  }

  // Keys of a database are appended in their order: parameters, piece-records, piece-text, piece-weights, pieces,
  // rows.
  private mutating func writeEncoder(_ encoder: FittedEncoder, isWhole: Bool) throws {
    let parameters = EncoderParameters(
      dimensions: UInt32(encoder.vectors.dimensions), pieceCount: UInt32(encoder.vocabulary.pieces.count),
      model: Array(encoder.model.utf8.prefix(255)))
    let encoded = parameters.encoded
    try whole(.encoderParameters, elementSize: encoded.count, encoded)
    guard isWhole else { return }
    var records: [UInt8] = []
    var address = BlobAddress()
    for (index, piece) in encoder.vocabulary.pieces.enumerated() {
      let record = PieceRecord(
        textOffset: UInt32(address.next(piece.text.count)), scale: encoder.pieces.scales[index],
        textLength: UInt8(piece.text.count),
        isStart: piece.isStart ? 1 : 0)
      records.append(contentsOf: record.encoded)
    }
    try whole(.encoderPieceRecords, elementSize: PieceRecord.size, records)
    try blob(.encoderPieceText, encoder.vocabulary.pieces.lazy.map(\.text))
    var weights: [UInt8] = []
    for weight in encoder.weights { weights.append(littleEndian: weight) }
    try whole(.encoderPieceWeights, elementSize: 2, weights)
    try whole(
      .encoderPieces, elementSize: HashTable.slotSize, HashTableBuilder.encode(encoder.vocabulary.table))
    try vectors(.encoderRows, encoder.pieces.rows, order: Array(0..<encoder.pieces.rows.count))
  }

  // Large sections are written element by element: what they hold is in memory once already.
  private mutating func section(
    _ name: SectionName, elementSize: Int, _ fill: (inout SectionWriter) throws -> Void
  ) throws {
    var writer = SectionWriter(name, elementSize: elementSize, to: output)
    try fill(&writer)
    try writer.finish()
    sizes.append((name, writer.byteCount))
  }

  private mutating func table(_ name: SectionName, _ slots: [UInt64]) throws {
    try section(name, elementSize: HashTable.slotSize) { writer in
      for part in ranges(of: slots.count, size: 1 << 16) { try writer.append(HashTableBuilder.encode(slots[part])) }
    }
  }

  private mutating func vectors(_ name: SectionName, _ vectors: VectorMatrix, order: [Int]) throws {
    var writer = SectionWriter(name, elementSize: vectors.stride, to: output)
    for index in order { try writer.append(vectors.row(index).bytes) }
    try writer.finish()
    sizes.append((name, writer.byteCount))
  }

  // In the order of the keys: centroids, coarse, codebooks, codes, lists, parameters, questions, rotation, vectors.
  private mutating func writeIndex(_ content: Content) throws {
    let index = content.index
    let codebookSize = IndexParameters.codebookSize * IndexParameters.subvectorSize
    try vectors(.indexCentroids, index.centroids, order: Array(0..<index.centroids.count))
    try vectors(.indexCoarse, index.coarse, order: Array(0..<index.coarse.count))
    try whole(.indexCodebooks, elementSize: codebookSize, index.codebooks.map { UInt8(bitPattern: $0) })
    try section(.indexCodes, elementSize: index.blockBytes) { writer in
      try writer.append(index.codes.bytes)
    }
    try whole(.indexLists, elementSize: ListRecord.size, index.lists.flatMap(\.encoded))
    let parameters = index.parameters(content.tuning.chosen)
    try whole(.indexParameters, elementSize: IndexParameters.size, parameters.encoded)
    try section(.indexQuestions, elementSize: 4) { writer in
      for row in index.order {
        var question: [UInt8] = []
        question.append(littleEndian: content.ordinals.questions.ordinals[row])
        try writer.append(question)
      }
    }
    if let rotation = index.rotation {
      try vectors(.indexRotation, rotation.rows, order: Array(0..<rotation.rows.count))
    }
    try vectors(.indexVectors, content.encoder.vectors, order: index.order)
  }

  private mutating func writeQuestions(_ content: Content) throws {
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
    for (index, form) in questions.normalForms.prefix(stored).enumerated() {
      exact.add(
        form.withBytes { KeyHash.of($0, domain: KeyHash.question) },
        ordinal: content.ordinals.questions.ordinals[index])
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
    let pieces = StoredPieces(texts)
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
    try blob(.questionPieces, (0..<content.ordinals.questions.stored).lazy.map { pieces.run($0).copied })
  }

  private mutating func writePrompts(_ prompts: [RecipePrompt]) throws {
    guard !prompts.isEmpty else { return }
    let records = prompts.flatMap { prompt in
      PromptRecord.encoded(name: Array(prompt.name.utf8), template: Array(prompt.template.utf8))
    }
    try whole(.questionPrompts, elementSize: Segment.blobElement, records)
  }

  // In the order of the keys: letters, table.
  private mutating func writeWords(_ words: StoredWords) throws {
    try whole(.wordLetters, elementSize: 4, words.encodedLetters)
    try table(.wordTable, words.slots)
  }

  // In the order of the keys: base, replaced.
  private mutating func writeLayer(_ layer: LayerPlan) throws {
    try whole(.layerBase, elementSize: LayerRecord.size, layer.record.encoded)
    try whole(.layerReplaced, elementSize: ReplacedEntries.wordSize, layer.replacedBytes)
  }

  private mutating func blob(_ name: SectionName, _ texts: some Sequence<[UInt8]>) throws {
    var writer = SectionWriter(name, elementSize: Segment.blobElement, to: output)
    for text in texts { _ = try writer.appendBlob(text) }
    try writer.finish()
    sizes.append((name, writer.byteCount))
  }

  private struct AnswerPlace {
    var address: UInt64
    var frameLength: UInt32
    var answerLength: UInt32
  }

  private static let trainingBytes = 8 << 20
  private static let batchBytes = 8 << 20

  private mutating func writeAnswers(
    _ content: Content, _ answers: AnswerReader, progress: (Int) -> Void
  ) throws -> [AnswerPlace] {
    let inputs = content.inputs
    let count = content.ordinals.entries.stored
    let compressor =
      try content.dictionary.map { AnswerCompressor(dictionary: $0) }
      ?? AnswerCompressor(sample: try trainingSample(inputs, answers), count: inputs.entries.count)
    // A layer's answers are compressed with the dictionary of its base.
    if content.layer == nil { try whole(.metaDictionary, elementSize: Segment.blobElement, compressor.dictionary) }
    var writer = SectionWriter(.answerFrames, elementSize: Segment.blobElement, to: output)
    var places: [AnswerPlace] = []
    var next = 0
    while next < count {
      var batch: [[UInt8]] = []
      var bytes = 0
      while next + batch.count < count, bytes < Self.batchBytes {
        let answer = Array(try answers.answer(next + batch.count).utf8)
        bytes += answer.count
        batch.append(answer)
      }
      for (index, frame) in try Self.compress(batch, compressor).enumerated() {
        places.append(
          AnswerPlace(
            address: try writer.appendBlob(frame), frameLength: UInt32(frame.count),
            answerLength: UInt32(batch[index].count)))
      }
      next += batch.count
      progress(next)
    }
    try writer.finish()
    sizes.append((.answerFrames, writer.byteCount))
    return places
  }

  private func trainingSample(_ inputs: CompileInputs, _ answers: AnswerReader) throws -> [[UInt8]] {
    let total = inputs.entries.reduce(0) { $0 + Int($1.answer.answerLength) }
    let step = max(1, (total + Self.trainingBytes - 1) / Self.trainingBytes)
    return try stride(from: 0, to: inputs.entries.count, by: step).map { Array(try answers.answer($0).utf8) }
  }

  private static func compress(_ answers: [[UInt8]], _ compressor: AnswerCompressor) throws -> [[UInt8]] {
    let frames = SharedArray<Result<[UInt8], any Error>>(count: answers.count, .success([]))
    inParallel(answers.count) { index in frames[index] = Result { try compressor.compress(answers[index]) } }
    return try (0..<answers.count).map { try frames[$0].get() }
  }

  // In the order of the keys: core-runs, cores, freshness, records, text, vector-scales, vectors.
  private mutating func writeEntries(_ content: Content, _ places: [AnswerPlace]) throws {
    var firstQuestion = [UInt32](repeating: 0, count: content.inputs.entries.count)
    for (index, owner) in content.questions.owners.enumerated().reversed()
    where owner & QuestionRecord.distractorFlag == 0 {
      firstQuestion[Int(owner)] = UInt32(index)
    }
    try writeCores(content)
    try writeFreshness(content)
    let stored = content.inputs.entries.prefix(content.ordinals.entries.stored)
    var ids = HashTableBuilder(count: stored.count)
    try section(.entryRecords, elementSize: EntryRecord.size) { writer in
      var address = BlobAddress()
      for slot in content.ordinals.entries.slots {
        guard let index = slot else {
          try writer.append([UInt8](repeating: 0, count: EntryRecord.size))
          continue
        }
        let entry = content.inputs.entries[index]
        let text = Self.entryText(entry)
        let record = EntryRecord(
          answerAddress: places[index].address, frameLength: places[index].frameLength,
          answerLength: places[index].answerLength, validFrom: entry.validFrom ?? Int64.min,
          validUntil: entry.validUntil ?? Int64.max,
          textAddress: address.next(text.id.count + text.source.count + text.scope.count + text.usage.count),
          idLength: UInt16(text.id.count), sourceLength: UInt16(text.source.count),
          scopeLength: UInt16(text.scope.count), usageLength: UInt16(text.usage.count),
          route: Self.route(entry.route, in: content.routes),
          flags: Self.flags(
            entry, excused: content.questionRules.excused[index], slots: content.marks.slots[index]),
          canonicalQuestion: content.ordinals.questions.ordinals[
            Int(firstQuestion[Int(entry.mergedInto ?? UInt32(index))])],
          mergedInto: entry.mergedInto.map { content.ordinals.entries.ordinals[Int($0)] })
        try writer.append(record.encoded)
        ids.add(
          text.id.withBytes { KeyHash.of($0, domain: KeyHash.entryID) },
          ordinal: content.ordinals.entries.ordinals[index])
      }
    }
    try blob(
      .entryText,
      stored.lazy.map { entry in
        let text = Self.entryText(entry)
        return text.id + text.source + text.scope + text.usage
      })
    try writeEntryVectors(content.encoder.entryVectors, content.ordinals.entries.slots)
    try table(.idTable, ids.slots)
  }

  private static func flags(_ entry: EntryInput, excused: RuleClasses, slots: VetoKinds) -> UInt32 {
    (entry.isExactOnly ? EntryRecord.exactOnly : 0) | (entry.isTemplate ? EntryRecord.template : 0)
      | UInt32(excused.rawValue) << EntryRecord.excusedShift
      | UInt32(slots.rawValue) << EntryRecord.slotShift
  }

  // In the order of the keys: core-runs, cores. Entries that share a wording have the core of all their wordings.
  private mutating func writeCores(_ content: Content) throws {
    let groups = content.questions.ownersByWording
    let wordings = OwnerWordings(groups)
    var hasCores = false
    wordings.visit { _, own in hasCores = hasCores || own.count >= EntryCores.fewestWordings }
    guard hasCores else { return }
    let cores = EntryCores(content.encoder.texts, owners: groups, weights: content.encoder.weights)
    var groupOf: [UInt32: UInt32] = [:]
    for (question, owner) in content.questions.owners.enumerated() { groupOf[owner] = groups[question] }
    var records: [UInt8] = []
    var runs: [[UInt8]] = []
    var address = BlobAddress()
    for slot in content.ordinals.entries.slots {
      guard let entry = slot.map({ UInt32($0) }) else {
        records.append(contentsOf: PieceRunRecord(address: 0, count: 0, wordings: 1).encoded)
        continue
      }
      let group = groupOf[entry] ?? entry
      let core = cores.core(group)
      let run = EntryCores.encoded(core)
      let record = PieceRunRecord(
        address: address.next(run.count), count: UInt32(core.count),
        wordings: UInt32(max(wordings.count(group), 1)))
      records.append(contentsOf: record.encoded)
      runs.append(run)
    }
    try whole(.entryCoreRuns, elementSize: PieceRunRecord.size, records)
    try blob(.entryCores, runs)
  }

  private mutating func writeFreshness(_ content: Content) throws {
    let entries = content.inputs.entries
    let slots = content.ordinals.entries.slots
    guard slots.contains(where: { $0.map { !entries[$0].freshness.isEmpty } ?? false }) else { return }
    try section(.entryFreshness, elementSize: FreshnessRecord.size) { writer in
      for slot in slots {
        try writer.append((slot.map { entries[$0].freshness } ?? EntryFreshness()).record.encoded)
      }
    }
  }

  private mutating func writeEntryVectors(_ learned: EntryVectors?, _ slots: [Int?]) throws {
    guard let learned else { return }
    var scales: [UInt8] = []
    for slot in slots { scales.append(littleEndian: slot.map { learned.scales[$0] } ?? 0) }
    try whole(.entryVectorScales, elementSize: EntrySimilarity.scaleSize, scales)
    let blank = [UInt8](repeating: 0, count: learned.rows.stride)
    try section(.entryVectors, elementSize: learned.rows.stride) { writer in
      for slot in slots {
        if let slot { try writer.append(learned.rows.row(slot).bytes) } else { try writer.append(blank) }
      }
    }
  }

  private static func entryText(
    _ entry: EntryInput
  ) -> (id: [UInt8], source: [UInt8], scope: [UInt8], usage: [UInt8]) {
    let source = Array((entry.source ?? "").utf8)
    return (Array(entry.id.utf8), source, entry.scope.scopeText, Array((entry.usage ?? "").utf8))
  }

  // In the order of the keys: acceptance, judge, marks-lexicon,
  // parameters, route-examples, route-labels, routes, rules.
  private mutating func writeDecision(_ content: Content) throws {
    try whole(.decisionAcceptance, elementSize: AcceptancePoint.size, content.acceptance.flatMap(\.encoded))
    try whole(.decisionJudge, elementSize: Segment.blobElement, JudgeWeights.bytes)
    try whole(.decisionMarksLexicon, elementSize: Segment.blobElement, content.marks.lexicon)
    try whole(.decisionParameters, elementSize: DecisionParameters.size, content.decision.encoded)
    try vectors(
      .decisionRouteExamples, content.routeExamples, order: Array(0..<content.routeLabels.count))
    var labels: [UInt8] = []
    for label in content.routeLabels { labels.append(littleEndian: label) }
    try whole(.decisionRouteLabels, elementSize: 2, labels)
    let routes = content.routes.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    try whole(.decisionRoutes, elementSize: Segment.blobElement, routes)
    try whole(.decisionRules, elementSize: Segment.blobElement, content.rules.bytes)
  }

  /// The index of a route, or `noRoute`.
  static func route(_ name: String?, in routes: [String]) -> UInt16 {
    name.flatMap { routes.firstIndex(of: $0) }.map { UInt16($0) } ?? EntryRecord.noRoute
  }
}

/// The addresses that byte strings get when they are appended to a blob in order.
private struct BlobAddress {
  private var segment: UInt64 = 0
  private var offset = 0

  mutating func next(_ length: Int) -> UInt64 {
    if offset + length > Segment.maximumPayload {
      segment += 1
      offset = 0
    }
    defer { offset += length }
    return segment << UInt64(Segment.blobShift) | UInt64(offset)
  }
}
