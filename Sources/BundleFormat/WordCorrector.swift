/// The words of the stored questions: how many questions have each.
public protocol WordLookup {
  /// Writes for each of the first `count` of `hashes`, which are `WordHash` values, how many stored questions have that
  /// word: zero for a word that no misspelling is taken for, `HashTable.empty` for one that no question has.
  ///
  /// - Throws: `BundleError` when the table turns out to be damaged.
  func find(
    _ hashes: borrowing FixedBuffer<UInt64>, count: Int, questions: inout FixedBuffer<UInt32>
  ) throws(BundleError)
}

/// Puts right the misspelt words of a query: a word that neither a stored question nor the encoder knows counts as the stored
/// word that is one slip away, if there is one that clearly comes before all others.
///
/// A candidate's claim is the number of questions that have it times the weight of the slip (`Misspellings`). The best
/// is taken if its claim is at least `clarity` times that of the next. Where more than `mostUnknown` words are
/// unknown, or more than a third of all, nothing is put right: that is another language, or no language.
///
/// It holds the memory it needs and allocates nothing after `init`. It serves one thread at a time.
public struct WordCorrector: ~Copyable {
  /// How many times the next best claim the best must be.
  public static var clarity: UInt64 { 4 }
  /// The most unknown words of a text that is put right.
  public static var mostUnknown: Int { 4 }

  /// The most letters of one alphabet that are tried in place of others.
  public static var mostLetters: Int { Misspellings.mostLetters }

  /// The number of words put right in the text last given.
  public internal(set) var count = 0
  /// The number of bytes of the words in the text last given, and of those that are known or were put right. A word here is
  /// one of letters that does not begin with a digit of ASCII, or an ideograph; of an unknown one the pieces count that
  /// have at least `longEnough` bytes.
  public internal(set) var wordBytes = 0
  public internal(set) var knownBytes = 0

  /// The fewest bytes of a piece within an unknown word that say something about its language.
  @usableFromInline static var longEnough: Int { 6 }

  /// Whether the text last given is in a language that the bundle has: at least three fifths of its words' bytes are known.
  /// One name or loan word that both languages share is no such evidence.
  public var isKnownLanguage: Bool { 5 * knownBytes >= 3 * wordBytes }

  @usableFromInline var tokenizer = Tokenizer()
  @usableFromInline var scanner = WordScanner()
  @usableFromInline var hashes: FixedBuffer<UInt64>
  @usableFromInline var questions: FixedBuffer<UInt32>
  private var misspellings: Misspellings
  private var text: Bytes
  private var words = 0
  private var unknown = 0
  private var buffer: FixedBuffer<UInt8>
  private var length = 0
  // Of each unknown word: its place in the text; if it was put right, its place in the corrected text; the number of its
  // bytes that are not known.
  private var places: FixedBuffer<UInt32>
  private var best = Claim()
  private var next = Claim()

  private struct Claim {
    var hash: UInt64 = 0
    var weight: UInt64 = 0
    var index = 0
  }

  /// Makes a corrector for normal forms of at most `maximumInput` bytes.
  ///
  /// - Parameter letters: The payload of `words/letters`.
  public init(maximumInput: Int, letters: [UInt8]) {
    misspellings = Misspellings(letters: letters)
    hashes = FixedBuffer(capacity: Misspellings.most)
    questions = FixedBuffer(capacity: Misspellings.most)
    // A letter left out adds at most three bytes.
    buffer = FixedBuffer(capacity: maximumInput + 3 * WordCorrector.mostUnknown)
    places = FixedBuffer(capacity: 5 * WordCorrector.mostUnknown)
    text = buffer.bytes(0)
  }

  /// The text last given with its words put right; the text itself if there was nothing to do. Valid until the next text.
  public var corrected: Bytes { count == 0 ? text : buffer.bytes(length) }

  /// Forgets the text last given.
  public mutating func clear() { begin(buffer.bytes(0)) }

  /// Word `index` of the words put right, as it was and as it is now; `nil` if `index` is not below `count`.
  public func correction(_ index: Int) -> (typed: Bytes, meant: Bytes)? {
    var found = 0
    for place in 0..<unknown where places[5 * place + 3] > 0 {
      if found == index, let typed = text.slice(Int(places[5 * place]), Int(places[5 * place + 1])),
        let meant = buffer.bytes(length).slice(Int(places[5 * place + 2]), Int(places[5 * place + 3]))
      {
        return (typed, meant)
      }
      found += 1
    }
    return nil
  }

