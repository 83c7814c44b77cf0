import BundleFormat

/// The words of the stored questions, and the table in which a reader looks up what a misspelt word may mean.
struct StoredWords: WordLookup, Sendable {
  /// The slots of `words/table`: in place of an ordinal the number of questions that have the word.
  let slots: [UInt64]
  /// The letters of `words/letters`: those of the words that a misspelling may be taken for, ascending.
  let letters: [UInt32]

  /// Collects the words of these normal forms.
  init(_ normalForms: some Collection<[UInt8]>) {
    let counts = Self.counts(normalForms)
    var table = HashTableBuilder(count: counts.count)
    var uses: [UInt32: Int] = [:]
    // Sorted, because the order of a dictionary differs from run to run.
    for (word, count) in counts.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let isMeant = Self.mayBeMeant(word)
      table.add(word.withBytes { WordHash.of($0) }, ordinal: isMeant ? UInt32(clamping: min(count, 1 << 24)) : 0)
      guard isMeant else { continue }
      for letter in String(decoding: word, as: UTF8.self).unicodeScalars { uses[letter.value, default: 0] += count }
    }
    slots = table.slots
    letters = Self.frequent(uses)
  }

  /// The bytes of `words/table`.
  var encodedTable: [UInt8] { HashTableBuilder.encode(slots) }

  /// The bytes of `words/letters`.
  var encodedLetters: [UInt8] {
    var bytes: [UInt8] = []
    for letter in letters { bytes.append(littleEndian: letter) }
    return bytes
  }

  func find(_ hashes: borrowing FixedBuffer<UInt64>, count: Int, questions: inout FixedBuffer<UInt32>) {
    for index in 0..<count {
      var slot = HashTable.firstSlot(hashes[index], slots: slots.count)
      while slots[slot] != UInt64.max, UInt32(truncatingIfNeeded: slots[slot]) != HashTable.tag(hashes[index]) {
        slot = (slot + 1) & (slots.count - 1)
      }
      questions[index] = UInt32(slots[slot] >> 32)
    }
  }

  private static func counts(_ normalForms: some Collection<[UInt8]>) -> [[UInt8]: Int] {
    var counts: [[UInt8]: Int] = [:]
    var scanner = WordScanner()
    for form in normalForms {
      var own: Set<[UInt8]> = []
      form.withBytes { bytes in
        scanner.begin(bytes)
        while let word = scanner.next() {
          if word.kind != .symbol { own.insert(word.bytes.copied) }
        }
      }
      for word in own { counts[word, default: 0] += 1 }
    }
    return counts
  }

  // A spelt number has others a slip or two away, and a wrong one is a wrong answer.
  private static let numbers: Set<String> = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty", "fifty",
    "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "billion", "first", "second", "third",
    "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth",
  ]

  /// Whether a misspelling may be taken for the word: four letters or more of one alphabet, no number.
  private static func mayBeMeant(_ word: [UInt8]) -> Bool {
    let text = String(decoding: word, as: UTF8.self)
    let alphabets = text.unicodeScalars.map { Alphabet.of($0.value) }
    guard alphabets.count >= 4, let first = alphabets[0] else { return false }
    return alphabets.allSatisfy { $0 == first } && !numbers.contains(text)
      && !text.allSatisfy { "ivxlcdm".contains($0) }
  }

  /// Of each alphabet the letters most used, as many as a reader tries.
  private static func frequent(_ uses: [UInt32: Int]) -> [UInt32] {
    var chosen: [UInt32] = []
    var taken: [Alphabet: Int] = [:]
    for (letter, _) in uses.sorted(by: { ($1.value, $0.key) < ($0.value, $1.key) }) {
      guard let alphabet = Alphabet.of(letter), taken[alphabet, default: 0] < WordCorrector.mostLetters else {
        continue
      }
      taken[alphabet, default: 0] += 1
      chosen.append(letter)
    }
    return chosen.sorted()
  }
}
