import BundleFormat
import BundleReader

/// The inputs of a layer together with what its base holds: what both answer from, numbered as a reader of the pair does.
///
/// The layer's own come first. A layer is calibrated on all of it, since entries of one are rivals of entries of the other.
struct LayerUnion {
  /// Entries, questions and distractors of both, without what the layer replaces.
  private(set) var inputs: CompileInputs
  /// Which base, and what of it is replaced.
  let plan: LayerPlan
  private let own: (entries: Int, questions: Int, distractors: Int)
  // The base's ordinals of the entries and questions that are left.
  private var entries: [UInt32] = []
  private var questions: [UInt32] = []

  /// Joins `inputs`, those of a layer's recipe, with what `base` holds.
  ///
  /// - Throws: `InputError` if the layer withdraws an entry that the base does not have; `WriteError` if the base cannot carry it.
  init(_ inputs: CompileInputs, over base: PreviousBundle) throws {
    guard try base.bytes(.decisionMarksLexicon) == MarkedTexts().lexicon else {
      throw WriteError("\(base.path) was compiled by another version of almanac; compile it again")
    }
    self.inputs = inputs
    own = (inputs.entries.count, inputs.questions.count, inputs.distractors.count)
    let replaced = try Self.replaced(inputs, base)
    plan = LayerPlan(base: base, replaced: replaced.sorted())
    try addEntries(base, replaced)
    try addQuestions(base)
    let model = String(decoding: base.bundle.encoder.model, as: UTF8.self)
    if base.facts.hasEmbeddings { try addVectors(base, model: model) }
    try addDistractors(base)
    self.inputs.digests.append(
      InputDigest(role: .base, path: base.path, size: base.digest.size, blake2b: base.digest.blake2b))
  }

  /// The ordinals of the pair for the stored questions of the union.
  func ordinals(_ stored: StoredQuestions) -> OrdinalPlan {
    // A wording may have been left out because its entry has it already, but only among the layer's own.
    let ownQuestions = stored.texts.count - questions.count
    let base = plan.base.bundle
    var ordinals = OrdinalPlan(entries: 0, questions: 0, distractors: 0)
    ordinals.entries = OrdinalPlan.Numbering(own: own.entries, base: entries)
    ordinals.questions = OrdinalPlan.Numbering(own: ownQuestions, base: questions)
    ordinals.distractors = OrdinalPlan.Numbering(
      own: own.distractors, base: (0..<base.count(.questionDistractors)).map { UInt32($0) })
    return ordinals
  }

  private static func replaced(_ inputs: CompileInputs, _ base: PreviousBundle) throws -> Set<UInt32> {
    var replaced: Set<UInt32> = []
    func ordinal(_ id: String) throws -> UInt32? {
      try Array(id.utf8).withBytes { try base.bundle.entryOrdinal(id: $0) }
    }
    for entry in inputs.entries {
      if let found = try ordinal(entry.id) { replaced.insert(found) }
    }
    for withdrawn in inputs.withdrawn {
      guard let found = try ordinal(withdrawn.id) else {
        throw withdrawn.place.error(
          "the entry \"\(withdrawn.id)\" is to be deleted, but \(base.path) has none of that id",
          do: "correct the id, or remove the line")
      }
      replaced.insert(found)
    }
    return replaced
  }

  private mutating func addEntries(_ base: PreviousBundle, _ replaced: Set<UInt32>) throws {
    let bundle = base.bundle
    var places: [UInt32: UInt32] = [:]
    for ordinal in 0..<UInt32(bundle.entryCount)
    where try !replaced.contains(ordinal) && !bundle.isHole(entry: ordinal) {
      places[ordinal] = UInt32(own.entries + entries.count)
      entries.append(ordinal)
    }
    for ordinal in entries {
      let record = try bundle.entry(ordinal)
      let text = try bundle.entryText(record)
      var scope: [ScopePair] = []
      var offset = 0
      while let pair = ScopeText.next(text.scope, &offset) {
        scope.append(
          ScopePair(
            key: String(decoding: pair.key.copied, as: UTF8.self),
            value: String(decoding: pair.value.copied, as: UTF8.self)))
      }
      var entry = EntryInput(
        id: String(decoding: text.id.copied, as: UTF8.self), source: nil,
        route: bundle.routeName(record.route).map { String(decoding: $0, as: UTF8.self) },
        validFrom: record.validFrom == Int64.min ? nil : record.validFrom,
        validUntil: record.validUntil == Int64.max ? nil : record.validUntil, scope: scope,
        isExactOnly: record.flags & EntryRecord.exactOnly != 0, usage: nil, answer: .elsewhere)
      entry.mergedInto = record.mergedInto.flatMap { places[$0] }
      inputs.entries.append(entry)
    }
    entryPlaces = places
  }

