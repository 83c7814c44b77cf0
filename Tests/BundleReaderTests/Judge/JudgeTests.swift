import BundleFormat
import CKernels
import TestSupport
import Testing

@testable import BundleReader

/// The judge gathers the evidence that its definitions describe, on every instruction set alike.
@Suite struct JudgeTests {
  private typealias Found = [(question: UInt32, similarity: Int64)]

  /// The evidence on `found`, weighed with the kernels of a level.
  private static func weigh(
    _ query: [UInt32], _ found: Found, _ source: VocabularySource, _ level: KernelChoice = .portable
  ) throws -> [ReferenceJudge.Weighed] {
    let kernels = try #require(almanac_kernels_choose(level.level))
    var judge = Judge(kernels: kernels, stride: VocabularySource.stride)
    // A judge that has weighed something else before gives the same evidence.
    try begin(&judge, Array(query.reversed()), source)
    for near in found.reversed() {
      _ = judge.add(
        question: near.question, owner: source.owners[Int(near.question)], similarity: 3)
    }
    _ = try judge.weigh(source)
    try begin(&judge, query, source)
    for near in found {
      let more = judge.add(
        question: near.question, owner: source.owners[Int(near.question)], similarity: near.similarity)
      if !more { break }
    }
    return try weighed(&judge, source)
  }

  /// Begins a query of these pieces, encoded as the reference does.
  static func begin(_ judge: inout Judge, _ query: [UInt32], _ source: VocabularySource) throws {
    var vector = FixedBuffer<Int8>(capacity: VocabularySource.stride)
    for (index, value) in ReferenceJudge(source: source).encode(query).enumerated() { vector[index] = Int8(value) }
    let run = query.flatMap { piece in
      var bytes: [UInt8] = []
      bytes.append(littleEndian: piece)
      return bytes
    }
    try run.withBytes { pieces throws(BundleError) in try judge.begin(pieces: pieces, vector: vector, source) }
  }

  /// Weighs what was added and copies the evidence out.
  static func weighed(_ judge: inout Judge, _ source: VocabularySource) throws -> [ReferenceJudge.Weighed] {
    var weighed: [ReferenceJudge.Weighed] = []
    for place in 0..<(try judge.weigh(source)) {
      var evidence: [Int64] = []
      for feature in Evidence.allCases { evidence.append(Int64(judge.evidence(place, feature))) }
      weighed.append(
        ReferenceJudge.Weighed(
          owner: judge.owner(place), question: judge.question(place),
          evidence: evidence))
    }
    return weighed
  }

  /// A text of `count` of the first `pieces` pieces.
  static func text(_ count: Int, of pieces: Int, using random: inout SeededRandom) -> [UInt32] {
    (0..<count).map { _ in UInt32.random(in: 0..<UInt32(pieces), using: &random) }
  }

  @Test(arguments: KernelChoice.allCases.filter(\.isAvailable))
  func theEvidenceIsThatOfTheDefinitions(level: KernelChoice) throws {
    var random = SeededRandom(seed: 77)
    var largest = 0
    for round in 0..<60 {
      let vocabulary = [4, 30, 90][round % 3]
      let entries = [1, 2, 5, 12][round % 4]
      let source = VocabularySource(pieces: vocabulary, entries: entries, using: &random)
      for _ in 0..<Int.random(in: 1...24, using: &random) {
        let entry = UInt32.random(in: 0..<UInt32(entries), using: &random)
        let owner = Int.random(in: 0..<6, using: &random) == 0 ? QuestionRecord.distractorFlag | entry : entry
        // Now and then no piece at all, or as many as a text can have.
        let length = [0, 128].randomElement(using: &random).flatMap {
          Bool.random(using: &random) && round % 5 == 0 ? $0 : nil
        }
        source.add(
          Self.text(length ?? Int.random(in: 1...14, using: &random), of: vocabulary, using: &random), owner: owner)
      }
      let query = Self.text(
        round % 11 == 10 ? 128 : Int.random(in: 1...14, using: &random), of: vocabulary, using: &random)
      var similarity: Int64 = 65_536
      let found = (0..<UInt32(source.questions.count)).shuffled(using: &random).map { question in
        similarity -= Int64.random(in: 0...6_000, using: &random)
        return (question: question, similarity: similarity)
      }
      let evidence = try Self.weigh(query, found, source, level)
      #expect(evidence == ReferenceJudge(source: source).weigh(query, found), "round \(round)")
      largest = max(largest, evidence.count)
    }
    #expect(largest == Judge.mostScored)
  }

