/// Finds the marks of a normal form. Owns its working memory and allocates nothing after `init`; serves one thread at a time.
///
/// The scanner knows digits, signs and the shape of codes; every word it knows comes from the lexicon. Two passes: the words
/// with their records, then the marks, since what a word means depends on its neighbours.
public struct MarkScanner: ~Copyable {
  /// The most words of a text that are looked at.
  public static var mostWords: Int { 128 }
  /// The most bytes of a word that are hashed.
  static var longestWord: Int { 64 }
  /// The most words of a phrase.
  static var longestPhrase: Int { 4 }

  var lexicon: MarkLexicon?
  var text: Bytes
  var words = WordScanner()
  var collector = MarkCollector()
  var count = 0
  // For each word: where it begins and ends, its hash (before the last mixing step), its record (its two
  // words), and how many words the phrase takes that begins with it.
  var starts = FixedBuffer<Int32>(capacity: mostWords)
  var ends = FixedBuffer<Int32>(capacity: mostWords)
  var hashes = FixedBuffer<UInt64>(capacity: mostWords)
  var heads = FixedBuffer<UInt64>(capacity: mostWords)
  var tails = FixedBuffer<UInt64>(capacity: mostWords)
  var spans = FixedBuffer<UInt8>(capacity: mostWords)
  // 1 letters, 2 begins with a digit, 3 letters with digits behind, 4 symbol, 5 the unit of a number.
  var shapes = FixedBuffer<UInt8>(capacity: mostWords)

  /// Makes a scanner.
  public init() { text = collector.encode() }

  /// The encoded marks of `normalForm`, as `QuestionMarks` reads them. Valid until the next call and while the scanner
  /// lives; `normalForm` and the lexicon's bytes must be kept alive during the call only. O(normalForm.count).
  public mutating func scan(_ normalForm: Bytes, with lexicon: MarkLexicon) -> Bytes {
    text = normalForm
    self.lexicon = lexicon
    collector.removeAll()
    collectWords(lexicon)
    joinPhrases()
    findMarks()
    findDirections()
    findWords()
    text = collector.encode()
    self.lexicon = nil
    return text
  }

  static var letters: UInt8 { 1 }
  static var digits: UInt8 { 2 }
  static var mixed: UInt8 { 3 }
  static var symbol: UInt8 { 4 }
  static var spent: UInt8 { 5 }

  /// The record of the word at `index`, empty beyond the ends.
  @inline(__always)
  func record(_ index: Int) -> MarkRecord {
    guard index >= 0, index < count else { return MarkRecord() }
    return MarkRecord(head: heads[index], tail: tails[index])
  }

  private mutating func set(_ index: Int, _ record: MarkRecord) {
    (heads[index], tails[index]) = record.words
  }

  /// Whether nothing but at most one space or hyphen stands between the word at `index` and the one before it.
  func followsClosely(_ index: Int) -> Bool {
    guard index > 0, index < count else { return false }
    let gap = starts[index] - ends[index - 1]
    if gap == 0 { return true }
    let byte = text[Int(ends[index - 1])]
    return gap == 1 && (byte == 0x20 || byte == 0x2D)
  }

  // MARK: Words

  private mutating func collectWords(_ lexicon: MarkLexicon) {
    count = 0
    words.begin(text)
    while count < Self.mostWords, let word = words.next() {
      let first = text[word.start]
      var shape = word.kind == .symbol ? Self.symbol : isDigit(first) ? Self.digits : Self.letters
      var hash = KeyHash(domain: MarkLexicon.domain)
      if word.kind == .letters, add(word.start, word.start + word.length, to: &hash), shape == Self.letters {
        shape = Self.mixed
      } else if word.kind != .letters {
        _ = add(word.start, word.start + word.length, to: &hash)
      }
      starts[count] = Int32(truncatingIfNeeded: word.start)
      ends[count] = Int32(truncatingIfNeeded: word.start + word.length)
      hashes[count] = hash.state
      shapes[count] = shape
      spans[count] = 1
      let isLetters = shape == Self.letters || shape == Self.symbol
      set(count, isLetters ? lexicon.record(lexicon.find(hash.value)) : MarkRecord())
      count += 1
    }
  }

