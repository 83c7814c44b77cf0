import CKernels
import Testing

@testable import BundleFormat

@Suite struct WordScannerTests {
  @Test(
    arguments: [
      ("", []), ("   ", []), ("-_.,;:!?()[]{}\"'`", []),
      ("what is c", ["what", "is", "c"]),
      ("state-of-the-art snake_case", ["state", "of", "the", "art", "snake", "case"]),
      ("c# c++ a*b", ["c", "#", "c", "+", "+", "a", "*", "b"]),
      ("50% @home r&d 1/2 c:\\dir", ["50", "%", "@", "home", "r", "&", "d", "1", "/", "2", "c", "\\", "dir"]),
      ("a<b=c>d|e~f^g$h", ["a", "<", "b", "=", "c", ">", "d", "|", "e", "~", "f", "^", "g", "$", "h"]),
      ("5€ 20°c ½ 10² h₂o", ["5", "€", "20", "°", "c", "½", "10²", "h₂o"]),
      ("don't o'clock", ["don't", "o'clock"]), ("don’t l’été", ["don't", "l'été"]),
      ("'quoted' dogs' 'n' a''b a'-b a’’b", ["quoted", "dogs", "n", "a", "b", "a", "b", "a", "b"]),
      ("rock'n'roll 5'6", ["rock'n'roll", "5'6"]),
      ("你好ab吗", ["你", "好", "ab", "吗"]), ("ひカ漢々〇", ["ひ", "カ", "漢", "々", "〇"]),
      // The mark of length is of the script Common, so it is a letter.
      ("コーヒー", ["コ", "ー", "ヒ", "ー"]), ("漢'字", ["漢", "字"]), ("a'漢", ["a", "漢"]),
      ("서울에서 ไทย हिन्दी", ["서울에서", "ไทย", "हिन्दी"]), ("q\u{323}\u{307}x", ["q\u{323}\u{307}x"]),
      ("😀👍🏽", ["😀", "👍", "🏽"]), ("👩\u{200D}💻", ["👩", "💻"]), ("🇩🇪", ["🇩", "🇪"]),
      // A variation selector is a mark.
      ("❤\u{FE0F}", ["❤", "\u{FE0F}"]),
      ("a\u{378}b\u{0}c\u{E000}d\u{200B}e", ["a", "b", "c", "d", "e"]),
    ] as [(String, [String])])
  func goldenWords(text: String, expected: [String]) {
    #expect(words(text).map(\.text) == expected)
  }

  @Test func wordsSayWhereTheyStandAndWhatTheyAre() {
    let found = words("é don’t漢 #")
    #expect(found.map(\.start) == [0, 3, 10, 14])
    #expect(found.map(\.length) == [2, 7, 3, 1])
    #expect(found.map(\.kind) == [.letters, .letters, .ideograph, .symbol])
  }

  @Test func longWordsAreCutAtAScalarBoundary() {
    #expect(words(String(repeating: "a", count: 65) + " b").map(\.text.utf8.count) == [64, 1])
    #expect(words(String(repeating: "a", count: 64)).map(\.text.utf8.count) == [64])
    #expect(words("a" + String(repeating: "é", count: 40)).map(\.text.utf8.count) == [63])
    #expect(words(String(repeating: "\u{1F1}x", count: 40)).map(\.length) == [120])
    #expect(words("ab" + String(repeating: "ท", count: 40)).map(\.text.utf8.count) == [62])
    #expect(words(String(repeating: "a", count: 63) + "𐐨").map(\.text.utf8.count) == [63])
    // The apostrophe counts as the one byte it becomes.
    #expect(words("a’" + String(repeating: "b", count: 70)).map(\.text.utf8.count) == [64])
    #expect(words("a’" + String(repeating: "b", count: 61) + "éc").map(\.text.utf8.count) == [63])
  }

  @Test func bytesThatAreNotTextSeparateWords() {
    #expect(words([0x61, 0xFF, 0x62, 0xE2, 0x82, 0x63, 0xC3]).map(\.text) == ["a", "b", "c"])
    #expect(words([0x61, 0x27, 0xFF, 0x62]).map(\.text) == ["a", "b"])
  }

