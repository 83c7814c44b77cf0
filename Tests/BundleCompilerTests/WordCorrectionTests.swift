import BundleFormat
import Testing

@testable import BundleCompiler

/// What counts as a misspelling of a stored word, and what never does.
@Suite struct WordCorrectionTests {
  private struct Corrector: ~Copyable {
    var corrector: WordCorrector
    let words: StoredWords
    var pieces: Vocabulary

    init(_ questions: [String], pieces known: [String] = []) {
      var normalizer = TextNormalizer(maximumInput: 4096)
      words = StoredWords(
        questions.map { question in
          let length = (try? Array(question.utf8).withBytes { try normalizer.normalize($0) }) ?? 0
          return normalizer.output.slice(0, length)?.copied ?? []
        })
      corrector = WordCorrector(maximumInput: 4096, letters: words.encodedLetters)
      pieces = Vocabulary(capacity: max(known.count, 1))
      for piece in known { _ = pieces.add(Prior.Piece(text: Array(piece.utf8), isStart: true)) }
    }

    mutating func callAsFunction(_ text: String) -> String {
      Array(text.utf8).withBytes { bytes in
        do {
          try corrector.correct(bytes, words: words, pieces: &pieces)
        } catch {
          return "\(error)"
        }
        return String(decoding: corrector.corrected.copied, as: UTF8.self)
      }
    }
  }

  private static let questions = [
    "How do I renew my library card?", "Where is the parking garage?", "Can I borrow a laptop for the weekend?",
    "What does a lost library card cost?", "Is the reading room open on Sunday?",
  ]

  @Test(arguments: [
    ("how do i renew my libary card", "how do i renew my library card"),
    ("how do i renew my libraary card", "how do i renew my library card"),
    ("how do i renew my lirbary card", "how do i renew my library card"),
    ("how do i renew my librart card", "how do i renew my library card"),
    ("parkign garaje", "parking garaje"),
    ("where is the parkimg garage, on sunday the laptopp", "where is the parking garage, on sunday the laptop"),
    ("librarx", "librarx"),
  ])
  func aWordOneSlipFromAStoredWordCountsAsIt(typed: String, meant: String) {
    var corrector = Corrector(Self.questions, pieces: ["garaje"])
    #expect(corrector(typed) == meant)
  }

  @Test func whatStandsBetweenTheWordsStaysAsItIs() {
    var corrector = Corrector(Self.questions)
    #expect(
      corrector("\"libary\" - (how_i-borrow, parking_garrage a): 3½ €?!")
        == "\"library\" - (how_i-borrow, parking_garage a): 3½ €?!")
    #expect(corrector.corrector.count == 2)
    let first = corrector.corrector.correction(0)
    #expect(first?.typed.copied == Array("libary".utf8) && first?.meant.copied == Array("library".utf8))
    #expect(corrector.corrector.correction(2) == nil)
  }

  @Test(arguments: [
    "error 4041", "model x200b", "section iiic", "lib2ary card", "code libary1", "what's libarys'd", "roo open",
  ])
  func numbersCodesAndShortWordsStay(text: String) {
    var corrector = Corrector(Self.questions + ["error 4042", "model x200", "section iiid", "code library1"])
    #expect(corrector(text) == text)
  }

  @Test func aSpelledNumberIsNeverMeant() {
    var corrector = Corrector(["who turns sixty today", "who is the one of the seven samurai"])
    #expect(corrector("who turns sixt today") == "who turns sixt today")
    #expect(corrector("sevven samurai") == "sevven samurai")
    #expect(corrector("who is the samuraii") == "who is the samurai")
  }

  @Test func aKnownWordIsNeverChanged() {
    var corrector = Corrector(["open the window", "close the windows"], pieces: ["widow"])
    #expect(corrector("open the windows") == "open the windows")
    #expect(corrector("open the widow") == "open the widow")
    #expect(corrector("open the winow") == "open the window")
  }

  @Test func twoWordsOfEqualClaimLeaveTheTypedOne() {
    var corrector = Corrector(["the bike lane", "the bake shop"])
    #expect(corrector("the buke lane") == "the buke lane")
    var frequent = Corrector(Array(repeating: "the bike lane", count: 8) + ["the bake shop"])
    #expect(frequent("the buke lane") == "the bike lane")
  }

  @Test func aTextOfManyUnknownWordsIsAnotherLanguage() {
    var corrector = Corrector(Self.questions)
    let text = "wo ist die librari und das parkhaus"
    #expect(corrector(text) == text)
    #expect(corrector.corrector.knownBytes < corrector.corrector.wordBytes)
  }

  @Test func otherAlphabetsHaveSlipsToo() {
    var corrector = Corrector(["Где находится библиотека?", "Πού είναι η βιβλιοθήκη;", "où est la bibliothèque"])
    #expect(corrector("где находится библотека") == "где находится библиотека")
    #expect(corrector("πού είναι η βιβλιοθηκη") == "πού είναι η βιβλιοθήκη")
    #expect(corrector("où est la bibliotheque") == "où est la bibliothèque")
    // One word of two alphabets is no slip.
    #expect(corrector("где находится библиoтека") == "где находится библиoтека")
  }

  @Test func everyTextIsSurvivedAndTheLongestFits() {
    var corrector = Corrector(Self.questions)
    let words = [
      "libary", "library", "ß", "é", "日本", "👩‍👩‍👧", "e\u{301}", "\u{200F}", "x’y", "9", "parkin", "ﬁ", "-", "\u{0}",
    ]
    var random = SeededGenerator(seed: 11)
    for _ in 0..<2_000 {
      let text = (0..<Int(random.next() % 12)).map { _ in words[Int(random.next() % UInt64(words.count))] }
        .joined(separator: random.next() % 3 == 0 ? "" : " ")
      _ = corrector(text)
    }
    let long = "libary " + String(repeating: "card ", count: 815) + "libary"
    #expect(corrector(long).utf8.count == long.utf8.count + 2)
  }

  @Test func theTableIsTheSameWhateverTheOrderOfItsWords() {
    #expect(StoredWords(Self.forms).encodedTable == StoredWords(Self.forms).encodedTable)
    #expect(StoredWords(Self.forms).letters == StoredWords(Self.forms).letters.sorted())
  }

  private static let forms = questions.map { Array($0.lowercased().utf8) }
}
