import BundleFormat

/// What a bundle's rules find in its own questions: which classes each entry excuses.
struct QuestionRules: Sendable {
  /// The classes that each stored question shows.
  let classes: [RuleClasses]
  /// The classes that each entry excuses: those that one of its wordings shows.
  let excused: [RuleClasses]
  /// For each class, by the index of its bit, how many stored questions would be kept back if they were asked and their
  /// entry had only its other wordings. For entries with one wording: how many show it.
  let barred: [Int]

  private let owners: [UInt32]
  private let wordings: [UInt32]
  private let isPossessiveStrict: Bool

  /// Applies `rules` to the stored questions.
  ///
  /// - Parameter owners: The owner of each, as in `QuestionRecord.owner`.
  init(_ rules: CompiledRules, normalForms: some Collection<[UInt8]>, owners: [UInt32], entryCount: Int) {
    self.owners = owners
    isPossessiveStrict = rules.isPossessiveStrict
    classes = Self.classes(rules, normalForms)
    let width = RuleClasses.count
    var counts = [UInt32](repeating: 0, count: entryCount * width)
    var wordings = [UInt32](repeating: 0, count: entryCount)
    for (index, owner) in owners.enumerated() where owner & QuestionRecord.distractorFlag == 0 {
      wordings[Int(owner)] += 1
      for bit in 0..<RuleClasses.count where classes[index].rawValue >> UInt8(bit) & 1 != 0 {
        counts[Int(owner) * width + bit] += 1
      }
    }
    self.wordings = wordings
    let isStrict = rules.isPossessiveStrict
    excused = (0..<entryCount).map { entry in
      Self.excused(
        counts[entry * width..<(entry + 1) * width], wordings: Int(wordings[entry]), isPossessiveStrict: isStrict)
    }
    var barred = [Int](repeating: 0, count: RuleClasses.count)
    for (index, owner) in owners.enumerated() where owner & QuestionRecord.distractorFlag == 0 {
      guard !classes[index].isEmpty else { continue }
      var others = Array(counts[Int(owner) * width..<(Int(owner) + 1) * width])
      for bit in others.indices where classes[index].rawValue >> UInt8(bit) & 1 != 0 { others[bit] -= 1 }
      let excused = Self.excused(
        others, wordings: max(Int(wordings[Int(owner)]) - 1, 1), isPossessiveStrict: rules.isPossessiveStrict)
      let kept = classes[index].intersection(.excusable).subtracting(excused)
      for bit in barred.indices where kept.rawValue >> UInt8(bit) & 1 != 0 { barred[bit] += 1 }
    }
    self.barred = barred
  }

  /// An entry excuses several requests in one message if one in so many of its wordings, or more, holds several.
  private static let severalDivisor = 20

  private static func excused(
    _ counts: some RandomAccessCollection<UInt32>, wordings: Int, isPossessiveStrict: Bool
  ) -> RuleClasses {
    var excused: RuleClasses = []
    let counts = Array(counts)
    for bit in counts.indices where counts[bit] > 0 { excused.formUnion(RuleClasses(rawValue: 1 << UInt8(bit))) }
    // Among hundreds of wordings some chatter; that does not make two requests one.
    let several = counts[RuleClasses.several.rawValue.trailingZeroBitCount]
    if Int(several) * severalDivisor < wordings { excused.subtract(.several) }
    // One wording says little about how people speak: "my" would block a quarter of good matches.
    if wordings == 1, !isPossessiveStrict { excused.formUnion(.possessive) }
    return excused.intersection(.excusable)
  }

  private static func classes(_ rules: CompiledRules, _ texts: some Collection<[UInt8]>) -> [RuleClasses] {
    var matcher = RuleMatcher(capacity: 3 * InputLimits.standard.question)
    return rules.bytes.withBytes { bytes in
      let table = RuleTable(bytes)
      return texts.map { text in
        matcher.clear()
        if let table { text.withBytes { matcher.match($0, table) } }
        return matcher.classes
      }
    }
  }
}