  @Test func everyScalarHasTheClassOfItsCategory() {
    // The standard library's Unicode may be newer: only what was assigned before Unicode 15 is compared. The standard
    // library does not tell scripts, so an ideograph is taken on trust.
    for value in [0...0xD7FF, 0xE000...0x10_FFFF].joined() {
      let scalar = Unicode.Scalar(UInt32(value))!
      guard let age = scalar.properties.age, age.major < 15 else { continue }
      let found = words(String(scalar)).first?.kind
      let expected: Word.Kind?
      switch scalar.properties.generalCategory {
      case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
        .spacingMark, .enclosingMark, .decimalNumber, .letterNumber, .otherNumber:
        expected = .letters
      case .mathSymbol, .currencySymbol, .otherSymbol, .modifierSymbol: expected = scalar == "`" ? nil : .symbol
      default: expected = "#%&@*/\\".unicodeScalars.contains(scalar) ? .symbol : nil
      }
      if found != expected, found != .ideograph {
        Issue.record("U+\(String(value, radix: 16)) is \(String(describing: found))")
      }
    }
  }
}

@Suite struct TokenizerTests {
  let vocabulary = ["un", "unhappy", "happy", "do", "don't", "c", "#", "漢", "é", "a", "ab", "abc", "n"]
  let continuations = ["happy", "hap", "py", "s", "'t", "t", "é", "b", "bc", "d", "#"]

  @Test(
    arguments: [
      ("", []), ("...", []), ("xyz", []),
      ("unhappy", ["unhappy"]), ("unhappys", ["unhappy", "+s"]), ("undo", ["un", "+d"]), ("uno", ["un"]),
      ("happyhappy", ["happy", "+happy"]), ("happyhapt", ["happy", "+hap", "+t"]),
      // The longest piece is taken, even where a shorter one would have let the rest match.
      ("abcd", ["abc", "+d"]), ("abd", ["ab", "+d"]), ("abb", ["ab", "+b"]),
      // After a skipped scalar the word goes on.
      ("xhappy", ["+happy"]), ("xa", []), ("éé", ["é", "+é"]), ("żhappys", ["+happy", "+s"]),
      ("don't don’t do't", ["don't", "don't", "do", "+'t"]),
      ("c# 漢漢", ["c", "#", "漢", "漢"]), ("##", ["#", "#"]),
      ("happys happy", ["happy", "+s", "happy"]),
    ] as [(String, [String])])
  func goldenPieces(text: String, expected: [String]) throws {
    var lookup = MemoryLookup(starts: vocabulary, continuations: continuations)
    #expect(try tokens(text, with: &lookup).map { lookup.names[Int($0)] } == expected)
  }

  @Test func piecesHaveAtMost24BytesAndEndAtAScalarBoundary() throws {
    let long = String(repeating: "a", count: 24)
    var lookup = MemoryLookup(
      starts: [long, long + "a", "é", String(repeating: "é", count: 12)], continuations: [long + "a", "a"])
    #expect(try tokens(long + "aa", with: &lookup).map { lookup.names[Int($0)] } == [long, "+a", "+a"])
    #expect(lookup.longestAsked == 24)
    #expect(lookup.malformedAsked == 0)
    lookup = MemoryLookup(starts: [], continuations: [])
    #expect(try tokens("x" + String(repeating: "é", count: 40), with: &lookup) == [])
    #expect(lookup.longestAsked == 24)
    #expect(lookup.malformedAsked == 0)
    #expect(lookup.asked[0] == "x" + String(repeating: "é", count: 11), "longest first")
  }

  @Test func nothingBeyondTheFirst64BytesOfAWordIsAskedFor() throws {
    var lookup = MemoryLookup(starts: [], continuations: ["b"])
    #expect(try tokens(String(repeating: "a", count: 63) + "bbb", with: &lookup).count == 1)
  }

  @Test func textHasAtMost128Pieces() throws {
    var lookup = MemoryLookup(starts: ["a"], continuations: ["b"])
    #expect(try tokens(Array(repeating: "a", count: 128).joined(separator: " "), with: &lookup).count == 128)
    #expect(try tokens(Array(repeating: "a", count: 129).joined(separator: " "), with: &lookup).count == 128)
    #expect(try tokens(Array(repeating: "abb", count: 100).joined(separator: " "), with: &lookup).count == 128)
    let asked = lookup.asked.count
    #expect(try tokens(Array(repeating: "a", count: 4000).joined(separator: " "), with: &lookup).count == 128)
    #expect(lookup.asked.count == asked + 128)
  }

