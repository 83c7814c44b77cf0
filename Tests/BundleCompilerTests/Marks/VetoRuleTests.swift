import BundleCompiler
import BundleFormat
import TestSupport
import Testing

/// Two questions that contradict each other are told apart, and two that agree are not.
@Suite struct VetoRuleTests {
  private static let texts = Result { try MarkedTexts() }

  static func normalForms(_ texts: [String]) throws -> [[UInt8]] {
    var normalizer = TextNormalizer(maximumInput: 4096)
    return try texts.map { text in
      _ = try Array(text.utf8).withBytes { try normalizer.normalize($0) }
      return normalizer.output.copied
    }
  }

  static func marks(_ questions: [String]) throws -> [[UInt8]] {
    try texts.get().marks(try normalForms(questions))
  }

  static func conflicts(_ first: [UInt8], _ second: [UInt8], slots: VetoKinds = .none) -> VetoKinds {
    first.withBytes { first in
      second.withBytes { VetoRule.conflicts(QuestionMarks(first), QuestionMarks($0), slots: slots) }
    }
  }

  @Test(arguments: [
    (VetoKind.number, VetoTable.number), (.unit, VetoTable.unit), (.date, VetoTable.date), (.code, VetoTable.code),
    (.negation, VetoTable.negation), (.antonym, VetoTable.antonym), (.direction, VetoTable.direction),
    (nil, VetoTable.none),
  ])
  func everyPairOfTheTableGetsItsVerdict(kind: VetoKind?, table: String) throws {
    for pair in VetoTable.pairs(table) {
      let marks = try Self.marks([pair.first, pair.second])
      let found = Self.conflicts(marks[0], marks[1])
      #expect(found == kind.map { VetoKinds($0) } ?? .none, "\(pair.first) | \(pair.second)")
      #expect(Self.conflicts(marks[1], marks[0]) == found, "\(pair.second) | \(pair.first)")
    }
  }

  private static var questions: [String] {
    let tables = [
      VetoTable.number, VetoTable.unit, VetoTable.date, VetoTable.code, VetoTable.negation, VetoTable.antonym,
      VetoTable.direction, VetoTable.none,
    ]
    return tables.flatMap { VetoTable.pairs($0).flatMap { [$0.first, $0.second] } }
  }