  @Test func aTextAgainstItselfLeavesNothingUnsaid() throws {
    var random = SeededRandom(seed: 5)
    let source = VocabularySource(pieces: 200, entries: 2, using: &random)
    for length in [1, 2, 9, 47, 48, 49, 100, 128] {
      let text = Array((0..<200).map { UInt32($0) }.shuffled(using: &random).prefix(length))
      let question = source.add(text, owner: 1)
      let evidence = try #require(try Self.weigh(text, [(question, 65_536)], source).first).evidence
      #expect(evidence[Int(Evidence.fitted.rawValue)] == Cosine.one)
      #expect(evidence[Int(Evidence.learned.rawValue)] == Cosine.one, "entry 1 has no vector of its own")
      #expect(evidence[Int(Evidence.queryRest.rawValue)] == 0)
      #expect(evidence[Int(Evidence.wordingRest.rawValue)] == 0)
    }
  }

  @Test func askingTheOtherWayRoundSwapsTheRests() throws {
    var random = SeededRandom(seed: 6)
    let source = VocabularySource(pieces: 60, entries: 2, using: &random)
    for _ in 0..<30 {
      let (left, right) = (Self.text(7, of: 60, using: &random), Self.text(11, of: 60, using: &random))
      let (first, second) = (source.add(left, owner: 1), source.add(right, owner: 1))
      let there = try #require(try Self.weigh(left, [(second, 100)], source).first).evidence
      let back = try #require(try Self.weigh(right, [(first, 100)], source).first).evidence
      #expect(there[Int(Evidence.fitted.rawValue)] == back[Int(Evidence.fitted.rawValue)])
      #expect(there[Int(Evidence.queryRest.rawValue)] == back[Int(Evidence.wordingRest.rawValue)])
      #expect(there[Int(Evidence.wordingRest.rawValue)] == back[Int(Evidence.queryRest.rawValue)])
      #expect((0...65_536).contains(there[Int(Evidence.queryRest.rawValue)]))
    }
  }

  @Test func piecesAfterTheFortyEighthDistinctOneAreLeftOutOfTheRests() throws {
    var random = SeededRandom(seed: 8)
    let source = VocabularySource(pieces: 128, entries: 2, using: &random)
    let repeated: [UInt32] = [0, 0, 0]
    let long = repeated + (0..<128).map { UInt32($0) }
    let question = source.add(Array(0..<48), owner: 1)
    let evidence = try #require(try Self.weigh(Array(long.prefix(128)), [(question, 1)], source).first).evidence
    #expect(evidence[Int(Evidence.queryRest.rawValue)] == 0)
    #expect(evidence[Int(Evidence.wordingRest.rawValue)] == 0)
    #expect(evidence[Int(Evidence.fitted.rawValue)] < Cosine.one, "the encoder sees them all")
    var pieces = DistinctPieces()
    var set = PieceSet()
    try set.take(QuestionPieces(run: source.run(source.add(long, owner: 0)), wordings: 1), &pieces, source)
    #expect(set.count == PieceSet.capacity)
    for place in 0..<PieceSet.capacity {
      let piece = pieces.piece(set.number(place))
      #expect(piece == UInt32(place))
    }
    #expect(set.total == (0..<48).reduce(Int64(0)) { $0 + Int64(source.weights[$1]) })
    let count = pieces.count
    #expect(count == PieceSet.capacity, "no other is even looked up")
    try set.take(QuestionPieces(run: source.run(source.add([], owner: 0)), wordings: 1), &pieces, source)
    #expect(set.count == 0)
    #expect(set.total == 0)
  }

