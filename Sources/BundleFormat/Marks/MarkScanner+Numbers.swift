/// Numbers in digits, with what stands around them.
extension MarkScanner {
  /// Takes the number whose digits begin the word at `index`, and returns the next word to look at.
  mutating func takeNumeral(_ index: Int) -> Int {
    let start = Int(starts[index])
    let shape = readNumber(start)
    var last = index
    while last + 1 < count, Int(starts[last + 1]) < shape.end { last += 1 }
    if let next = takeDate(index, shape, last: last) { return next }
    if shape.isCode || ends[last] > Int32(truncatingIfNeeded: shape.end) && !hasKnownEnding(last, shape.end) {
      collector.add(code: codeHash(start, max(shape.end, Int(ends[last]))))
      return last + 1
    }
    var numeral = shape.numeral
    if isAttachedToName(index) {
      // covid-19, d-7781: a name; the code is the word before with the digits.
      collector.add(code: codeHash(Int(starts[index - 1]), shape.end))
      collector.add(NumberMark(raw: numeral.hash(keepingPlaces: true), measure: NumberMark.isAttached))
      return last + 1
    }
    if start > 0, text[start - 1] == 0x2D, start < 2 || text[start - 2] == 0x20 { numeral.isNegative = true }
    var next = last + 1
    var flags: UInt32 = 0
    var suffix = MarkRecord()
    if Int(ends[last]) > shape.end, let lexicon {
      var hash = KeyHash(domain: MarkLexicon.domain)
      _ = add(shape.end, Int(ends[last]), to: &hash)
      suffix = lexicon.record(lexicon.find(hash.value))
      if suffix.isA(.ordinalEnding) { flags |= NumberMark.isOrdinal | NumberMark.isSoft }
      if suffix.isA(.halfOfDay) { return takeTime(numeral, minutes: 0, half: suffix.value + 1, next: next) }
    }
    if suffix.isA(.multiplier) { numeral = numeral.times(UInt64(suffix.value)) }
    if suffix.isA(.none) || suffix.isA(.multiplier) {
      let following = record(next)
      if following.isA(.multiplier), followsClosely(next) {
        numeral = numeral.times(UInt64(following.value))
        next += 1
      }
      if let half = halfOfDay(next), numeral.isWhole(1, 12) {
        return takeTime(numeral, minutes: 0, half: half.half, next: half.next)
      }
    }
    if numeral.isWhole(1, 31), suffix.unitClass == 0, isBesideMonth(index, next) {
      collector.add(DateMark(part: DateMark.day, value: UInt32(truncatingIfNeeded: numeral.mantissa)))
      return next
    }
    return finish(numeral, flags: flags, unit: suffix, first: index, next: next)
  }

  /// Adds a number with the unit around it: `unit` if that is one, else the word before (a currency) or behind.
  mutating func finish(_ numeral: Numeral, flags: UInt32, unit: MarkRecord, first: Int, next: Int) -> Int {
    var unit = unit
    var next = next
    if unit.unitClass == 0, first > 0, followsClosely(first), shapes[first - 1] == Self.symbol {
      let before = record(first - 1)
      if before.unitClass != 0 { unit = before }
    }
    if unit.unitClass == 0, flags & NumberMark.isOrdinal == 0 {
      var place = next
      if followsClosely(place), record(place).has(MarkRecord.isFiller) { place += 1 }
      if place < count, followsClosely(place), record(place).unitClass != 0 {
        unit = record(place)
        if shapes[place] == Self.letters { shapes[place] = Self.spent }
        next = place + 1
      }
    }
    var measure = flags
    if unit.unitClass != 0 {
      let amount = numeral.times(UInt64(unit.unitFactor), shift: Int(unit.unitExponent)).hash(keepingPlaces: false)
      measure |= max(amount & 0xFFFFFF, 1) << 8 | UInt32(unit.unitClass) << 4
    } else if flags == 0, numeral.isWhole(1900, 2040) {
      measure |= NumberMark.isYear
    }
    collector.add(NumberMark(raw: numeral.hash(keepingPlaces: unit.unitClass == 0), measure: measure))
    return next
  }

  // A word of letters, a hyphen, digits. Spelled numbers and months before a hyphen are none: "in may-2020", "twenty-5".
  private func isAttachedToName(_ index: Int) -> Bool {
    let start = Int(starts[index])
    guard index > 0, start > 0, text[start - 1] == 0x2D, Int(ends[index - 1]) == start - 1,
      shapes[index - 1] != Self.symbol
    else { return false }
    let before = record(index - 1)
    return shapes[index - 1] != Self.digits && !before.isA(.month) && !before.isA(.number)
  }

  private func hasKnownEnding(_ last: Int, _ end: Int) -> Bool {
    guard let lexicon else { return false }
    var hash = KeyHash(domain: MarkLexicon.domain)
    if add(end, Int(ends[last]), to: &hash) { return false }
    let record = lexicon.record(lexicon.find(hash.value))
    return record.unitClass != 0 || record.isA(.multiplier) || record.isA(.ordinalEnding) || record.isA(.halfOfDay)
  }

  /// Digits as a number; more than 18 of them as a hash that keeps different ones apart.
  func readDigits(_ start: Int, _ end: Int) -> Numeral {
    var numeral = Numeral()
    for index in start..<max(start, end) where isDigit(text[index]) {
      numeral.mantissa = numeral.mantissa &* 10 &+ UInt64(text[index] &- 0x30)
    }
    return numeral
  }

  /// A number as written, and where it ends.
  struct NumberShape {
    var numeral = Numeral()
    var end = 0
    /// Nothing but digits.
    var isPlain = true
    /// Neither a number nor a date: a version, 24/7.
    var isCode = false
  }

  /// Reads digits, thousands separators and decimals.
  func readNumber(_ start: Int) -> NumberShape {
    var shape = NumberShape()
    var place = digitsEnd(start)
    let lead = place - start
    var points = 0
    var groups = 0
    shape.numeral = readDigits(start, place)
    while text[place] == 0x2E || text[place] == 0x2C {
      let run = digitsEnd(place + 1) - place - 1
      guard run > 0 else { break }
      let isGroup = text[place] == 0x2C && run == 3 && points == 0 && lead <= 3
      if !isGroup, text[place] == 0x2C, points > 0 || groups > 0 { break }
      let digits = readDigits(place + 1, place + 1 + run)
      for _ in 0..<run { shape.numeral.mantissa = shape.numeral.mantissa &* 10 }
      shape.numeral.mantissa = shape.numeral.mantissa &+ digits.mantissa
      if isGroup {
        groups += 1
      } else {
        points += 1
        shape.numeral.places = run
        shape.numeral.exponent = -run
      }
      shape.isPlain = false
      place += 1 + run
    }
    if points > 1 { shape.isCode = true }
    // One half of what is written with a stroke is a date or a ratio; fractions of two digits are numbers.
    shape.end = place
    return shape
  }

  /// Where the digits end that begin at `start`.
  func digitsEnd(_ start: Int) -> Int {
    var end = start
    while isDigit(text[end]) { end += 1 }
    return end
  }
}
