/// Dates and times in digits.
extension MarkScanner {
  /// Takes a date, a time or a fraction that begins with the number `shape`, and returns the next word to look at.
  mutating func takeDate(_ index: Int, _ shape: NumberShape, last: Int) -> Int? {
    let start = Int(starts[index])
    let separator = text[shape.end]
    if shape.isCode { return takeGermanDate(index, shape, last: last) }
    guard shape.isPlain, isDigit(text[shape.end + 1]) else { return nil }
    let second = readDigits(shape.end + 1, digitsEnd(shape.end + 1))
    let secondEnd = digitsEnd(shape.end + 1)
    let secondLength = secondEnd - shape.end - 1
    if separator == 0x3A, secondLength == 2, shape.numeral.isWhole(0, 24), second.mantissa < 60 {
      var end = secondEnd
      if text[end] == 0x3A, digitsEnd(end + 1) == end + 3 { end += 3 }
      var next = word(from: index, beyond: end)
      var half: UInt32 = 0
      if next > 0, Int(ends[next - 1]) > end, let lexicon {
        var hash = KeyHash(domain: MarkLexicon.domain)
        _ = add(end, Int(ends[next - 1]), to: &hash)
        let suffix = lexicon.record(lexicon.find(hash.value))
        if suffix.isA(.halfOfDay) { half = suffix.value + 1 }
      } else if let found = halfOfDay(next) {
        half = found.half
        next = found.next
      }
      return takeTime(shape.numeral, minutes: second.mantissa, half: half, next: next)
    }
    let isYearFirst = shape.end - start == 4 && shape.numeral.isWhole(1900, 2099)
    guard separator == 0x2D || separator == 0x2F, secondLength <= 2 else { return nil }
    var third = Numeral()
    var thirdLength = 0
    if text[secondEnd] == separator {
      thirdLength = digitsEnd(secondEnd + 1) - secondEnd - 1
      third = readDigits(secondEnd + 1, secondEnd + 1 + thirdLength)
    }
    let end = thirdLength > 0 ? secondEnd + 1 + thirdLength : secondEnd
    let next = word(from: index, beyond: end)
    if isYearFirst, second.isWhole(1, 12), secondLength == 2, thirdLength == 0 || third.isWhole(1, 31) {
      addYear(shape.numeral)
      collector.add(DateMark(part: DateMark.month, value: UInt32(truncatingIfNeeded: second.mantissa)))
      if thirdLength > 0 {
        collector.add(DateMark(part: DateMark.day, value: UInt32(truncatingIfNeeded: third.mantissa)))
      }
      return next
    }
    let isDay = shape.numeral.isWhole(1, 31) && second.isWhole(1, 31)
    if isDay, thirdLength == 4 || thirdLength == 2 {
      addYear(thirdLength == 2 ? Numeral(mantissa: 2000 + third.mantissa) : third)
      addDayAndMonth(shape.numeral.mantissa, second.mantissa)
      return next
    }
    guard separator == 0x2F, thirdLength == 0 else { return nil }
    takeFraction(start, end, shape.numeral.mantissa, second.mantissa)
    return next
  }

  // 5.1.2024
  private mutating func takeGermanDate(_ index: Int, _ shape: NumberShape, last: Int) -> Int? {
    let start = Int(starts[index])
    let first = digitsEnd(start)
    let second = digitsEnd(first + 1)
    let day = readDigits(start, first)
    let month = readDigits(first + 1, second)
    let year = readDigits(second + 1, shape.end)
    guard digitsEnd(second + 1) == shape.end, day.isWhole(1, 31), month.isWhole(1, 12), year.isWhole(1900, 2099) else {
      return nil
    }
    addYear(year)
    collector.add(DateMark(part: DateMark.month, value: UInt32(truncatingIfNeeded: month.mantissa)))
    collector.add(DateMark(part: DateMark.day, value: UInt32(truncatingIfNeeded: day.mantissa)))
    return last + 1
  }

  private mutating func takeFraction(_ start: Int, _ end: Int, _ above: UInt64, _ below: UInt64) {
    if above < below, below == 2 || below == 4 || below == 5 || below == 8 || below == 10 {
      var numeral = Numeral(mantissa: above * 1000 / below)
      numeral.exponent = -3
      collector.add(NumberMark(raw: numeral.hash(keepingPlaces: false), measure: 0))
    } else {
      collector.add(code: codeHash(start, end))
    }
  }

  private mutating func addYear(_ year: Numeral) {
    collector.add(NumberMark(raw: year.hash(keepingPlaces: false), measure: NumberMark.isYear))
  }

  private mutating func addDayAndMonth(_ first: UInt64, _ second: UInt64) {
    collector.add(
      DateMark(
        part: DateMark.dayAndMonth, value: UInt32(truncatingIfNeeded: min(first, second) * 32 + max(first, second))))
  }

  /// Adds the time of day and returns `next`.
  mutating func takeTime(_ hour: Numeral, minutes: UInt64, half: UInt32, next: Int) -> Int {
    guard hour.isWhole(0, 24) else { return next }
    var half = half
    let hours = hour.mantissa % 24
    if half == 0, hours > 12 || hours == 0 { half = hours >= 12 ? 2 : 1 }
    let minute = UInt32(truncatingIfNeeded: hours % 12 * 60 + minutes)
    collector.add(DateMark(part: DateMark.time, value: half << 12 | minute))
    return next
  }

  /// The half of the day that the word at `index` names (1 first, 2 second, 0 for o'clock), and the word after it.
  func halfOfDay(_ index: Int) -> (half: UInt32, next: Int)? {
    guard index < count, followsClosely(index) else { return nil }
    let record = record(index)
    if record.isA(.halfOfDay) { return (record.value + 1, index + 1) }
    if record.isA(.clock) { return (0, index + 1) }
    // a.m, p.m
    let start = Int(starts[index])
    let letter = text[start]
    guard ends[index] - starts[index] == 1, letter == 0x61 || letter == 0x70, text[start + 1] == 0x2E,
      text[start + 2] == 0x6D, index + 1 < count, ends[index + 1] - starts[index + 1] == 1
    else { return nil }
    return (letter == 0x61 ? 1 : 2, index + 2)
  }

  /// Whether a number that takes the words from `first` up to `next` stands beside a month: 5 january, 5th of may, july 4.
  func isBesideMonth(_ first: Int, _ next: Int) -> Bool {
    if isMonth(first - 1, before: first) { return true }
    var place = next
    if record(place).has(MarkRecord.isTimePreposition) { place += 1 }
    return place < count && record(place).isA(.month)
  }

  /// Whether the word at `index` is a month that the number behind it belongs to: may 2, but not "may 2 people share a room".
  func isMonth(_ index: Int, before number: Int) -> Bool {
    let month = record(index)
    guard month.isA(.month), followsClosely(number) else { return false }
    if !month.has(MarkRecord.isDoubtful) || record(index - 1).has(MarkRecord.isTimePreposition) { return true }
    // May 2nd is a day; behind a day stands no thing that is counted.
    if Int(ends[number]) > digitsEnd(Int(starts[number])) || shapes[number] != Self.digits { return true }
    let behind = number + 1
    guard behind < count, followsClosely(behind), shapes[behind] == Self.letters else { return true }
    return !record(behind).isA(.none) && record(behind).unitClass == 0
  }

  /// The first word from `index` on that begins at `end` or behind it.
  private func word(from index: Int, beyond end: Int) -> Int {
    var next = index + 1
    while next < count, Int(starts[next]) < end { next += 1 }
    return next
  }
}
