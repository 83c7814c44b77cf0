import BundleFormat

/// The bundle under a layer, and how ordinals of the pair become its own.
///
/// In a pair every ordinal below the layer's count is the layer's, and those above are the base's. Records of the base come
/// out of the pair with the ordinals of the pair, and with addresses that say whose they are.
final class LayerBase: Sendable {
  /// The bundle underneath.
  let bundle: Bundle
  /// The layer's own numbers of entries, questions and distractors.
  let entries, questions, distractors: UInt32

  // No blob has so many segments, so no sound address has this bit.
  private static let addressFlag: UInt64 = 1 << 63

  init(_ bundle: Bundle, entries: Int, questions: Int, distractors: Int) {
    self.bundle = bundle
    self.entries = UInt32(truncatingIfNeeded: entries)
    self.questions = UInt32(truncatingIfNeeded: questions)
    self.distractors = UInt32(truncatingIfNeeded: distractors)
  }

  /// The base's ordinal of a question of the pair; `nil` if it is the layer's.
  func question(_ ordinal: UInt32) -> UInt32? { ordinal >= questions ? ordinal - questions : nil }

  /// The base's ordinal of an entry of the pair; `nil` if it is the layer's.
  func entry(_ ordinal: UInt32) -> UInt32? { ordinal >= entries ? ordinal - entries : nil }

  /// The base's owner number of a distractor of the pair; `nil` if it is the layer's.
  func distractor(_ owner: UInt32) -> UInt32? {
    let ordinal = owner & ~QuestionRecord.distractorFlag
    return ordinal >= distractors ? (ordinal - distractors) | QuestionRecord.distractorFlag : nil
  }

  /// The base's address if `address` is marked as one.
  static func address(_ address: UInt64) -> UInt64? {
    address & addressFlag != 0 ? address & ~addressFlag : nil
  }

  /// The owner of a question of the base, as the pair numbers it.
  func owner(_ owner: UInt32) -> UInt32 {
    if owner == QuestionRecord.hole { return owner }
    let isDistractor = owner & QuestionRecord.distractorFlag != 0
    return owner &+ (isDistractor ? distractors : entries)
  }

  /// A question of the base as the pair shows it.
  func shown(_ record: QuestionRecord) -> QuestionRecord {
    QuestionRecord(
      textAddress: record.textAddress | Self.addressFlag, textLength: record.textLength, owner: owner(record.owner))
  }

  /// An entry of the base as the pair shows it.
  func shown(_ record: EntryRecord) -> EntryRecord {
    var shown = record
    shown.answerAddress |= Self.addressFlag
    shown.textAddress |= Self.addressFlag
    shown.canonicalQuestion = record.canonicalQuestion &+ questions
    shown.mergedInto = record.mergedInto.map { $0 &+ entries }
    return shown
  }
}

extension Bundle {
  /// Whether the layer replaces or withdraws an entry of the base, by the base's ordinal.
  ///
  /// - Throws: `malformedSection` or `damagedChunk`: an answer of which this is not known must not be given.
  func isReplaced(_ baseEntry: UInt32) throws(BundleError) -> Bool {
    if count(.layerReplaced) == 0 { return false }
    guard let word: UInt64 = try element(.layerReplaced, Int(baseEntry / 64)).integer(at: 0) else {
      throw .malformedSection(.layerReplaced)
    }
    return word >> UInt64(baseEntry % 64) & 1 != 0
  }

  /// Whether the question of the base with this ordinal, the base's own, belongs to an entry that the layer replaces.
  func isReplaced(question ordinal: UInt32, of base: LayerBase) throws(BundleError) -> Bool {
    let owner = try base.bundle.question(ordinal).owner
    return owner & QuestionRecord.distractorFlag == 0 ? try isReplaced(owner) : false
  }

  /// Visits the questions whose normal form may have `hash`: the layer's, then those of the base that are not replaced.
  func visitQuestions(
    _ hash: UInt64, _ visit: (UInt32) throws(BundleError) -> Void
  ) throws(BundleError) {
    _ = try find(hash, in: .exactTable) { ordinal throws(BundleError) in
      try visit(ordinal)
      return false
    }
    guard let base else { return }
    _ = try base.bundle.find(hash, in: .exactTable) { ordinal throws(BundleError) in
      if try !isReplaced(question: ordinal, of: base) { try visit(ordinal &+ base.questions) }
      return false
    }
  }
}
