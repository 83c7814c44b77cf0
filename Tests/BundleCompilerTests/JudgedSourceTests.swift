import BundleFormat
import CKernels
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleCompiler
@testable import BundleReader

/// A reader gathers from a bundle the evidence that the compiler has in memory.
@Suite struct JudgedSourceTests {
  /// What a judge asks of a bundle that is being compiled, fitted to everything.
  private struct WholeFit: JudgeSource {
    let encoder: FittedEncoder
    let pieces: StoredPieces
    let owners: [UInt32]

    func questionPieces(_ question: UInt32) throws(BundleError) -> QuestionPieces {
      let owner = owners[Int(question)]
      return QuestionPieces(run: pieces.run(Int(question)), wordings: UInt32(owners.count { $0 == owner }))
    }

    func pieceRow(_ piece: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt16) {
      let rows = encoder.pieces.rows
      let row = rows.row(Int(piece)).bytes
      return (row, encoder.pieces.scales[Int(piece)])
    }

    func pieceWeight(_ piece: UInt32) throws(BundleError) -> UInt16 { encoder.weights[Int(piece)] }

    func fillCore(of owner: UInt32, _ core: inout EntryCore) throws(BundleError) {
      core.begin(wordings: owners.count { $0 == owner })
      let cores = EntryCores(encoder.texts, owners: owners, weights: encoder.weights)
      for (piece, wordings) in cores.core(owner) { core.add(piece: piece, wordings: wordings) }
    }

    func learnedVector(_ owner: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt32)? {
      guard owner & QuestionRecord.distractorFlag == 0, let learned = encoder.entryVectors,
        learned.scales[Int(owner)] > 0
      else { return nil }
      return (
        learned.rows.row(Int(owner)).bytes,
        learned.scales[Int(owner)]
      )
    }
  }

  private static let queries = [
    "tell me where I find the parcel", "what did become of my refund", "please look after the bicycle",
    "the library is where", "explain harvest and holiday to me", "how bright is the window lamp", "kettle",
    "who has lost the invoice", "about my password please",
  ]

  @Test func theEvidenceInABundleIsThatOfTheFitItWasMadeFrom() throws {
    let folder = try TemporaryFolder()
    let bundle = try Bundle.open(try SampleBundle.wordings(in: folder))
    let inputs = try InputLoader.load(try Recipe.load(path: folder.file("recipe.yaml")))
    let questions = try StoredQuestions(inputs)
    let kernels = try #require(Kernels(ALMANAC_KERNELS_PORTABLE))
    let encoder = try FittedEncoder(questions, inputs, kernels: kernels, progress: { _, _ in })
    let source = WholeFit(
      encoder: encoder, pieces: StoredPieces(encoder.texts), owners: questions.ownersByWording)
    var session = QuerySession(bundle)
    var compared = 0
    for query in Self.queries {
      _ = try Array(query.utf8).withBytes { try session.answer(Query(text: $0, now: 0)) }
      var judge = Judge(kernels: kernels.unsafeTable, stride: encoder.vectors.stride)
      try judge.begin(pieces: session.encoder.run, vector: session.encoder.vector, source)
      for index in 0..<session.candidateCount {
        let candidate = try session.candidate(index)
        let more = judge.add(
          question: candidate.question, owner: candidate.owner, similarity: candidate.similarity)
        if !more { break }
      }
      let weighed = try judge.weigh(source)
      let expected = session.weighedCount
      #expect(weighed == expected, "\(query)")
      for place in 0..<min(weighed, expected) {
        let (owner, other) = (judge.owner(place), session.weighedCandidate(place).owner)
        #expect(owner == other)
        for feature in Evidence.allCases {
          let (inMemory, inBundle) = (judge.evidence(place, feature), session.evidence(place, feature))
          #expect(inMemory == inBundle, "\(feature) of \(query)")
          compared += 1
        }
      }
    }
    #expect(compared >= 4 * Evidence.count * Self.queries.count - 4 * Evidence.count)
  }

