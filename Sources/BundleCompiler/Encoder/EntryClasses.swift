import BundleFormat

/// Which questions mean the same: the classes that an encoder learns to tell apart.
struct EntryClasses: Sendable {
  /// The class of each question; -1 for one that belongs to none.
  let ofQuestion: [Int32]
  /// The class of each entry with several wordings; -1 for others, which get no vector.
  let ofEntry: [Int32]
  /// The number of classes.
  let count: Int

  /// The most classes that are told apart at once. Beyond it, questions with one wording only are in no class.
  static let maximumTogether = 1_024
  /// The least mean number of wordings that makes classes worth learning.
  private static let leastWordings = 2

  /// Makes the classes; `nil` if too few entries have several wordings.
  ///
  /// Entries that share a wording are one class. Distractors and entries with one wording are classes of their own while there
  /// are few: no vector comes of them, but others learn to keep away.
  ///
  /// - Parameters:
  ///   - owners: The owner of each question, as in `QuestionRecord.owner`.
  ///   - groups: The same with owners taken as one that share a wording.
  init?(owners: [UInt32], groups: [UInt32], entryCount: Int) {
    var wordings = [Int](repeating: 0, count: entryCount)
    for owner in owners where owner & QuestionRecord.distractorFlag == 0 { wordings[Int(owner)] += 1 }
    let answerable = wordings.lazy.filter { $0 > 0 }.count
    guard answerable > 1, wordings.reduce(0, +) >= Self.leastWordings * answerable else { return nil }
    func hasSeveral(_ question: Int) -> Bool {
      owners[question] & QuestionRecord.distractorFlag == 0 && wordings[Int(owners[question])] > 1
    }
    var numbers: [UInt32: Int32] = [:]
    for question in owners.indices where hasSeveral(question) && numbers[groups[question]] == nil {
      numbers[groups[question]] = Int32(numbers.count)
    }
    let others = Set(groups).count - numbers.count
    if numbers.count + others <= Self.maximumTogether {
      for group in groups where numbers[group] == nil { numbers[group] = Int32(numbers.count) }
    }
    count = numbers.count
    ofQuestion = groups.map { numbers[$0] ?? -1 }
    var ofEntry = [Int32](repeating: -1, count: entryCount)
    for question in owners.indices where hasSeveral(question) {
      ofEntry[Int(owners[question])] = numbers[groups[question]] ?? -1
    }
    self.ofEntry = ofEntry
  }
}