  /// Puts the words of `normalForm` right, which its owner keeps alive and unchanged until the next text.
  ///
  /// One search in `words` for each word of a stored question; for each other one also some in `pieces`, and for each
  /// unknown one some thirty searches in `words` for each of its letters.
  ///
  /// - Throws: What the look-ups throw. Nothing is put right then.
  @inlinable
  public mutating func correct<Words: WordLookup, Pieces: PieceLookup>(
    _ normalForm: Bytes, words: Words, pieces: inout Pieces
  ) throws(BundleError) {
    begin(normalForm)
    while let word = nextWord() {
      try words.find(hashes, count: 1, questions: &questions)
      var known = word.bytes.count
      if questions[0] == HashTable.empty {
        known = try tokenizer.knownBytes(of: word.bytes, with: &pieces, longEnough: Self.longEnough)
      }
      note(word, knownBytes: known)
    }
    guard mayCorrect else { return }
    for place in 0..<unknownCount {
      try words.find(hashes, count: beginWord(place), questions: &questions)
      endWord(place)
    }
    end()
  }

  // MARK: Finding unknown words

  @usableFromInline
  mutating func begin(_ normalForm: Bytes) {
    text = normalForm
    scanner.begin(normalForm)
    count = 0
    wordBytes = 0
    knownBytes = 0
    words = 0
    unknown = 0
    length = 0
  }

  @usableFromInline
  mutating func nextWord() -> Word? {
    while let word = scanner.next() {
      guard word.kind != .symbol, word.bytes[0] &- 0x30 >= 10 else { continue }
      hashes[0] = WordHash.of(word.bytes)
      return word
    }
    return nil
  }

  @usableFromInline
  mutating func note(_ word: Word, knownBytes known: Int) {
    words += 1
    wordBytes += word.bytes.count
    knownBytes += known
    if known >= word.bytes.count { return }
    if unknown < Self.mostUnknown {
      places[5 * unknown] = UInt32(word.start)
      places[5 * unknown + 1] = UInt32(word.length)
      places[5 * unknown + 2] = 0
      places[5 * unknown + 3] = 0
      places[5 * unknown + 4] = UInt32(word.bytes.count - known)
    }
    unknown += 1
  }

  @usableFromInline
  var mayCorrect: Bool {
    unknown > 0 && unknown <= Self.mostUnknown && (unknown == 1 || 3 * unknown <= words)
  }

  // MARK: Choosing what was meant

  @usableFromInline var unknownCount: Int { unknown }

  /// Finds what the unknown word at `place` may mean, leaves the hashes of those words and returns how many they are.
  @usableFromInline
  mutating func beginWord(_ place: Int) -> Int {
    misspellings.find(
      text.slice(Int(places[5 * place]), Int(places[5 * place + 1])) ?? buffer.bytes(0), hashes: &hashes)
    return misspellings.count
  }

  private mutating func claim(_ index: Int) {
    let weight = UInt64(questions[index]) * UInt64(misspellings.weight(index))
    guard weight > 0 else { return }
    let claim = Claim(hash: hashes[index], weight: weight, index: index)
    // Two slips may lead to the same word.
    if claim.hash == best.hash {
      best.weight = max(best.weight, claim.weight)
    } else if claim.weight > best.weight {
      next = best
      best = claim
    } else if claim.weight > next.weight {
      next = claim
    }
  }

  @usableFromInline
  mutating func endWord(_ place: Int) {
    best = Claim()
    next = Claim()
    for index in 0..<misspellings.count where questions[index] != HashTable.empty { claim(index) }
    guard best.weight > 0, best.weight >= Self.clarity * next.weight else { return }
    copy(upTo: Int(places[5 * place]), before: place)
    let start = length
    length = misspellings.spell(best.index, into: &buffer, at: length)
    places[5 * place + 2] = UInt32(start)
    places[5 * place + 3] = UInt32(length - start)
  }

  @usableFromInline
  mutating func end() {
    for place in 0..<unknown where places[5 * place + 3] > 0 {
      count += 1
      knownBytes += Int(places[5 * place + 4])
    }
    if count > 0 { copy(upTo: text.count, before: unknown) }
  }

  /// Copies the text from the end of the last word put right before `place` up to `end`.
  private mutating func copy(upTo end: Int, before place: Int) {
    var offset = 0
    for earlier in 0..<place where places[5 * earlier + 3] > 0 {
      offset = Int(places[5 * earlier]) + Int(places[5 * earlier + 1])
    }
    while offset < end, length < buffer.capacity {
      buffer[length] = text[offset]
      length += 1
      offset += 1
    }
  }
}
