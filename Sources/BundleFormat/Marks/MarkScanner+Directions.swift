/// Directions: what leads from where to where.
extension MarkScanner {
  // How many words on each side of a preposition may be its ends: "from savings account to checking account".
  private static var reach: Int { 2 }

  /// Finds prepositions that lead from one thing to another, exchanges, and subject - verb - object after an auxiliary.
  mutating func findDirections() {
    var isExchange = false
    for index in 0..<count {
      let record = record(index)
      if record.isA(.forward) || record.isA(.exchange) && isExchange {
        connect(index, backwards: false)
      } else if record.isA(.backward) {
        connect(index, backwards: true)
      } else if record.isA(.exchangeVerb) {
        isExchange = true
      } else if record.isA(.auxiliary) {
        takeClause(after: index)
      }
    }
  }

  private mutating func connect(_ index: Int, backwards: Bool) {
    var before = index - 1
    for _ in 0..<Self.reach {
      before = skipEmpty(before, step: -1)
      guard isEnd(before) else { break }
      var after = index + max(Int(spans[index]), 1)
      for _ in 0..<Self.reach {
        after = skipEmpty(after, step: 1)
        guard isEnd(after) else { break }
        if backwards {
          collector.add(from: endHash(after), to: endHash(before))
        } else {
          collector.add(from: endHash(before), to: endHash(after))
        }
        after += 1
      }
      before -= 1
    }
  }

  // Does x call y, can dogs eat chocolate: the words behind the auxiliary, one each.
  private mutating func takeClause(after index: Int) {
    let subject = skipEmpty(index + 1, step: 1)
    guard isEnd(subject), isEnd(subject + 1), followsClosely(subject + 1) else { return }
    let object = skipEmpty(subject + 2, step: 1)
    guard isEnd(object) else { return }
    collector.add(from: endHash(subject), to: endHash(object))
  }

  private func skipEmpty(_ index: Int, step: Int) -> Int {
    var place = index
    while place >= 0, place < count, record(place).isA(.empty) || record(place).isA(.article) { place += step }
    return place
  }

  // What may be the end of a direction: a word that is no preposition, auxiliary or pronoun.
  func isEnd(_ index: Int) -> Bool {
    guard index >= 0, index < count else { return false }
    if shapes[index] == Self.digits || shapes[index] == Self.symbol { return false }
    let record = record(index)
    return !record.isOneOf(Self.notEnd) && !record.has(MarkRecord.isTimePreposition)
  }

  private static var notEnd: UInt32 {
    MarkRecord.set(.forward) | MarkRecord.set(.backward) | MarkRecord.set(.auxiliary) | MarkRecord.set(.pronoun)
      | MarkRecord.set(.conjunction) | MarkRecord.set(.exchange) | MarkRecord.set(.negator)
  }

  // A unit counts as itself, however it is written.
  private func endHash(_ index: Int) -> UInt64 {
    let record = record(index)
    if record.unitClass != 0 {
      return ((UInt64(record.unitClass) << 32 | UInt64(record.unitFactor)) &* 0x9E37_79B9_7F4A_7C15) >> 40
    }
    return stem(index)
  }
}