  @Test func piecesOutsideTheTextReadAsZero() throws {
    var lookup = MemoryLookup(starts: ["x", "a"], continuations: [])
    var tokenizer = Tokenizer()
    #expect(tokenizer.piece(0) == 0)
    _ = try tokenizer.tokenize("a a", with: &lookup)
    #expect([-1, 0, 1, 2, 128, .max].map { tokenizer.piece($0) } == [0, 1, 1, 0, 0, 0])
    #expect(try tokenizer.tokenize("a", with: &lookup) == 1)
    #expect(tokenizer.piece(1) == 0)
  }

  @Test func errorsOfTheVocabularyEndTheText() {
    var lookup = DamagedLookup(soundLookups: 3)
    var tokenizer = Tokenizer()
    #expect(throws: BundleError.malformedSection(.encoderPieces)) { try tokenizer.tokenize("a b c d e", with: &lookup) }
    #expect(tokenizer.count == 3)
  }

  @Test func whatPrecedesAWordDoesNotChangeItsPieces() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      let first = randomText(using: &random)
      let second = randomText(using: &random)
      var lookup = HashLookup()
      let apart = try tokens(first, with: &lookup) + tokens(second, with: &lookup)
      #expect(
        try tokens(first + " " + second, with: &lookup) == apart,
        "\(first.debugDescription), \(second.debugDescription)")
    }
  }

  @Test func agreesWithASlowTokenizer() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      let text = randomText(using: &random)
      var lookup = HashLookup()
      #expect(try tokens(text, with: &lookup) == slowTokens(text), "\(text.debugDescription)")
    }
  }

  @Test func anyBytesCanBeTokenized() throws {
    var random = SystemRandomNumberGenerator()
    for _ in 0..<5_000 {
      let bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
        UInt8.random(in: Bool.random(using: &random) ? 0...255 : 0x61...0x63, using: &random)
      }
      var lookup = HashLookup()
      let found = try withText(bytes) { text throws(BundleError) in
        var tokenizer = Tokenizer()
        return try tokenizer.tokenize(text, with: &lookup)
      }
      #expect(found <= 128, "\(bytes)")
    }
  }
}

private struct FoundWord {
  let text: String
  let start: Int
  let length: Int
  let kind: Word.Kind
}

private func words(_ text: String) -> [FoundWord] { words(Array(text.utf8)) }

private func words(_ text: [UInt8]) -> [FoundWord] {
  withText(text) { bytes in
    var scanner = WordScanner()
    scanner.begin(bytes)
    var found: [FoundWord] = []
    while let word = scanner.next() {
      found.append(FoundWord(text: string(word.bytes), start: word.start, length: word.length, kind: word.kind))
    }
    return found
  }
}

private func tokens<Lookup: PieceLookup>(_ text: String, with lookup: inout Lookup) throws(BundleError) -> [UInt32] {
  var tokenizer = Tokenizer()
  let count = try tokenizer.tokenize(text, with: &lookup)
  #expect(count == tokenizer.count)
  return (0..<count).map { tokenizer.piece($0) }
}

extension Tokenizer {
  fileprivate mutating func tokenize<Lookup: PieceLookup>(
    _ text: String, with lookup: inout Lookup
  ) throws(BundleError) -> Int {
    let utf8 = Array(text.utf8)
    var buffer = FixedBuffer<UInt8>(capacity: utf8.count)
    for (index, byte) in utf8.enumerated() { buffer[index] = byte }
    defer { withExtendedLifetime(buffer) {} }
    return try tokenize(buffer.bytes(utf8.count), with: &lookup)
  }
}

private func withText<Result, Failure: Error>(
  _ text: [UInt8], _ body: (Bytes) throws(Failure) -> Result
) throws(Failure) -> Result {
  var buffer = FixedBuffer<UInt8>(capacity: text.count)
  for (index, byte) in text.enumerated() { buffer[index] = byte }
  defer { withExtendedLifetime(buffer) {} }
  return try body(buffer.bytes(text.count))
}

