/// The words that a word may have been meant as: all at one slip of the fingers or of the memory from it.
///
/// Slips, with their weights: two neighbouring letters exchanged (4); a letter doubled (4); a letter left out (2); a letter of
/// a to z in place of one whose key touches it (2), or a vowel in place of another (1); a letter too many (1), as the word's
/// first letter only if its key touches that of the second; in place of a letter that is not a to z, or such a letter in place of another: any
/// of its alphabet (1). Other letters of a to z are not mistaken for one another: what such changes join are mostly words of
/// their own.
///
/// It holds the memory it needs and allocates nothing after `init`.
struct Misspellings: ~Copyable {
  /// The fewest and the most letters of a word that is looked at.
  static var shortestWord: Int { 4 }
  static var longestWord: Int { 20 }
  /// The most letters of one alphabet.
  static var mostLetters: Int { 64 }

  /// The most words found for one. Exchanged and too many: one of each for a place; wrong and left out: for a place and a
  /// letter.
  static var most: Int { 2 * longestWord + (2 * longestWord + 1) * mostLetters }

  /// The number of words found for the word last given.
  private(set) var count = 0

  private var slips: FixedBuffer<UInt32>
  private var letters: FixedBuffer<UInt32>
  private var letterCount = 0
  private var word: FixedBuffer<UInt32>
  private var length = 0
  private var prefixes: FixedBuffer<UInt64>
  private var powers: FixedBuffer<UInt64>

  private enum Kind: UInt32 {
    case exchanged = 0
    case tooMany, wrong, leftOut
  }

  /// Prepares for words of these letters, sorted; what goes beyond `mostLetters` of one alphabet is not used.
  init(letters given: [UInt8]) {
    slips = FixedBuffer(capacity: Self.most)
    letters = FixedBuffer(capacity: given.count / 4)
    word = FixedBuffer(capacity: Self.longestWord)
    prefixes = FixedBuffer(capacity: Self.longestWord + 1)
    powers = FixedBuffer(capacity: Self.longestWord + 2)
    var power: UInt64 = 1
    for exponent in 0..<powers.capacity {
      powers[exponent] = power
      power = power &* WordHash.base
    }
    for index in 0..<given.count / 4 {
      var letter: UInt32 = 0
      for byte in 0..<4 { letter |= UInt32(given[4 * index + byte]) << UInt32(8 * byte) }
      guard Alphabet.of(letter) != nil else { continue }
      letters[letterCount] = letter
      letterCount += 1
    }
  }

  /// The weight of the slip that leads to the word at `index`.
  func weight(_ index: Int) -> UInt32 { slips[index] & 7 }

  /// Finds the words that `text` may have been meant as. Their `WordHash` values go to `hashes`, of
  /// which there are at least `most`. O(letters × length).
  ///
  /// None if it is not all of one alphabet, or too short or too long, or all of it are letters of Roman numerals.
  mutating func find(_ text: Bytes, hashes: inout FixedBuffer<UInt64>) {
    count = 0
    guard let alphabet = take(text) else { return }
    for place in 0..<length {
      if place + 1 < length, word[place] != word[place + 1] { addExchanged(place, &hashes) }
      addTooMany(place, &hashes)
    }
    var used = 0
    for index in 0..<letterCount where used < Self.mostLetters {
      let letter = letters[index]
      guard Alphabet.of(letter) == alphabet else { continue }
      used += 1
      for place in 0..<length { addWrong(place, letter, &hashes) }
      for place in 0...length where length < Self.longestWord { addLeftOut(place, letter, &hashes) }
    }
  }

  // MARK: The word

  private mutating func take(_ text: Bytes) -> Alphabet? {
    length = 0
    var alphabet: Alphabet?
    var offset = 0
    var isNumeral = true
    while offset < text.count {
      let scalar = text.scalar(at: offset)
      guard length < Self.longestWord, let own = Alphabet.of(scalar.value), alphabet == nil || alphabet == own else {
        return nil
      }
      alphabet = own
      isNumeral = isNumeral && Self.isRoman(scalar.value)
      prefixes[length + 1] = WordHash.extend(prefixes[length], by: scalar.value)
      word[length] = scalar.value
      length += 1
      offset += scalar.length
    }
    return length >= Self.shortestWord && !isNumeral ? alphabet : nil
  }

  // c, d, i, l, m, v, x.
  private static func isRoman(_ letter: UInt32) -> Bool {
    letter &- 0x61 < 26 && 0x00A0_190C >> (letter - 0x61) & 1 != 0
  }