  @Test func aQuestionNeverContradictsItself() throws {
    for marks in try Self.marks(Self.questions) { #expect(Self.conflicts(marks, marks).isEmpty) }
  }

  @Test(arguments: ["please ", "hello, ", "could you tell me: "]) func courtesyContradictsNothing(opening: String)
    throws
  {
    let questions = Self.questions
    let plain = try Self.marks(questions)
    let polite = try Self.marks(questions.map { opening + $0 + ", thanks" })
    for index in plain.indices { #expect(Self.conflicts(polite[index], plain[index]).isEmpty, "\(questions[index])") }
  }

  @Test func aSlotIsNoContradiction() throws {
    let marks = try Self.marks(["set a timer for 4 minutes", "set a timer for an hour", "set a timer for 9 minutes"])
    let slots = EntrySlots([marks[0], marks[1]]).kinds
    #expect(slots == [VetoKinds(.number), VetoKinds(.unit)])
    #expect(Self.conflicts(marks[2], marks[0]) == VetoKinds(.number))
    #expect(Self.conflicts(marks[2], marks[0], slots: slots).isEmpty)
    #expect(EntrySlots([marks[0]]).kinds.isEmpty)
  }

  @Test func aWordingTakenAwayTakesItsSlotsWithIt() throws {
    let marks = try Self.marks(Array(Self.questions.prefix(80)))
    var slots = EntrySlots(marks)
    var random = SeededRandom()
    var order = Array(marks.indices)
    order.shuffle(using: &random)
    for (removed, index) in order.enumerated() {
      marks[index].withBytes { slots.remove(QuestionMarks($0)) }
      let rest = EntrySlots(order[(removed + 1)...].map { marks[$0] })
      #expect(slots.kinds == rest.kinds, "seed \(random.seed)")
    }
  }

  @Test func onlyACandidateThatAgreesMayPassAVetoedOneOfAnotherEntry() throws {
    let marks = try Self.marks([
      "book a table for 3 people", "book a table for 2 people", "book a table", "book a table for three people",
    ])
    marks[0].withBytes { query in
      var choice = VetoChoice(QuestionMarks(query))
      func offer(_ owner: UInt32, _ row: Int) -> Bool {
        marks[row].withBytes { choice.offer(owner: owner, QuestionMarks($0), slots: .none) }
      }
      func isRival(_ owner: UInt32, _ row: Int) -> Bool {
        marks[row].withBytes { choice.isRival(owner: owner, QuestionMarks($0), slots: .none) }
      }
      #expect(!offer(1, 1))
      #expect(choice.nearestVetoes == VetoKinds(.number))
      // Another entry that tells no number may not answer; one with the right number may.
      #expect(!offer(2, 2))
      #expect(offer(3, 3))
      #expect(!isRival(1, 1) && isRival(2, 2) && !isRival(3, 3))
      // The same entry's other wording may, and the vetoed ones stay rivals.
      choice = VetoChoice(QuestionMarks(query))
      #expect(!offer(1, 1))
      #expect(offer(1, 2))
      #expect(isRival(2, 1))
    }
  }

  @Test func equalMarksAreEqualBytesWithinTheirBound() throws {
    let marks = try Self.marks(["is the walk 5 km or 3 miles long", "is the walk 3 miles or 5 km long"])
    #expect(QuestionMarks.maximumSize <= 255)
    #expect(marks[0] == marks[1])
    let long = (0..<60).map { "\($0) km and v\($0)a\($0) on 5.\($0 % 12 + 1).2\($0)24 not open\($0)" }.joined(
      separator: " ")
    #expect(try Self.marks([long])[0].count <= QuestionMarks.maximumSize)
  }

  @Test func noBytesAreUnsafeToCompareOrToScan() throws {
    var random = SeededRandom()
    let texts = try Self.texts.get()
    let good = try Self.marks(Self.questions)
    for _ in 0..<20_000 {
      var bytes = good.randomElement(using: &random) ?? []
      for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
        bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      if Bool.random(using: &random) { bytes.removeLast(Int.random(in: 0...bytes.count, using: &random)) }
      _ = Self.conflicts(bytes, good.randomElement(using: &random) ?? [])
      _ = Self.conflicts(bytes, bytes)
    }
    // Any bytes for a text, any for a lexicon.
    var scanner = MarkScanner()
    for _ in 0..<5_000 {
      let text = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        Array("0123456789.,:/-+#'% abmpnot".utf8).randomElement(using: &random)!
      }
      var lexicon = texts.lexicon
      for _ in 0..<Int.random(in: 0...8, using: &random) {
        lexicon[Int.random(in: 16..<lexicon.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
      }
      text.withBytes { text in
        lexicon.withBytes { bytes in
          if let opened = MarkLexicon(bytes) {
            #expect(scanner.scan(text, with: opened).count <= QuestionMarks.maximumSize)
          }
        }
      }
    }
  }

  @Test func aLexiconWithPartsThatDoNotAddUpIsRefused() throws {
    let good = try Self.texts.get().lexicon
    for (offset, value) in [(4, 3), (4, 1 << 30), (4, 16), (8, 1 << 20), (8, 0)] {
      var bytes = good
      var field: [UInt8] = []
      field.append(littleEndian: UInt32(value))
      bytes.replaceSubrange(offset..<offset + 4, with: field)
      bytes.withBytes { #expect(MarkLexicon($0) == nil) }
    }
    var later = good
    later[0] = 9
    later.withBytes { #expect(MarkLexicon($0)?.recordCount == 0) }
    Array(good.dropLast()).withBytes { #expect(MarkLexicon($0) == nil) }
  }

  @Test(arguments: [
    ("[antonym]\nopen shut\n", 2), ("[unit]\nlength far mile\n", 2), ("[unit]\nsmell 1 rose\n", 2),
    ("[number]\n2 two\n3 two\n", 3), ("[nothing]\nx\n", 2), ("[month]\nmay\n", 2), ("[particle]\nonoff on\n", 2),
    ("[negator]\nnot\n[pronoun]\nnot\n", 4), ("[broken\n", 1), ("[number]\n1 one\n[antonym]\na | b\na | c\na | d\n", 6),
  ])
  func aMistakeInALexiconNamesItsLine(source: String, line: Int) throws {
    let error = #expect(throws: InputError.self) { _ = try MarkedTexts(source: source, file: "words.txt") }
    #expect(error?.file == "words.txt")
    #expect(error?.line == line)
  }
}
