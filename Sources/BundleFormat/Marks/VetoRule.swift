/// Says in which kinds a query and a stored question contradict each other.
///
/// A mark that only one of the two has is no contradiction: people leave out numbers and dates that go without saying, and
/// whether that matters is for the judge. A contradiction needs a mark in each that the other lacks: 2 people and 3 people.
public enum VetoRule {
  /// The kinds in which `query` and `candidate` contradict each other, except those that vary among the wordings of the
  /// candidate's entry (`slots`). Symmetric but for the slots. O(n·m) in the marks, which are few; some ten nanoseconds.
  public static func conflicts(_ query: QuestionMarks, _ candidate: QuestionMarks, slots: VetoKinds) -> VetoKinds {
    if query.isEmpty || candidate.isEmpty { return .none }
    var found = VetoKinds.none
    if query.numberCount > 0, candidate.numberCount > 0 { found.formUnion(numbers(query, candidate)) }
    if query.dateCount > 0, candidate.dateCount > 0 { found.formUnion(dates(query, candidate)) }
    if query.codeCount > 0, candidate.codeCount > 0 { found.formUnion(codes(query, candidate)) }
    if query.sideCount > 0, candidate.sideCount > 0 { found.formUnion(sides(query, candidate)) }
    if query.isNegated != candidate.isNegated {
      // The opposite of the opposite: not correct, wrong.
      if found.contains(.antonym) {
        found.subtract(VetoKinds(.antonym))
      } else {
        found.formUnion(query.isNegated ? denial(query, candidate) : denial(candidate, query))
      }
    }
    if !found.isEmpty, !isAlike(query, candidate) { found = .none }
    if query.directionCount > 0, candidate.directionCount > 0 { found.formUnion(directions(query, candidate)) }
    return found.subtracting(slots)
  }

  /// The first kind of `conflicts`, or `nil` if there is no contradiction.
  public static func compare(_ query: QuestionMarks, _ candidate: QuestionMarks, slots: VetoKinds) -> VetoKind? {
    conflicts(query, candidate, slots: slots).first
  }

  /// The kinds in which the query has marks and the candidate has all of them; negation if parity is equal. None if they share
  /// few words.
  public static func agreements(_ query: QuestionMarks, _ candidate: QuestionMarks) -> VetoKinds {
    // One that speaks of something else agrees in nothing.
    guard isAlike(query, candidate) else { return .none }
    var found = VetoKinds.none
    var numbers = query.numberCount > 0
    for index in 0..<query.numberCount where !isMatched(query.number(index), in: candidate) { numbers = false }
    if numbers { found.formUnion([VetoKinds(.number), VetoKinds(.unit)]) }
    var dates = query.dateCount > 0
    for index in 0..<query.dateCount where !isMatched(query.datePart(index), in: candidate) { dates = false }
    if dates || numbers && query.dateCount == 0 { found.formUnion(VetoKinds(.date)) }
    var codes = query.codeCount > 0
    for index in 0..<query.codeCount where !hasCode(query.code(index), candidate) { codes = false }
    if codes { found.formUnion(VetoKinds(.code)) }
    var sides = query.sideCount > 0
    for index in 0..<query.sideCount where !hasSide(query.side(index), candidate) { sides = false }
    if sides { found.formUnion(VetoKinds(.antonym)) }
    if query.isNegated == candidate.isNegated { found.formUnion(VetoKinds(.negation)) }
    for index in 0..<query.directionCount where hasDirection(query.direction(index), candidate) {
      found.formUnion(VetoKinds(.direction))
    }
    return found
  }

  // MARK: Words

  // Marks contradict each other only between questions that otherwise speak of the same: they share half of their words, not
  // counting one of each, which may be the contradiction itself.
  private static func isAlike(_ query: QuestionMarks, _ candidate: QuestionMarks) -> Bool {
    var words = 0
    var shared = 0
    for index in 0..<query.wordCount {
      let word = query.word(index)
      // A denied word stands twice.
      if word & QuestionMarks.isDenied != 0 { continue }
      words += 1
      if hasWord(word, candidate) { shared += 1 }
    }
    var others = 0
    for index in 0..<candidate.wordCount where candidate.word(index) & QuestionMarks.isDenied == 0 { others += 1 }
    return 4 * shared >= words + others - 2
  }

  private static func hasWord(_ word: UInt16, _ marks: QuestionMarks) -> Bool {
    for index in 0..<marks.wordCount where marks.word(index) & ~QuestionMarks.isDenied == word { return true }
    return false
  }

  // A negation contradicts a question that has the very words it denies.
  private static func denial(_ negated: QuestionMarks, _ other: QuestionMarks) -> VetoKinds {
    var denied = 0
    for index in 0..<negated.wordCount {
      let word = negated.word(index)
      guard word & QuestionMarks.isDenied != 0 else { continue }
      if !hasWord(word & ~QuestionMarks.isDenied, other) { return .none }
      denied += 1
    }
    return denied > 0 ? VetoKinds(.negation) : .none
  }

