import BundleFormat

/// The marks of a bundle's questions and the slots of its entries.
struct StoredMarks: Sendable {
  /// The bytes of `decision/marks-lexicon`.
  let lexicon: [UInt8]
  /// The encoded marks of each question, in the order of the ordinals.
  let encoded: ByteStrings
  /// The kinds of mark that vary among the wordings of each entry.
  let slots: [VetoKinds]

  private let owners: [UInt32]

  /// Finds the marks of all questions. O(bytes).
  ///
  /// - Throws: `InputError` if the lexicon has a mistake.
  init(_ questions: StoredQuestions, entryCount: Int) throws {
    let texts = try MarkedTexts()
    lexicon = texts.lexicon
    var marks = ByteStrings()
    marks.reserve(questions.normalForms.count)
    texts.scan(questions.normalForms) { marks.append($0) }
    encoded = marks
    var slots = [VetoKinds](repeating: .none, count: entryCount)
    // One entry after the other: the counts of one take as much memory as hundreds of results.
    OwnerWordings(questions.owners).visit { owner, wordings in
      // A single wording without marks, as most entries have, varies in nothing.
      guard owner & QuestionRecord.distractorFlag == 0,
        wordings.count > 1 || marks.length(Int(wordings[wordings.startIndex])) > 0
      else { return }
      slots[Int(owner)] = EntrySlots(wordings.lazy.map { marks[Int($0)] }).kinds
    }
    self.slots = slots
    owners = questions.owners
  }

  /// The slots of the entry that has the question at `index`; none for a distractor's.
  func slots(ofQuestion index: Int) -> VetoKinds {
    owners[index] & QuestionRecord.distractorFlag == 0 ? slots[Int(owners[index])] : .none
  }

  /// The slots of the entry `owner` when the question `hidden`, one of its own, is left out.
  func slots(of owner: UInt32, wordings: [Int], without hidden: Int) -> VetoKinds {
    guard owner & QuestionRecord.distractorFlag == 0, wordings.count > 2 else { return .none }
    return EntrySlots(wordings.lazy.filter { $0 != hidden }.map { encoded[$0] }).kinds
  }
}
