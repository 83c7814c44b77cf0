import CKernels

/// A text as Unicode scalars that can be brought into Normalization Form C and case-folded where it stands.
///
/// Source: Unicode Standard Annex #15; The Unicode Standard 15.0, section 3.11 (reordering, composition) and 3.12
/// (Hangul). The tables are those of `CKernels`, one pinned version of Unicode.
struct CanonicalText: ~Copyable {
  private var scalars: FixedBuffer<UInt32>
  private var spare: FixedBuffer<UInt32>
  private var tallies: FixedBuffer<Int32>

  /// The number of scalars.
  private(set) var count = 0

  /// Whether the scalars alone tell that the text is in NFC, so that composing can be skipped.
  private var isSettled = true

  /// Makes room for a text of `bytes` bytes of UTF-8 and all forms it takes here.
  ///
  /// A byte of UTF-8 gives at most 1.5 scalars when decomposed (U+0390 is two bytes, three scalars), and no scalar
  /// decomposes into more after folding than before. The tests check both for every scalar.
  init(bytes: Int) {
    let capacity = bytes + bytes / 2 + 1
    scalars = FixedBuffer(capacity: capacity)
    spare = FixedBuffer(capacity: capacity)
    tallies = FixedBuffer(capacity: 256)
  }

  /// The scalar at `index`.
  subscript(index: Int) -> UInt32 { scalars[index] }

  /// Makes the text empty.
  mutating func removeAll() {
    count = 0
    isSettled = true
  }

  /// Adds a scalar at the end.
  mutating func append(_ scalar: UInt32) {
    note(scalar)
    scalars[count] = scalar
    count += 1
  }

  /// Replaces each scalar by its simple case folding. The result may need composing. O(count).
  mutating func fold() {
    isSettled = true
    for index in 0..<count {
      let folded = unicode_fold(scalars[index])
      note(folded)
      scalars[index] = folded
    }
  }

  /// Brings the text into NFC. O(count), whatever the text.
  mutating func compose() {
    guard !isSettled else { return }
    decompose()
    reorder()
    joinPairs()
  }

  @inline(__always)
  private mutating func note(_ scalar: UInt32) {
    // Nothing before the first combining mark can change under NFC.
    if scalar >= 0x300, unicode_is_unsettled(scalar) != 0 { isSettled = false }
  }
}

// Between `decompose` and `joinPairs` an element is a scalar with its combining class in the top eight bits.
extension CanonicalText {
  private mutating func decompose() {
    var length = 0
    for index in 0..<count {
      let scalar = scalars[index]
      if Hangul.isSyllable(scalar) {
        let place = scalar - Hangul.firstSyllable
        let trailing = place % Hangul.trailingCount
        let vowel = place / Hangul.trailingCount % Hangul.vowelCount
        let leading = place / (Hangul.trailingCount * Hangul.vowelCount)
        spare[length] = Hangul.firstLeading + leading
        spare[length + 1] = Hangul.firstVowel + vowel
        length += 2
        if trailing != 0 {
          spare[length] = Hangul.beforeTrailing + trailing
          length += 1
        }
        continue
      }
      let decomposition = unicode_decomposition(scalar)
      if decomposition == 0 {
        spare[length] = withClass(scalar)
        length += 1
        continue
      }
      let place = decomposition >> 3
      for piece in place..<place + decomposition & 7 {
        spare[length] = withClass(unicode_decomposition_scalar(piece))
        length += 1
      }
    }
    swap(&scalars, &spare)
    count = length
  }

  @inline(__always)
  private func withClass(_ scalar: UInt32) -> UInt32 {
    scalar < 0x300 ? scalar : scalar | unicode_combining_class(scalar) << 24
  }

  /// Sorts each run of combining marks by class, equal classes keeping their order.
  private mutating func reorder() {
    var index = 0
    while index < count {
      let start = index
      var highest: UInt32 = 0
      var isOrdered = true
      while index < count, scalars[index] >> 24 != 0 {
        let combiningClass = scalars[index] >> 24
        if combiningClass < highest { isOrdered = false }
        highest = combiningClass
        index += 1
      }
      if !isOrdered { sortMarks(start, index) }
      index += 1
    }
  }

  /// Sorts the marks from `start` up to `end`: short runs by insertion, longer ones, which only hostile text has, by
  /// counting, so that no text takes more than linear time.
  private mutating func sortMarks(_ start: Int, _ end: Int) {
    guard end - start > 32 else {
      for index in start + 1..<end {
        let mark = scalars[index]
        var place = index
        while place > start, scalars[place - 1] >> 24 > mark >> 24 {
          scalars[place] = scalars[place - 1]
          place -= 1
        }
        scalars[place] = mark
      }
      return
    }
    for combiningClass in 0..<256 { tallies[combiningClass] = 0 }
    for index in start..<end { tallies[Int(scalars[index] >> 24)] += 1 }
    var next = Int32(truncatingIfNeeded: start)
    for combiningClass in 0..<256 {
      let tally = tallies[combiningClass]
      tallies[combiningClass] = next
      next += tally
    }
    for index in start..<end {
      let combiningClass = Int(scalars[index] >> 24)
      spare[Int(tallies[combiningClass])] = scalars[index]
      tallies[combiningClass] += 1
    }
    for index in start..<end { scalars[index] = spare[index] }
  }

  /// The Canonical Composition Algorithm: each scalar joins the last starter if they have a primary composite and
  /// nothing between them is a starter or has the same or a higher class.
  private mutating func joinPairs() {
    var length = 0
    var starter = -1
    var classBefore: UInt32 = 0
    for index in 0..<count {
      let combiningClass = scalars[index] >> 24
      let scalar = scalars[index] & 0xFF_FFFF
      if starter >= 0, starter == length - 1 || classBefore < combiningClass {
        let composite = Hangul.composite(scalars[starter], scalar) ?? unicode_composite(scalars[starter], scalar)
        if composite != 0 {
          scalars[starter] = composite
          continue
        }
      }
      if combiningClass == 0 { starter = length }
      classBefore = combiningClass
      scalars[length] = scalar
      length += 1
    }
    count = length
  }
}

/// Hangul syllables, which compose by arithmetic.
private enum Hangul {
  static var firstSyllable: UInt32 { 0xAC00 }
  static var firstLeading: UInt32 { 0x1100 }
  static var firstVowel: UInt32 { 0x1161 }
  static var beforeTrailing: UInt32 { 0x11A7 }
  static var leadingCount: UInt32 { 19 }
  static var vowelCount: UInt32 { 21 }
  /// One more than there are trailing consonants: a syllable may have none.
  static var trailingCount: UInt32 { 28 }

  @inline(__always)
  static func isSyllable(_ scalar: UInt32) -> Bool {
    scalar &- firstSyllable < leadingCount * vowelCount * trailingCount
  }

  /// The syllable that two scalars make, or `nil`.
  @inline(__always)
  static func composite(_ first: UInt32, _ second: UInt32) -> UInt32? {
    if second &- firstVowel < vowelCount, first &- firstLeading < leadingCount {
      return firstSyllable + ((first - firstLeading) * vowelCount + second - firstVowel) * trailingCount
    }
    if second &- beforeTrailing &- 1 < trailingCount - 1, isSyllable(first),
      (first - firstSyllable) % trailingCount == 0
    {
      return first + second - beforeTrailing
    }
    return nil
  }
}
