/// Numbers in words.
extension MarkScanner {
  /// Takes the spelled number that begins at `index` and returns the next word to look at, or `index` if there is none.
  mutating func takeSpelledNumber(_ index: Int, _ record: MarkRecord) -> Int {
    if record.isA(.number) { return takeCardinal(index, record) }
    if record.isA(.ordinal) {
      if index > 0, shapes[index - 1] == Self.digits { return index }
      if isBesideMonth(index, index + 1) {
        collector.add(DateMark(part: DateMark.day, value: record.value))
        return index + 1
      }
      collector.add(
        NumberMark(
          raw: Numeral(mantissa: UInt64(record.value)).hash(keepingPlaces: false),
          measure: NumberMark.isOrdinal | NumberMark.isSoft))
      return index + 1
    }
    if record.isA(.half) { return takeHalf(index) }
    guard record.isA(.article), index + 1 < count else { return index }
    return takeArticle(index)
  }

  // Twenty five, two hundred and fifty, three million.
  private mutating func takeCardinal(_ index: Int, _ first: MarkRecord) -> Int {
    var total: UInt64 = 0
    var current = UInt64(first.value)
    var next = index + 1
    while next < count, followsClosely(next) {
      var place = next
      if record(place).isA(.conjunction), current > 0, current % 100 == 0 { place += 1 }
      let record = record(place)
      let value = UInt64(record.value)
      if record.isA(.multiplier) {
        if value < 1000 {
          current = current &* value
        } else {
          total = (total &+ current) &* value
          current = 0
        }
      } else if record.isA(.number), value > 0,
        current >= 20 && current < 100 && current % 10 == 0 && value < 10
          || current >= 100 && current % 100 == 0 && value < 100 || current == 0 && total > 0
      {
        current += value
      } else {
        break
      }
      next = place + 1
    }
    let numeral = Numeral(mantissa: total &+ current)
    if let half = halfOfDay(next), numeral.isWhole(1, 12) {
      return takeTime(numeral, minutes: 0, half: half.half, next: half.next)
    }
    if numeral.isWhole(1, 31), isBesideMonth(index, next) {
      collector.add(DateMark(part: DateMark.day, value: UInt32(truncatingIfNeeded: numeral.mantissa)))
      return next
    }
    // "One" is a pronoun unless it counts something measured: which one, one hour.
    if numeral.mantissa == 1, unitBehind(next) == 0 { return next }
    return finish(
      numeral, flags: numeral.mantissa == 1 ? NumberMark.isSoft : 0, unit: MarkRecord(), first: index, next: next)
  }

  // Half an hour, half a million; half a cake says nothing.
  private mutating func takeHalf(_ index: Int) -> Int {
    var next = index + 1
    if record(next).isA(.article) { next += 1 }
    var numeral = Numeral(mantissa: 5)
    numeral.exponent = -1
    if record(next).isA(.multiplier) {
      numeral = numeral.times(UInt64(record(next).value))
      return finish(numeral, flags: 0, unit: MarkRecord(), first: index, next: next + 1)
    }
    guard unitBehind(next) != 0 else { return index }
    return finish(numeral, flags: 0, unit: MarkRecord(), first: index, next: next)
  }

  // An hour, a dozen, half an hour behind the article.
  private mutating func takeArticle(_ index: Int) -> Int {
    let following = record(index + 1)
    if following.isA(.half) { return index }
    if following.isA(.multiplier), followsClosely(index + 1) {
      return takeCardinal(index, MarkRecord(role: .number, value: 1))
    }
    guard unitBehind(index + 1) != 0 else { return index }
    return finish(
      Numeral(mantissa: 1), flags: NumberMark.isSoft, unit: MarkRecord(), first: index, next: index + 1)
  }

  /// What the unit at `index` measures, or the one behind a filler; zero if there is no unit.
  func unitBehind(_ index: Int) -> UInt8 {
    guard index < count, followsClosely(index) else { return 0 }
    let record = record(index)
    if record.unitClass != 0 { return record.unitClass }
    return record.has(MarkRecord.isFiller) && followsClosely(index + 1) ? self.record(index + 1).unitClass : 0
  }
}