  // The place in the union of each entry of the base that is left.
  private var entryPlaces: [UInt32: UInt32] = [:]

  private mutating func addQuestions(_ base: PreviousBundle) throws {
    let bundle = base.bundle
    let firstRow = inputs.embeddings?.questions?.rows ?? 0
    for ordinal in 0..<UInt32(bundle.questionCount) {
      let owner = try bundle.question(ordinal).owner
      if owner == QuestionRecord.hole { continue }
      let shown: QuestionOwner
      if owner & QuestionRecord.distractorFlag != 0 {
        shown = .distractor(UInt32(own.distractors) + (owner & ~QuestionRecord.distractorFlag))
      } else {
        guard let place = entryPlaces[owner] else { continue }
        shown = .entry(place)
      }
      inputs.questions.append(
        QuestionInput(
          text: String(decoding: try bundle.questionText(ordinal).copied, as: UTF8.self), owner: shown,
          origin: .written, embeddingRow: base.facts.hasEmbeddings ? UInt32(firstRow + questions.count) : nil))
      questions.append(ordinal)
    }
  }

  // The base's stored vectors stand in for the embeddings that it was compiled with.
  private mutating func addVectors(_ base: PreviousBundle, model: String) throws {
    let bundle = base.bundle
    let width = Int(bundle.encoder.dimensions)
    let given = inputs.embeddings?.questions
    if let given, given.width != width {
      throw base.refusal("its vectors have \(width) components, those of this recipe \(given.width)")
    }
    let stored = try base.vectors(.indexVectors, dimensions: width)
    var rows = [Int](repeating: -1, count: bundle.questionCount)
    let order = try base.bytes(.indexQuestions)
    for row in 0..<min(stored.count, order.count / 4) {
      let question = order[4 * row..<4 * row + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      if Int(question) < rows.count { rows[Int(question)] = row }
    }
    let first = given?.rows ?? 0
    let matrix = try EmbeddingMatrix(
      rows: first + questions.count, width: width, scale: given == nil ? base.facts.scale : given?.scale
    ) { writer throws(InputError) in
      for row in 0..<first {
        writer.set(row: row, (0..<width).map { Double(given?[row, $0] ?? 0) }) { $0 }
      }
      for (place, question) in questions.enumerated() where rows[Int(question)] >= 0 {
        let vector = stored.row(rows[Int(question)])
        writer.set(row: first + place, (0..<width).map { Double(vector[$0]) }) { $0 }
      }
    }
    inputs.embeddings = InputEmbeddings(
      model: inputs.embeddings?.model ?? model, kind: inputs.embeddings?.kind ?? .int8, questions: matrix,
      queries: inputs.embeddings?.queries)
  }

  private mutating func addDistractors(_ base: PreviousBundle) throws {
    let bytes = try base.bytes(.questionDistractors)
    for index in 0..<base.bundle.count(.questionDistractors) {
      let start = index * DistractorRecord.size
      guard let record = Array(bytes[start..<start + DistractorRecord.size]).withBytes({ DistractorRecord($0) }) else {
        throw base.refusal("questions/distractors is not as it should be")
      }
      inputs.distractors.append(
        DistractorInput(
          reason: record.fallbackReason,
          route: base.bundle.routeName(record.route).map { String(decoding: $0, as: UTF8.self) }))
    }
  }
}

extension AnswerLocation {
  /// Of an entry whose answer is in a base and is not written.
  static let elsewhere = AnswerLocation(file: 0, line: 0, offset: 0, length: 0, answerLength: 0, checksum: 0)
}

extension OrdinalPlan.Numbering {
  /// Things of a layer and, after them, those of its base by the base's ordinals. Only the layer's own are stored.
  init(own: Int, base: [UInt32]) {
    ordinals = (0..<own).map { UInt32($0) } + base.map { UInt32(own) + $0 }
    count = own
    stored = own
  }
}
