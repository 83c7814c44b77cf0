/// One walk through the automaton of a `RuleTable`, from one word of a text on: a match for each state that accepts.
struct RuleWalk {
  private var state = 0
  /// The word after the last one taken.
  private(set) var end = 0
  private var limit = 0

  /// Takes the word at `word`. False if no pattern begins with it.
  mutating func begin(_ word: Int, count: Int, _ symbols: borrowing FixedBuffer<UInt16>, _ table: RuleTable) -> Bool {
    limit = min(count, word + RuleTable.longestMatch)
    state = table.begin(symbols[word])
    end = word + 1
    return state != 0
  }

  /// Takes the next word. False at the end of the sentence or where no pattern goes on.
  mutating func advance(
    _ symbols: borrowing FixedBuffer<UInt16>, _ breaks: borrowing FixedBuffer<UInt8>, _ table: RuleTable
  ) -> Bool {
    guard end < limit, breaks[end] < SentenceBreak.sentence else { return false }
    state = table.step(state, symbols[end])
    end += 1
    return state != 0
  }

  /// Whether any pattern ends after the words taken.
  @inline(__always)
  func accepts(_ table: RuleTable) -> Bool { table.accepted(state) != 0 }

  /// The kinds whose patterns match the words taken, each as its `firstBit`.
  ///
  /// - Parameters:
  ///   - begins: Whether a part of a sentence begins at the first word taken.
  ///   - ends: Whether one ends after the last.
  func kinds(_ table: RuleTable, begins: Bool, ends: Bool) -> UInt64 {
    let accepted = table.accepted(state)
    if accepted == 0 { return 0 }
    var hits = accepted
    if begins { hits |= accepted >> 1 }
    if ends { hits |= accepted >> 2 }
    if begins && ends { hits |= accepted >> 3 }
    return hits & 0x1111_1111_1111_1111
  }
}

extension UInt64 {
  /// Whether `kind` is among the kinds of `RuleWalk.kinds`.
  @inline(__always)
  func has(_ kind: RuleKind) -> Bool { self >> kind.firstBit & 1 != 0 }

  /// Of the kinds of `RuleWalk.kinds` those that are no courtesy, moved down to the first bits.
  @inline(__always)
  var ofClasses: UInt64 { (self & ~(1 << RuleKind.idle.firstBit)) >> RuleKind.question.firstBit }
}

/// What stands between two words of a normal form, from the least to the most.
enum SentenceBreak {
  static var none: UInt8 { 0 }
  /// A comma, a colon, a dash: a part of a sentence ends.
  static var clause: UInt8 { 1 }
  /// A full stop, an exclamation mark, a semicolon: a sentence ends.
  static var sentence: UInt8 { 2 }
  /// A question mark: a question ends.
  static var question: UInt8 { 3 }

  /// The strongest mark in the bytes from `start` up to `end`, which hold no word. A full stop, a comma or a colon counts
  /// before a space only, a hyphen between spaces only.
  ///
  /// - Parameter afterLetter: Whether the word before is a single byte: a full stop then abbreviates it.
  static func of(_ text: Bytes, _ start: Int, _ end: Int, afterLetter: Bool) -> UInt8 {
    if end - start == 1, text[start] == 0x20 { return none }
    var strongest = none
    var offset = start
    while offset < end {
      let scalar = text.scalar(at: offset)
      let next = offset + max(scalar.length, 1)
      if scalar.value == 0x2E, afterLetter, offset == start {
        offset = next
        continue
      }
      strongest = max(
        strongest, weight(scalar.value, spaceBefore: text[offset - 1] == 0x20, spaceAfter: text[next] == 0x20))
      offset = next
    }
    return strongest
  }

  private static func weight(_ scalar: UInt32, spaceBefore: Bool, spaceAfter: Bool) -> UInt8 {
    switch scalar {
    case 0x3F, 0x61F, 0xFF1F: question
    case 0x21, 0x3B, 0x2026, 0x3002, 0xFF01, 0x964, 0xFF1B: sentence
    case 0x2E: spaceAfter ? sentence : none
    case 0x2C, 0x3A: spaceAfter ? clause : none
    case 0x2D: spaceBefore && spaceAfter ? clause : none
    case 0x2013, 0x2014, 0x60C, 0x3001, 0xFF0C, 0xFF1A: clause
    default: none
    }
  }

  /// Where the space or the mark begins that ends `text`, or `nil` if it ends in neither: a comma, a colon, a semicolon or a
  /// dash, and with `strippingEnds` what normalisation strips from ends as well.
  static func trailingMark(_ text: Bytes, strippingEnds: Bool) -> Int? {
    var start = text.count - 1
    while start > 0, !text.isScalarBoundary(start) { start -= 1 }
    guard start >= 0 else { return nil }
    switch text.scalar(at: start).value {
    case 0x20, 0x2C, 0x3A, 0x3B, 0x2D, 0x2013, 0x2014, 0x60C, 0x3001, 0xFF0C, 0xFF1A, 0xFF1B: return start
    case 0x2E, 0x3F, 0x21, 0x2026, 0x3002, 0xFF1F, 0xFF01, 0x61F, 0x964: return strippingEnds ? start : nil
    default: return nil
    }
  }
}
