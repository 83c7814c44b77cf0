import BundleCompiler
import CAlmanac
import CAlmanacHeader
import Foundation
import Testing

/// The functions of almanac.h, called as C calls them, on the bundle of bundles/tiny.
@Suite struct CInterfaceTests {
  @Test func answersAStoredQuestion() throws {
    let reply = try Session().ask("  how do I get a LIBRARY card??")
    #expect(reply.status == ALMANAC_OK)
    #expect(reply.outcome == ALMANAC_HIT)
    #expect(reply.reason == "")
    #expect(reply.match == ALMANAC_MATCH_EXACT)
    #expect(reply.confidence == 1_000_000)
    #expect(
      reply.texts == [
        "card", "How do I get a library card?",
        "Bring a letter that shows your address to either branch. The card is free and ready at once.",
        "handbook, page 3", "",
      ])
  }

  @Test(arguments: [ALMANAC_OPEN_LAZY, ALMANAC_OPEN_HOT, ALMANAC_OPEN_ALL, ALMANAC_OPEN_COPY])
  func everyModeAnswers(mode: almanac_open_mode) throws {
    #expect(try Session(mode: mode).ask("library phone number").outcome == ALMANAC_HIT)
  }

  @Test(arguments: [
    ("how tall is the lighthouse", "no-match", ""),
    ("When does the library open?", "ambiguous", ""),
    ("Where is the map room?", "not-yet-valid", "new-wing"),
    ("What happens in the summer reading week?", "expired", "summer-2025"),
    (" ? ", "empty-query", ""),
    ("", "empty-query", ""),
  ])
  func saysWhyThereIsNoAnswer(question: String, reason: String, entry: String) throws {
    let reply = try Session().ask(question)
    #expect(reply.status == ALMANAC_OK)
    #expect(reply.outcome == ALMANAC_NEEDS_FALLBACK)
    #expect(reply.reason == reason)
    #expect(reply.texts[0] == entry)
    #expect(reply.texts[2] == "")
    #expect(reply.texts[4] != "", "a route")
  }

  @Test func refusesTextBeyondTheLimit() throws {
    let session = try Session()
    let longest = String(repeating: "a", count: Int(ALMANAC_MAXIMUM_TEXT))
    #expect(session.ask(longest).reason == "no-match")
    #expect(session.ask(longest + "a").reason == "query-too-long")
  }

  @Test func scopeTellsEntriesApart() throws {
    let scope = Array("branch\0hill\0".utf8).map { CChar(bitPattern: $0) }
    let reply = try scope.withUnsafeBufferPointer { scope in
      try Session().ask("When does the library open?") {
        $0.scope = scope.baseAddress
        $0.scope_length = scope.count
      }
    }
    #expect(reply.texts[0] == "hours/hill")
  }

  @Test func vectorsNameTheirModel() throws {
    let session = try Session()
    let vector = [Int8](repeating: 1, count: 384)
    func ask(model: StaticString?, length: Int) -> Reply {
      vector.withUnsafeBufferPointer { vector in
        session.ask(nil) {
          $0.vector = vector.baseAddress
          $0.vector_length = length
          guard let model else { return }
          $0.vector_model = UnsafeRawPointer(model.utf8Start).assumingMemoryBound(to: CChar.self)
          $0.vector_model_length = model.utf8CodeUnitCount
        }
      }
    }
    #expect(ask(model: "sentence-transformers/all-MiniLM-L6-v2", length: 384).reason == "no-match")
    #expect(ask(model: "another", length: 384).reason == "encoder-mismatch")
    #expect(ask(model: nil, length: 384).reason == "encoder-mismatch")
    #expect(
      ask(model: "sentence-transformers/all-MiniLM-L6-v2", length: 383).status == ALMANAC_WRONG_VECTOR_LENGTH)
  }

  @Test func refusesWrongRequests() throws {
    let session = try Session()
    #expect(session.ask(nil).status == ALMANAC_NOTHING_ASKED)
    #expect(session.ask("x") { $0.size = 0 }.status == ALMANAC_INVALID_ARGUMENT)
    #expect(session.ask("x") { $0.size = 87 }.status == ALMANAC_INVALID_ARGUMENT)
    #expect(session.ask("x") { $0.text = nil }.status == ALMANAC_INVALID_ARGUMENT)
    #expect(session.ask("x") { $0.text_length = -1 }.status == ALMANAC_INVALID_ARGUMENT)
    #expect(session.ask("x") { $0.vector_length = 1 }.status == ALMANAC_INVALID_ARGUMENT)
    var request = almanac_request()
    var result = almanac_result()
    #expect(almanac_query(session.handle, &request, &result) == ALMANAC_INVALID_ARGUMENT)
    #expect(almanac_query(session.handle, nil, nil) == ALMANAC_INVALID_ARGUMENT)
    #expect(almanac_query(nil, &request, &result) == ALMANAC_INVALID_ARGUMENT)

    let notUTF8: [CChar] = [0x41, -1]
    let reply = notUTF8.withUnsafeBufferPointer { bytes in
      session.ask("x") {
        $0.text = bytes.baseAddress
        $0.text_length = bytes.count
      }
    }
    #expect(reply.status == ALMANAC_INVALID_UTF8)
  }

  @Test func sessionsInManyThreadsGiveTheSameReplies() async throws {
    let questions = ["library phone number", "how tall is the lighthouse", "Can I print at the library?"]
    let session = try Session()
    let expected = questions.map { session.ask($0).texts }
    await withTaskGroup(of: Bool.self) { group in
      for _ in 0..<8 {
        group.addTask {
          guard let session = try? Session() else { return false }
          return (0..<200).allSatisfy { session.ask(questions[$0 % 3]).texts == expected[$0 % 3] }
        }
      }
      for await same in group { #expect(same) }
    }
  }

  @Test func namesAreThoseOfTheHeader() {
    #expect(String(cString: almanac_version()) == ALMANAC_VERSION)
    #expect(String(cString: almanac_reason_name(ALMANAC_REASON_DAMAGED)) == "damaged")
    #expect(String(cString: almanac_reason_name(almanac_reason(70_000))) == "")
    var texts: Set<String> = []
    for status in 0...9 { texts.insert(String(cString: almanac_status_text(almanac_status(UInt32(status))))) }
    #expect(texts.count == 10)
    #expect(String(cString: almanac_status_text(almanac_status(99))) == "unknown status")
    almanac_close(nil)
    almanac_session_free(nil)
  }
}
