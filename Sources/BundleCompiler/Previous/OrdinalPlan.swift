import BundleFormat

/// Which ordinals of a bundle the entries, questions and distractors of a compile get.
///
/// A compile numbers what it works on without gaps, in the order of the ordinals; only in the file do gaps exist: the
/// ordinals of what an earlier bundle had and this one has no more.
struct OrdinalPlan: Sendable {
  /// One kind of thing: the ordinal of each, ascending, and how many ordinals there are with gaps.
  struct Numbering: Sendable {
    /// The ordinal of each thing, ascending.
    let ordinals: [UInt32]
    /// The number of ordinals in the file, gaps included.
    let count: Int
    /// How many of the things, the first ones, are stored in the file: all but those of a layer's base.
    let stored: Int

    /// `count` things without gaps.
    init(count: Int) {
      ordinals = (0..<count).map { UInt32($0) }
      self.count = count
      stored = count
    }

    /// The things that had an ordinal among `previousCount` keep it and come first, ascending; the others follow.
    init(_ previous: [UInt32?], previousCount: Int) {
      var next = UInt32(previousCount)
      ordinals = previous.map { ordinal in
        if let ordinal { return ordinal }
        defer { next += 1 }
        return next
      }
      count = Int(next)
      stored = ordinals.count
    }

    /// For each ordinal of the file the thing that has it; `nil` for a gap.
    var slots: [Int?] {
      var slots = [Int?](repeating: nil, count: count)
      for (thing, ordinal) in ordinals.prefix(stored).enumerated() { slots[Int(ordinal)] = thing }
      return slots
    }
  }

  /// The entries.
  var entries: Numbering
  /// The stored questions.
  var questions: Numbering
  /// The distractors.
  var distractors: Numbering

  /// Ordinals without gaps.
  init(entries: Int, questions: Int, distractors: Int) {
    self.entries = Numbering(count: entries)
    self.questions = Numbering(count: questions)
    self.distractors = Numbering(count: distractors)
  }

  /// The owner of a question as a bundle stores it.
  func owner(_ owner: UInt32) -> UInt32 {
    let ordinal = Int(owner & ~QuestionRecord.distractorFlag)
    return owner & QuestionRecord.distractorFlag == 0
      ? entries.ordinals[ordinal] : distractors.ordinals[ordinal] | QuestionRecord.distractorFlag
  }

  /// The number of ordinals of entries that nothing has.
  var entryHoles: Int { entries.count - entries.ordinals.count }
}
