/// The words of a question that carry its content, and which of them a negation denies.
extension MarkScanner {
  // How far behind a negation what it denies is looked for, and how many words that is at most.
  private static var reachOfNegation: Int { 8 }
  private static var mostDenied: Int { 3 }

  mutating func findWords() {
    // Denied words first, since they must find room.
    for index in 0..<count where record(index).isA(.negator) && shapes[index] == Self.letters { deny(after: index) }
    for index in 0..<count where isContent(index) { collector.add(word: stem(index), isDenied: false) }
  }

  // Not open, isn't my card working. A negation with no such word behind it denies nothing.
  private mutating func deny(after index: Int) {
    let start = index + max(Int(spans[index]), 1)
    var found = 0
    var next = start
    while next < min(count, start + Self.reachOfNegation), found < Self.mostDenied {
      if isContent(next) {
        collector.add(word: stem(next), isDenied: true)
        found += 1
      }
      next += 1
    }
  }

  // A word that is no function word, number or date, nor the unit of a number.
  private func isContent(_ index: Int) -> Bool {
    guard isEnd(index), shapes[index] != Self.spent else { return false }
    let record = record(index)
    return !record.isOneOf(Self.notContent)
  }

  private static var notContent: UInt32 {
    MarkRecord.set(.empty) | MarkRecord.set(.article) | MarkRecord.set(.number) | MarkRecord.set(.ordinal)
      | MarkRecord.set(.multiplier) | MarkRecord.set(.particle) | MarkRecord.set(.halfOfDay) | MarkRecord.set(.clock)
      | MarkRecord.set(.month) | MarkRecord.set(.day)
  }

  /// The hash of a word without its English ending, so that "working" and "works" are one. Anything will do that treats both
  /// questions alike.
  func stem(_ index: Int) -> UInt64 {
    let start = Int(starts[index])
    let end = Int(ends[index])
    var hash = KeyHash(domain: MarkLexicon.domain)
    hash.state = hashes[index]
    // Of longer words the hash has only a part.
    if end - start > Self.longestWord { return hash.value }
    let length = stemLength(start, end - start)
    for place in stride(from: end - 1, to: start + length - 1, by: -1) { hash.remove(text[place]) }
    return hash.value
  }

  private func stemLength(_ start: Int, _ wordLength: Int) -> Int {
    var length = wordLength
    let end = start + length
    if length > 5, text[end - 3] == 0x69, text[end - 2] == 0x6E, text[end - 1] == 0x67 {
      length -= 3
    } else if length > 4, text[end - 2] == 0x65, text[end - 1] == 0x64 {
      length -= 2
    } else if length > 3, text[end - 1] == 0x73, text[end - 2] != 0x73 {
      length -= length > 4 && text[end - 2] == 0x65 ? 2 : 1
    }
    if length > 3, text[start + length - 1] == 0x65 { length -= 1 }
    // Doubled before an ending: stopped, stop.
    if length > 3, text[start + length - 1] == text[start + length - 2], text[start + length - 1] < 0x80 { length -= 1 }
    return length
  }
}