private func string(_ bytes: Bytes) -> String {
  String(decoding: (0..<bytes.count).map { bytes[$0] }, as: UTF8.self)
}

/// A vocabulary of a few pieces, numbered in the order given, that notes what it is asked for.
private struct MemoryLookup: PieceLookup {
  let names: [String]
  var asked: [String] = []
  var longestAsked = 0
  var malformedAsked = 0

  init(starts: [String], continuations: [String]) { names = starts + continuations.map { "+" + $0 } }

  mutating func piece(_ hash: UInt64, _ text: Bytes, isStart: Bool) throws(BundleError) -> UInt32? {
    let bytes = (0..<text.count).map { text[$0] }
    if String(validating: bytes, as: UTF8.self) == nil { malformedAsked += 1 }
    #expect(hash == KeyHash.of(text, domain: isStart ? KeyHash.startPiece : KeyHash.continuationPiece))
    longestAsked = max(longestAsked, text.count)
    asked.append(string(text))
    let name = (isStart ? "" : "+") + string(text)
    // Strings are equal when they look the same; pieces only when their scalars are.
    return names.firstIndex { $0.unicodeScalars.elementsEqual(name.unicodeScalars) }.map { UInt32($0) }
  }
}

/// A vocabulary that has about every third piece there can be.
private struct HashLookup: PieceLookup {
  mutating func piece(_ hash: UInt64, _ text: Bytes, isStart: Bool) throws(BundleError) -> UInt32? {
    hash % 3 == 0 ? UInt32(truncatingIfNeeded: hash >> 32) : nil
  }
}

private struct DamagedLookup: PieceLookup {
  var soundLookups: Int

  mutating func piece(_ hash: UInt64, _ text: Bytes, isStart: Bool) throws(BundleError) -> UInt32? {
    if soundLookups == 0 { throw .malformedSection(.encoderPieces) }
    soundLookups -= 1
    return 7
  }
}

private func randomText(using random: inout SystemRandomNumberGenerator) -> String {
  let scalars = Array("aaabbcdeé'’ -_#+/漢字かカー₂²½😀\u{301}\u{FE0F}\u{378}ทไ𐐨'".unicodeScalars)
  let count = Int.random(in: 0...40, using: &random)
  var text = String.UnicodeScalarView()
  text.append(contentsOf: (0..<count).map { _ in scalars.randomElement(using: &random)! })
  return String(text)
}

/// What `Tokenizer` does, word for word from its description.
private func slowTokens(_ text: String) -> [UInt32] {
  let scalars = Array(text.unicodeScalars)
  let classes = scalars.map { unicode_word_class($0.value) }
  func isLetter(_ index: Int) -> Bool { classes.indices.contains(index) && classes[index] == UNICODE_CLASS_WORD }
  let belongs = scalars.indices.map { index in
    isLetter(index) || classes[index] == UNICODE_CLASS_APOSTROPHE && isLetter(index - 1) && isLetter(index + 1)
  }
  var words: [[Unicode.Scalar]] = []
  for index in scalars.indices {
    if belongs[index] {
      if index == 0 || !belongs[index - 1] { words.append([]) }
      words[words.count - 1].append(scalars[index] == "\u{2019}" ? "'" : scalars[index])
    } else if classes[index] == UNICODE_CLASS_IDEOGRAPH || classes[index] == UNICODE_CLASS_SYMBOL {
      words.append([scalars[index]])
    }
  }
  var found: [UInt32] = []
  for word in words {
    var seen = word
    while length(seen[...]) > 64 { seen.removeLast() }
    var position = 0
    while position < seen.count {
      var next = position + 1
      for end in (position + 1...seen.count).reversed() where length(seen[position..<end]) <= 24 {
        var hash = KeyHash(domain: position == 0 ? KeyHash.startPiece : KeyHash.continuationPiece)
        for byte in seen[position..<end].flatMap({ Array(String($0).utf8) }) { hash.add(byte) }
        if hash.value % 3 == 0 {
          found.append(UInt32(truncatingIfNeeded: hash.value >> 32))
          next = end
          break
        }
      }
      position = next
    }
  }
  return Array(found.prefix(128))
}

private func length(_ scalars: ArraySlice<Unicode.Scalar>) -> Int { scalars.reduce(0) { $0 + String($1).utf8.count } }