  @Test func emptyRunsSayNothing() throws {
    var random = SeededRandom(seed: 9)
    let source = VocabularySource(pieces: 10, entries: 3, using: &random)
    let (empty, full) = (source.add([], owner: 1), source.add([1, 2, 3], owner: 1))
    for (query, question, rests) in [
      ([], empty, [0, 0]), ([], full, [0, 65_536]), ([1, 2, 3], empty, [65_536, 0]),
    ] as [([UInt32], UInt32, [Int64])] {
      let evidence = try #require(try Self.weigh(query, [(question, 40)], source).first).evidence
      #expect(evidence[Int(Evidence.fitted.rawValue)] == 0)
      #expect(evidence[Int(Evidence.given.rawValue)] == 40)
      #expect([.queryRest, .wordingRest].map { evidence[Int(($0 as Evidence).rawValue)] } == rests)
    }
    #expect(try Self.weigh([1], [], source).isEmpty, "no question, no evidence")
  }

  @Test func eightEntriesAreComparedAndFourScored() throws {
    var random = SeededRandom(seed: 10)
    let source = VocabularySource(pieces: 40, entries: 9, using: &random)
    for entry in 0..<UInt32(9) { source.add(Self.text(5, of: 40, using: &random), owner: entry) }
    var judge = Judge(kernels: try #require(almanac_kernels_choose(ALMANAC_KERNELS_AUTO)), stride: 64)
    try Self.begin(&judge, [1, 2, 3], source)
    for entry in 0..<UInt32(8) {
      let more = judge.add(question: entry, owner: entry, similarity: 60_000 - Int64(entry))
      #expect(more == (entry < 7))
    }
    let ninth = judge.add(question: 8, owner: 8, similarity: 65_536)
    #expect(!ninth)
    let weighed = try Self.weighed(&judge, source)
    #expect(weighed.count == Judge.mostScored)
    #expect(weighed == ReferenceJudge(source: source).weigh([1, 2, 3], (0..<8).map { ($0, 60_000 - Int64($0)) }))
  }

  @Test func noMoreThanSixtyFourQuestionsAreLookedAt() throws {
    var random = SeededRandom(seed: 12)
    let source = VocabularySource(pieces: 40, entries: 2, using: &random)
    for question in 0..<70 { source.add(Self.text(6, of: 40, using: &random), owner: UInt32(question % 2)) }
    var judge = Judge(kernels: try #require(almanac_kernels_choose(ALMANAC_KERNELS_AUTO)), stride: 64)
    try Self.begin(&judge, [4, 5], source)
    var looked = 0
    var more = true
    while more {
      more = judge.add(
        question: UInt32(looked), owner: UInt32(looked % 2), similarity: Int64(1_000 - looked))
      looked += 1
    }
    #expect(looked == Judge.mostQuestions)
    let found = (0..<70).map { (question: UInt32($0), similarity: Int64(1_000 - $0)) }
    let weighed = try Self.weighed(&judge, source)
    #expect(weighed == ReferenceJudge(source: source).weigh([4, 5], found))
  }

  @Test func aPieceThatTheVocabularyLacksIsAnErrorNotAnEnd() throws {
    var random = SeededRandom(seed: 13)
    let source = VocabularySource(pieces: 5, entries: 2, using: &random)
    let question = source.add([1, 5], owner: 0)
    var judge = Judge(kernels: try #require(almanac_kernels_choose(ALMANAC_KERNELS_AUTO)), stride: 64)
    try Self.begin(&judge, [1], source)
    _ = judge.add(question: question, owner: 0, similarity: 1)
    #expect(throws: BundleError.malformedSection(.encoderPieceWeights)) { _ = try judge.weigh(source) }
  }
}