  /// The polynomial of the letters from `place` on.
  private func suffix(_ place: Int) -> UInt64 { prefixes[length] &- prefixes[place] &* powers[length - place] }

  // MARK: Slips

  @inline(__always)
  private mutating func add(
    _ polynomial: UInt64, _ kind: Kind, _ place: Int, letter: UInt32, weight: UInt32,
    _ hashes: inout FixedBuffer<UInt64>
  ) {
    guard count < Self.most else { return }
    hashes[count] = WordHash.value(polynomial)
    slips[count] = letter << 10 | UInt32(place) << 5 | kind.rawValue << 3 | weight
    count += 1
  }

  private mutating func addExchanged(_ place: Int, _ hashes: inout FixedBuffer<UInt64>) {
    let difference = UInt64(word[place + 1]) &- UInt64(word[place])
    let polynomial =
      prefixes[length] &+ difference &* powers[length - 1 - place] &- difference &* powers[length - 2 - place]
    add(polynomial, .exchanged, place, letter: 0, weight: 4, &hashes)
  }

  private mutating func addTooMany(_ place: Int, _ hashes: inout FixedBuffer<UInt64>) {
    guard length > Self.shortestWord else { return }
    let isDoubled = place > 0 && word[place - 1] == word[place]
    // Of two equal letters either may go; one is enough.
    if place + 1 < length, word[place + 1] == word[place] { return }
    if place == 0, !isDoubled, word[0] &- 0x61 < 26, !LatinLetter.areNeighbours(word[0], word[1]) { return }
    add(
      prefixes[place] &* powers[length - 1 - place] &+ suffix(place + 1), .tooMany, place, letter: 0,
      weight: isDoubled ? 4 : 1, &hashes)
  }

  private mutating func addWrong(_ place: Int, _ letter: UInt32, _ hashes: inout FixedBuffer<UInt64>) {
    let typed = word[place]
    guard letter != typed else { return }
    var weight: UInt32 = 1
    if letter &- 0x61 < 26, typed &- 0x61 < 26 {
      if LatinLetter.areNeighbours(letter, typed) {
        weight = 2
      } else if !LatinLetter.areVowels(letter, typed) {
        return
      }
    }
    let difference = UInt64(letter) &- UInt64(typed)
    add(
      prefixes[length] &+ difference &* powers[length - 1 - place], .wrong, place, letter: letter, weight: weight,
      &hashes)
  }

  private mutating func addLeftOut(_ place: Int, _ letter: UInt32, _ hashes: inout FixedBuffer<UInt64>) {
    // Before or after an equal letter is the same word.
    if place < length, word[place] == letter { return }
    let polynomial = WordHash.extend(prefixes[place], by: letter) &* powers[length - place] &+ suffix(place)
    add(polynomial, .leftOut, place, letter: letter, weight: 2, &hashes)
  }

  // MARK: Spelling

  /// Writes the word at `index` as UTF-8 into `output` from `offset` and returns where it ends; no more than `output` holds.
  func spell(_ index: Int, into output: inout FixedBuffer<UInt8>, at offset: Int) -> Int {
    let place = Int(slips[index] >> 5 & 31)
    let letter = slips[index] >> 10
    var end = offset
    for position in 0..<length {
      switch Kind(rawValue: slips[index] >> 3 & 3) {
      case .exchanged where position == place: end = output.append(word[place + 1], at: end)
      case .exchanged where position == place + 1: end = output.append(word[place], at: end)
      case .tooMany where position == place: break
      case .wrong where position == place: end = output.append(letter, at: end)
      case .leftOut where position == place:
        end = output.append(letter, at: end)
        end = output.append(word[position], at: end)
      default: end = output.append(word[position], at: end)
      }
    }
    if Kind(rawValue: slips[index] >> 3 & 3) == .leftOut, place == length { end = output.append(letter, at: end) }
    return end
  }
}

extension FixedBuffer where Element == UInt8 {
  /// Writes a letter of an alphabet as UTF-8 at `offset`, if there is room, and returns where the next one goes.
  fileprivate mutating func append(_ scalar: UInt32, at offset: Int) -> Int {
    guard offset + 3 <= capacity else { return offset }
    if scalar < 0x80 {
      self[offset] = UInt8(truncatingIfNeeded: scalar)
      return offset + 1
    }
    let last = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
    if scalar < 0x800 {
      self[offset] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
      self[offset + 1] = last
      return offset + 2
    }
    self[offset] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
    self[offset + 1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
    self[offset + 2] = last
    return offset + 3
  }
}
