import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A bundle whose judge, or what a judge looks at, is forged is refused or falls back; it never ends the process.
@Suite struct HostileJudgeTests {
  private static let sections = [
    SectionName.decisionJudge, .questionPieceRuns, .questionPieces, .encoderPieceWeights,
  ]
  private static let queries = [
    "how many bags can 2 people take along on the night train",
    "does anybody know where I leave my bicycle on the ferry",
    "is my own train running late in the morning", "when is a ticket for a cancelled train paid back to me", "ferry",
  ].map { #"{"query":"\#($0)","explain":true}"# }

  // One that answers by meaning, so that nothing of the judge's way is passed over.
  private static let judged = Result { () -> [UInt8] in
    let folder = try TemporaryFolder()
    let path = folder.file("judged.almanac")
    try ForgedBundle.judged(
      try SampleBundle.railway(in: folder), by: .ladder(.fitted, from: 0, step: 4_000), to: path)
    return try contents(path)
  }

  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("judged.almanac")
    try Data(try Self.judged.get()).write(to: URL(fileURLWithPath: path))
  }

  /// Opens a forged bundle and asks it everything: the reasons of the fallbacks, and "" for each answer; or why it was refused.
  private func replies(_ change: (inout [UInt8]) -> Void) throws -> Result<[String], BundleError> {
    let forged = folder.file("forged.almanac")
    try ForgedBundle.write(try Self.judged.get(), to: forged, change: change)
    let bundle: Bundle
    do throws(BundleError) {
      bundle = try Bundle.open(forged)
    } catch {
      return .failure(error)
    }
    let responder = Responder(bundle)
    return .success(
      try Self.queries.map { query in
        _ = Array(query.utf8).withBytes { responder.respond(to: $0) }
        let reply = try #require(
          try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any])
        return reply["reason"] as? String ?? ""
      })
  }

  private func place(_ name: SectionName) throws -> (start: Int, count: Int) {
    let bundle = try Bundle.open(path)
    return (try #require(try ForgedBundle.place(name, of: bundle, in: try contents(path))), bundle.size(name).bytes)
  }

  private func isRefusal(_ error: BundleError) -> Bool {
    switch error {
    case .malformedSection, .missingSection: true
    default: false
    }
  }

  @Test func whatIsNotForgedAnswers() throws {
    let replies = try replies { _ in }.get()
    #expect(replies == ["", "", "guard", "", replies[4]])
  }

  @Test(arguments: sections)
  func noForgedByteEndsTheProcess(section: SectionName) throws {
    let (start, count) = try place(section)
    var random = SeededRandom()
    for _ in 0..<80 {
      let outcome = try replies { data in
        for _ in 0..<Int.random(in: 1...8, using: &random) {
          // The lead-in is forged too: it states lengths.
          let from = Int.random(in: 0..<4, using: &random) == 0 ? start - Segment.leadIn : start
          data[Int.random(in: from..<start + count, using: &random)] = [
            0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random),
          ].randomElement(using: &random)!
        }
      }
      if case .failure(let error) = outcome { #expect(isRefusal(error), "\(error), seed \(random.seed)") }
    }
    for byte: UInt8 in [0, 0x7F, 0x80, 0xFF] {
      let outcome = try replies { for place in start..<start + count { $0[place] = byte } }
      if case .failure(let error) = outcome { #expect(isRefusal(error), "\(error)") }
    }
  }

  @Test(arguments: [
    ([SectionName.decisionJudge], BundleError.missingSection(.decisionJudge)),
    ([.questionPieceRuns, .encoderPieceWeights], .missingSection(.questionPieceRuns)),
    ([.questionPieceRuns], .malformedSection(.encoderPieceWeights)),
    ([.encoderPieceWeights], .malformedSection(.encoderPieceWeights)),
  ])
  func aJudgedBundleThatLacksWhatItsJudgeNeedsIsRefused(sections: [SectionName], error: BundleError) throws {
    let outcome = try replies { for section in sections { ForgedBundle.hide(section, in: &$0) } }
    #expect(throws: error) { _ = try outcome.get() }
  }

  @Test func withoutPiecesQueriesAreDamagedAndStoredQuestionsAnswered() throws {
    let (start, _) = try place(.questionPieces)
    let replies = try replies { data in
      data.replaceSubrange(start - Segment.leadIn..<start - Segment.leadIn + 8, with: [UInt8](repeating: 0, count: 8))
    }.get()
    #expect(replies == [String](repeating: "damaged", count: Self.queries.count))
    let bundle = try Bundle.open(folder.file("forged.almanac"))
    #expect(try ask(bundle, "Are dogs allowed in the dining car?").entry == "dogs")
  }

  @Test(arguments: sections)
  func aSectionOfAnotherLengthIsRefusedOrDamaged(section: SectionName) throws {
    let (start, count) = try place(section)
    for length in [0, count - 1, count - 2, count - 16, count + 16, 1 << 40] {
      let outcome = try replies { data in
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt64(length))
        data.replaceSubrange(start - Segment.leadIn..<start - Segment.leadIn + 8, with: bytes)
      }
      switch outcome {
      case .failure(let error): #expect(isRefusal(error), "\(length): \(error)")
      case .success: #expect(section == .questionPieces, "a blob is only as long as what points into it")
      }
    }
  }

  @Test func runsOutsideTheirSectionMakeTheQueryDamaged() throws {
    let (start, count) = try place(.questionPieceRuns)
    let pieces = try place(.questionPieces).count
    for record in [
      PieceRunRecord(address: UInt64(pieces), count: 1, wordings: 1),
      PieceRunRecord(address: UInt64(pieces - 4), count: 2, wordings: 1),
      PieceRunRecord(address: .max, count: 128, wordings: 1), PieceRunRecord(address: 1 << 26, count: 1, wordings: 1),
      PieceRunRecord(address: 0, count: 129, wordings: 1), PieceRunRecord(address: 0, count: .max, wordings: 1),
    ] {
      let replies = try replies { data in
        for place in stride(from: start, to: start + count, by: PieceRunRecord.size) {
          data.replaceSubrange(place..<place + PieceRunRecord.size, with: record.encoded)
        }
      }.get()
      #expect(replies == [String](repeating: "damaged", count: Self.queries.count), "\(record)")
    }
    // A run of no pieces says nothing, and that wherever it stands.
    let empty = PieceRunRecord(address: .max, count: 0, wordings: .max).encoded
    let replies = try replies { data in
      for place in stride(from: start, to: start + count, by: PieceRunRecord.size) {
        data.replaceSubrange(place..<place + PieceRunRecord.size, with: empty)
      }
    }.get()
    #expect(!replies.contains("damaged"))
  }

  @Test func piecesOutsideTheVocabularyMakeTheQueryDamaged() throws {
    let (start, count) = try place(.questionPieces)
    let known = UInt32(try Bundle.open(path).encoder.pieceCount)
    for piece in [known, .max, 0x8000_0000] {
      let replies = try replies { data in
        for place in stride(from: start, to: start + count, by: 4) {
          var bytes: [UInt8] = []
          bytes.append(littleEndian: piece)
          data.replaceSubrange(place..<place + 4, with: bytes)
        }
      }.get()
      #expect(replies == [String](repeating: "damaged", count: Self.queries.count))
    }
  }

  @Test func weightsOfZeroOrAllTheSameStillAnswer() throws {
    let (start, count) = try place(.encoderPieceWeights)
    for byte: UInt8 in [0, 0xFF] {
      let replies = try replies { for place in start..<start + count { $0[place] = byte } }.get()
      #expect(!replies.contains("damaged"))
    }
  }
}