  @Test func theWeightsInABundleAreThoseOfItsQuestions() throws {
    let folder = try TemporaryFolder()
    let bundle = try Bundle.open(try SampleBundle.railway(in: folder))
    let inputs = try InputLoader.load(try Recipe.load(path: folder.file("recipe.yaml")))
    let questions = try StoredQuestions(inputs)
    let kernels = try #require(Kernels(ALMANAC_KERNELS_PORTABLE))
    let encoder = try FittedEncoder(questions, inputs, kernels: kernels, progress: { _, _ in })
    #expect(bundle.hasEvidence && bundle.decision.isJudged)
    #expect(bundle.judge?.bytes == JudgeWeights.bytes)
    for piece in encoder.weights.indices {
      #expect(try bundle.pieceWeight(UInt32(piece)) == encoder.weights[piece])
    }
    let pieces = StoredPieces(encoder.texts)
    for question in 0..<UInt32(bundle.questionCount) {
      let stored = try bundle.questionPieces(question)
      #expect(stored.run.equals(pieces.run(Int(question))))
      let owner = questions.ownersByWording[Int(question)]
      #expect(Int(stored.wordings) == questions.ownersByWording.count { $0 == owner })
    }
    #expect(throws: BundleError.malformedSection(.questionPieceRuns)) {
      _ = try bundle.questionPieces(UInt32(bundle.questionCount))
    }
    #expect(throws: BundleError.self) { _ = try bundle.pieceWeight(bundle.encoder.pieceCount) }
  }

  @Test func theSelfTestChoosesAndScoresAsTheReaderDoes() throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.railway(in: folder)
    let inputs = try InputLoader.load(try Recipe.load(path: folder.file("recipe.yaml")))
    let questions = try StoredQuestions(inputs)
    let kernels = try #require(Kernels(ALMANAC_KERNELS_AUTO))
    let encoder = try FittedEncoder(questions, inputs, kernels: kernels, progress: { _, _ in })
    let marks = try StoredMarks(questions, entryCount: inputs.entries.count)
    var random = SeededRandom()
    var vetoed = 0
    for round in 0..<8 {
      // The self-test hides one wording, so the number of wordings and what they share may differ, and nothing else.
      var tree = JudgeTree.random(using: &random, leaves: -100...100)
      let hidden: [Evidence] = [.wordings, .coreRest, .coreWorst]
      for node in tree.features.indices where hidden.contains(where: { $0.rawValue == tree.features[node] }) {
        tree.features[node] = Evidence.queryRest.rawValue
      }
      try ForgedBundle.judged(path, by: tree, to: folder.file("\(round)"))
      let bundle = try Bundle.open(folder.file("\(round)"))
      let scorer = JudgedScorer(
        encoder, owners: questions.ownersByWording, marks: marks, model: try #require(bundle.judge), given: nil,
        kernels: kernels)
      var session = QuerySession(bundle)
      for (place, question) in encoder.sample.enumerated() {
        // A character that no vocabulary knows keeps it from being an exact match and changes nothing else.
        let text = Array("\(String(decoding: questions.normalForms[question], as: UTF8.self)) \u{1F991}".utf8)
        let outcome = try text.withBytes { try session.answer(Query(text: $0, now: 0)) }
        var nearest: [SelfTest.Neighbour] = []
        for index in 0..<session.candidateCount {
          let candidate = try session.candidate(index)
          nearest.append((Int32(candidate.similarity), Int(candidate.question)))
        }
        let asked = SelfTest.Asked(
          question: question, place: place, isStranger: false, ownSlots: marks.slots(ofQuestion: question))
        let found = scorer.choose(nearest, asked)
        #expect(found.map { UInt32($0.row) } == outcome.compared?.question, "seed \(random.seed)")
        #expect(found?.score == outcome.score)
        #expect(found?.similarity == outcome.compared?.similarity)
        if outcome.veto != nil { vetoed += 1 }
      }
    }
    #expect(vetoed > 0)
  }
}