  /// Adds a word's bytes to a hash and says whether it has digits.
  func add(_ start: Int, _ end: Int, to hash: inout KeyHash) -> Bool {
    var hasDigit = false
    var index = start
    let last = min(end, start + Self.longestWord)
    while index < last {
      let byte = text[index]
      if byte == 0xE2, text[index + 1] == 0x80, text[index + 2] == 0x99 {
        hash.add(0x27)
        index += 3
        continue
      }
      if isDigit(byte) { hasDigit = true }
      hash.add(byte)
      index += 1
    }
    return hasDigit
  }

  func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

  // The longest phrase that begins at a word takes the words behind it, so that "no longer" is one negation and "or not" none.
  private mutating func joinPhrases() {
    guard let lexicon else { return }
    var index = 0
    while index < count {
      if record(index).has(MarkRecord.startsPhrase) {
        var hash = KeyHash(domain: MarkLexicon.domain)
        hash.state = hashes[index]
        var next = index + 1
        while next < count, next - index < Self.longestPhrase, shapes[next] == Self.letters, followsClosely(next) {
          hash.add(0x20)
          _ = add(Int(starts[next]), Int(ends[next]), to: &hash)
          let found = lexicon.find(hash.value)
          guard found >= 0 else { break }
          let record = lexicon.record(found)
          next += 1
          if !record.has(MarkRecord.isBeginning) {
            spans[index] = UInt8(truncatingIfNeeded: next - index)
            set(index, record)
          }
          if !record.has(MarkRecord.startsPhrase) { break }
        }
      }
      // The words of a phrase mean nothing of their own.
      for inner in index + 1..<index + max(Int(spans[index]), 1) { set(inner, MarkRecord()) }
      index += max(Int(spans[index]), 1)
    }
  }

  // MARK: Marks

  private mutating func findMarks() {
    var index = 0
    // Kinds of particle that have an opposite here, and the words for which they still do.
    var particles: UInt32 = 0
    var reach = 0
    while index < count {
      let record = record(index)
      if reach > 0 { reach -= 1 } else { particles = 0 }
      addSides(of: record)
      switch shapes[index] {
      case Self.digits:
        index = takeNumeral(index)
        continue
      case Self.mixed:
        takeMixed(index)
      case Self.symbol:
        takePath(index)
      default:
        if record.isA(.negator) {
          collector.negations += 1
        } else if record.isA(.particleVerb) {
          particles = record.value
          reach = 4
        } else if record.isA(.particle) {
          // The sides of a particle stand in its record's unit fields, since alone they mean nothing.
          if record.value & particles != 0 { collector.add(side: UInt16(truncatingIfNeeded: record.unitFactor)) }
        } else if record.isA(.day) {
          collector.add(DateMark(part: DateMark.weekday, value: record.value))
        } else if record.isA(.month) {
          takeMonth(index, record)
        }
        takeSuffixedCode(index)
        let next = takeSpelledNumber(index, record)
        if next > index {
          index = next
          continue
        }
      }
      index += 1
    }
  }

  private mutating func addSides(of record: MarkRecord) {
    if record.firstSide != 0 { collector.add(side: record.firstSide) }
    if record.secondSide != 0 { collector.add(side: record.secondSide) }
  }

  private mutating func takeMonth(_ index: Int, _ record: MarkRecord) {
    let isDate =
      !record.has(MarkRecord.isDoubtful) || self.record(index - 1).has(MarkRecord.isTimePreposition)
      || (index > 0 && shapes[index - 1] == Self.digits && followsClosely(index))
      || (index + 1 < count && shapes[index + 1] == Self.digits && isMonth(index, before: index + 1))
    if isDate { collector.add(DateMark(part: DateMark.month, value: record.value)) }
  }
}