  // MARK: Numbers

  private static func numbers(_ query: QuestionMarks, _ candidate: QuestionMarks) -> VetoKinds {
    var found = VetoKinds.none
    for index in 0..<query.numberCount {
      let asked = query.number(index)
      if isMatched(asked, in: candidate) { continue }
      for other in 0..<candidate.numberCount {
        let stored = candidate.number(other)
        if !isComparable(asked, stored) || isMatched(stored, in: query) { continue }
        if asked.raw == stored.raw {
          found.formUnion(VetoKinds(.unit))
        } else if asked.has(NumberMark.isYear), stored.has(NumberMark.isYear) {
          found.formUnion(VetoKinds(.date))
        } else {
          found.formUnion(VetoKinds(.number))
        }
      }
    }
    return found
  }

  private static func isMatched(_ number: NumberMark, in marks: QuestionMarks) -> Bool {
    for index in 0..<marks.numberCount where isSame(number, marks.number(index)) { return true }
    return false
  }

  private static func isSame(_ first: NumberMark, _ second: NumberMark) -> Bool {
    first.amount != 0 && second.amount != 0 ? first.amount == second.amount : first.raw == second.raw
  }

  // 5 dollars and 3 days are two things that may both be asked about; 5 dollars and 3 dollars are one.
  private static func isComparable(_ first: NumberMark, _ second: NumberMark) -> Bool {
    if first.has(NumberMark.isOrdinal) != second.has(NumberMark.isOrdinal) { return false }
    if first.has(NumberMark.isYear) != second.has(NumberMark.isYear) {
      // What can be a year can be an amount as well: 2000 and 500, but not 2000 and 3 days.
      return first.raw == second.raw || (first.isBare && second.isBare)
    }
    let isSoft = first.has(NumberMark.isSoft) || second.has(NumberMark.isSoft)
    if isSoft, !first.has(NumberMark.isOrdinal) { return first.unitClass != 0 && first.unitClass == second.unitClass }
    return first.raw == second.raw || first.unitClass == second.unitClass || first.unitClass == 0
      || second.unitClass == 0
  }

  // MARK: Dates and codes

  private static func dates(_ query: QuestionMarks, _ candidate: QuestionMarks) -> VetoKinds {
    for index in 0..<query.dateCount {
      let asked = query.datePart(index)
      if isMatched(asked, in: candidate) { continue }
      for other in 0..<candidate.dateCount {
        let stored = candidate.datePart(other)
        if asked.part == stored.part, !isMatched(stored, in: query) { return VetoKinds(.date) }
      }
    }
    return .none
  }

  private static func isMatched(_ date: DateMark, in marks: QuestionMarks) -> Bool {
    for index in 0..<marks.dateCount {
      let other = marks.datePart(index)
      if date == other { return true }
      guard date.part == DateMark.time, other.part == DateMark.time else { continue }
      let halves = (date.value >> 12, other.value >> 12)
      if date.value & 0xFFF == other.value & 0xFFF, halves.0 == 0 || halves.1 == 0 { return true }
    }
    return false
  }

  private static func codes(_ query: QuestionMarks, _ candidate: QuestionMarks) -> VetoKinds {
    var missing = false
    for index in 0..<query.codeCount where !hasCode(query.code(index), candidate) { missing = true }
    guard missing else { return .none }
    for index in 0..<candidate.codeCount where !hasCode(candidate.code(index), query) { return VetoKinds(.code) }
    return .none
  }

  private static func hasCode(_ code: UInt32, _ marks: QuestionMarks) -> Bool {
    for index in 0..<marks.codeCount where marks.code(index) == code { return true }
    return false
  }

  // MARK: Antonyms and directions

  private static func sides(_ query: QuestionMarks, _ candidate: QuestionMarks) -> VetoKinds {
    for index in 0..<query.sideCount {
      let side = query.side(index)
      // A question with both sides takes neither.
      if hasSide(side ^ 1, query) || hasSide(side, candidate) { continue }
      if hasSide(side ^ 1, candidate) { return VetoKinds(.antonym) }
    }
    return .none
  }

  private static func hasSide(_ side: UInt16, _ marks: QuestionMarks) -> Bool {
    for index in 0..<marks.sideCount where marks.side(index) == side { return true }
    return false
  }

  private static func directions(_ query: QuestionMarks, _ candidate: QuestionMarks) -> VetoKinds {
    for index in 0..<query.directionCount {
      let direction = query.direction(index)
      let opposite = direction << 16 | direction >> 16
      if hasDirection(opposite, candidate), !hasDirection(direction, candidate), !hasDirection(opposite, query) {
        return VetoKinds(.direction)
      }
    }
    return .none
  }

  private static func hasDirection(_ direction: UInt32, _ marks: QuestionMarks) -> Bool {
    for index in 0..<marks.directionCount where marks.direction(index) == direction { return true }
    return false
  }
}
