import BundleCompiler
import CAlmanac
import CAlmanacHeader
import Foundation
import Testing

/// The functions of almanac.h, called as C calls them, on the bundle of bundles/tiny.
@Suite struct CInterfaceTests {
  /// Compiled once for all tests.
  private static let bundle = Result { try compileTinyBundle() }

  private static func compileTinyBundle() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
    let output = FileManager.default.temporaryDirectory.appending(path: "almanac-c-\(UUID()).almanac").path
    _ = try Compiler(.init(output: output)).compile(recipe: root.appending(path: "bundles/tiny/recipe.yaml").path)
    return output
  }

  /// What C code sees of a result.
  private struct Reply: Equatable {
    var status: almanac_status
    var outcome = ALMANAC_NEEDS_FALLBACK
    var reason = ""
    var match = ALMANAC_MATCH_NONE
    var confidence: UInt32 = 0
    var scoreStep: UInt32 = 0
    var texts: [String] = []

    init(_ status: almanac_status, _ result: almanac_result) {
      self.status = status
      outcome = result.outcome
      reason = String(cString: almanac_reason_name(result.reason))
      match = result.match
      confidence = result.confidence
      scoreStep = result.score_step
      texts = [result.entry, result.question, result.answer, result.source, result.route].map(CInterfaceTests.text)
    }
  }

  private static func text(_ text: almanac_text) -> String {
    String(decoding: UnsafeRawBufferPointer(start: text.start, count: text.length), as: UTF8.self)
  }

  /// An open session, closed with the value.
  private struct Session: ~Copyable {
    let handle: OpaquePointer

    init(mode: almanac_open_mode = ALMANAC_OPEN_LAZY) throws {
      var bundle: OpaquePointer?
      #expect(almanac_open(try CInterfaceTests.bundle.get(), mode, &bundle, nil) == ALMANAC_OK)
      var session: OpaquePointer?
      #expect(almanac_session_new(bundle, &session) == ALMANAC_OK)
      almanac_close(bundle)
      handle = try #require(session)
    }

    deinit { almanac_session_free(handle) }

    /// Asks `text`; `change` may add to the request.
    func ask(_ text: String?, change: (inout almanac_request) -> Void = { _ in }) -> Reply {
      var request = almanac_request()
      request.size = MemoryLayout<almanac_request>.size
      request.now = 1_790_000_000
      var result = almanac_result()
      result.size = MemoryLayout<almanac_result>.size
      guard var text else {
        change(&request)
        return Reply(almanac_query(handle, &request, &result), result)
      }
      return text.withUTF8 { bytes in
        bytes.withMemoryRebound(to: CChar.self) { characters in
          // An empty string has no address, but must not look as if there were no text.
          request.text = characters.baseAddress ?? UnsafePointer(bitPattern: 1)
          request.text_length = characters.count
          change(&request)
          return Reply(almanac_query(handle, &request, &result), result)
        }
      }
    }
  }

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

  /// A program built against a later header has longer structs. What it does not use is zero.
  @Test func acceptsLongerStructsWhoseEndIsZero() throws {
    let session = try Session()
    let size = MemoryLayout<almanac_request>.size
    let memory = UnsafeMutableRawPointer.allocate(byteCount: size + 8, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0, count: size + 8)
    let request = memory.bindMemory(to: almanac_request.self, capacity: 1)
    let text: StaticString = "library phone number"
    request.pointee.size = size + 8
    request.pointee.text = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    request.pointee.text_length = text.utf8CodeUnitCount
    var result = almanac_result()
    result.size = MemoryLayout<almanac_result>.size
    #expect(almanac_query(session.handle, request, &result) == ALMANAC_OK)
    #expect(result.outcome == ALMANAC_HIT)
    memory.storeBytes(of: 1, toByteOffset: size, as: UInt8.self)
    #expect(almanac_query(session.handle, request, &result) == ALMANAC_INVALID_ARGUMENT)
  }

  /// A program built against an earlier header has shorter structs: they get the fields they have, and nothing behind them
  /// is touched.
  @Test func acceptsTheStructsOfTheFirstHeader() throws {
    #expect(MemoryLayout.offset(of: \almanac_request.variables) == 88)
    #expect(MemoryLayout.offset(of: \almanac_result.bundle_version) == 232)
    #expect(MemoryLayout.offset(of: \almanac_properties.expected_hits) == 304)
    #expect(MemoryLayout<almanac_statistics>.size == 376)

    let session = try Session()
    let memory = UnsafeMutableRawPointer.allocate(byteCount: MemoryLayout<almanac_result>.size, alignment: 8)
    defer { memory.deallocate() }
    memory.initializeMemory(as: UInt8.self, repeating: 0xAB, count: MemoryLayout<almanac_result>.size)
    let result = memory.bindMemory(to: almanac_result.self, capacity: 1)
    var request = almanac_request()
    request.size = MemoryLayout<almanac_request>.size
    let text: StaticString = "library phone number"
    request.text = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
    request.text_length = text.utf8CodeUnitCount
    result.pointee.size = 232
    #expect(almanac_query(session.handle, &request, result) == ALMANAC_OK)
    #expect(result.pointee.outcome == ALMANAC_HIT)
    #expect(result.pointee.size == 232)
    #expect(
      (232..<MemoryLayout<almanac_result>.size).allSatisfy { memory.load(fromByteOffset: $0, as: UInt8.self) == 0xAB })
    result.pointee.size = 231
    #expect(almanac_query(session.handle, &request, result) == ALMANAC_INVALID_ARGUMENT)
    #expect(result.pointee.outcome == ALMANAC_HIT, "what is refused is left as it is")

    var bundle: OpaquePointer?
    #expect(almanac_open(try Self.bundle.get(), ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    var properties = almanac_properties()
    properties.size = 304
    properties.expected_hits = 77
    properties.reserved = 77
    #expect(almanac_describe(bundle, &properties) == ALMANAC_OK)
    #expect(properties.entry_count == 8)
    #expect((properties.expected_hits, properties.reserved) == (77, 77))
    #expect(properties.size == 304)
  }

  @Test func variablesAreChecked() throws {
    let session = try Session()
    func ask(_ variables: [UInt8]) -> almanac_status {
      variables.withUnsafeBufferPointer { bytes in
        bytes.withMemoryRebound(to: CChar.self) { characters in
          session.ask("library phone number") {
            $0.variables = characters.baseAddress
            $0.variables_length = characters.count
          }.status
        }
      }
    }
    #expect(ask(Array("name\0Ada\0".utf8)) == ALMANAC_OK)
    #expect(ask(Array("name\0Ada".utf8)) == ALMANAC_INVALID_ARGUMENT)
    #expect(ask(Array("name\0".utf8)) == ALMANAC_INVALID_ARGUMENT)
    #expect(ask([0x61, 0, 0xFF, 0]) == ALMANAC_INVALID_UTF8)
    let longest = [UInt8](repeating: 0x61, count: Int(ALMANAC_MAXIMUM_VALUE))
    #expect(ask(Array("a\0".utf8) + longest + [0]) == ALMANAC_OK)
    #expect(ask(Array("a\0".utf8) + longest + [0x61, 0]) == ALMANAC_INVALID_ARGUMENT)
    var many: [UInt8] = []
    for _ in 0..<5 { many += Array("a\0".utf8) + longest + [0] }
    #expect(many.count > Int(ALMANAC_MAXIMUM_VARIABLES) && ask(many) == ALMANAC_INVALID_ARGUMENT)
    #expect(session.ask("library phone number") { $0.variables_length = 1 }.status == ALMANAC_INVALID_ARGUMENT)
  }

  /// Slots are filled, what is missing is named, and a request of the first header's size has no variables.
  @Test func answersAreFilled() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "almanac-c-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let entry = #"{"id":"a","question":"Who is it?","answer":"It is {{name}}.","template":["name"]}"#
    try Data((entry + "\n").utf8).write(to: folder.appending(path: "entries.jsonl"))
    let recipe = "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 300000}\n"
    try Data(recipe.utf8).write(to: folder.appending(path: "recipe.yaml"))
    let path = folder.appending(path: "x.almanac").path
    _ = try Compiler(.init(output: path)).compile(recipe: folder.appending(path: "recipe.yaml").path)
    var bundle: OpaquePointer?
    #expect(almanac_open(path, ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    var session: OpaquePointer?
    #expect(almanac_session_new(bundle, &session) == ALMANAC_OK)
    defer { almanac_session_free(session) }
    let text: StaticString = "who is it"
    let variables: StaticString = "name\0Ada\0"
    for size in [MemoryLayout<almanac_request>.size, 88] {
      var request = almanac_request()
      request.size = size
      request.text = UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)
      request.text_length = text.utf8CodeUnitCount
      request.variables = UnsafeRawPointer(variables.utf8Start).assumingMemoryBound(to: CChar.self)
      request.variables_length = variables.utf8CodeUnitCount
      var result = almanac_result()
      result.size = MemoryLayout<almanac_result>.size
      #expect(almanac_query(session, &request, &result) == ALMANAC_OK)
      if size == 88 {
        #expect(result.reason == ALMANAC_REASON_MISSING_VARIABLE)
        #expect(Self.text(result.variable) == "name")
        #expect(Self.text(result.entry) == "a")
        #expect(result.answer.length == 0)
      } else {
        #expect(Self.text(result.answer) == "It is Ada.")
        #expect(result.variable.length == 0)
      }
    }
  }

  @Test func scoresFallIntoTheStepsThatTheBundleExpects() throws {
    var bundle: OpaquePointer?
    #expect(almanac_open(try Self.bundle.get(), ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    var properties = almanac_properties()
    properties.size = MemoryLayout<almanac_properties>.size
    #expect(almanac_describe(bundle, &properties) == ALMANAC_OK)
    let count = properties.score_step_count
    #expect(count <= ALMANAC_MAXIMUM_SCORE_STEPS)
    let shares = withUnsafeBytes(of: properties.expected_scores) { Array($0.bindMemory(to: UInt32.self)) }
    #expect(shares.dropFirst(Int(count)).allSatisfy { $0 == 0 })
    let session = try Session()
    for question in ["library phone number", "how tall is the lighthouse", "where may I print something"] {
      #expect(session.ask(question).scoreStep <= count)
    }
  }

  @Test func refusesWhatIsNoBundle() throws {
    var bundle = OpaquePointer(bitPattern: 1)
    var detail: UInt64 = 99
    #expect(almanac_open("/nowhere/x.almanac", ALMANAC_OPEN_LAZY, &bundle, &detail) == ALMANAC_CANNOT_OPEN)
    #expect(bundle == nil)
    #expect(detail == UInt64(ENOENT))
    #expect(almanac_open(#filePath, ALMANAC_OPEN_COPY, &bundle, nil) == ALMANAC_NOT_A_BUNDLE)
    #expect(almanac_open(nil, ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_INVALID_ARGUMENT)
    #expect(almanac_open(#filePath, ALMANAC_OPEN_LAZY, nil, nil) == ALMANAC_INVALID_ARGUMENT)
    #expect(almanac_open(#filePath, almanac_open_mode(7), &bundle, nil) == ALMANAC_INVALID_ARGUMENT)

    // Every chunk damaged but the footer: nothing of it may be believed.
    var bytes = try Data(contentsOf: URL(filePath: Self.bundle.get()))
    for offset in stride(from: 100, to: bytes.count - 4096, by: 4096) { bytes[offset] ^= 1 }
    let damaged = FileManager.default.temporaryDirectory.appending(path: "almanac-c-\(UUID())")
    try bytes.write(to: damaged)
    defer { try? FileManager.default.removeItem(at: damaged) }
    #expect(almanac_open(damaged.path, ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_DAMAGED)
    #expect(bundle == nil)
  }

  @Test func describesTheBundle() throws {
    var bundle: OpaquePointer?
    #expect(almanac_open(try Self.bundle.get(), ALMANAC_OPEN_LAZY, &bundle, nil) == ALMANAC_OK)
    defer { almanac_close(bundle) }
    var properties = almanac_properties()
    #expect(almanac_describe(bundle, &properties) == ALMANAC_INVALID_ARGUMENT)
    properties.size = MemoryLayout<almanac_properties>.size
    #expect(almanac_describe(bundle, &properties) == ALMANAC_OK)
    #expect(properties.version == 1)
    #expect(properties.entry_count == 8)
    #expect(properties.dimensions == 384)
    #expect(
      withUnsafeBytes(of: properties.vector_model) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        == "sentence-transformers/all-MiniLM-L6-v2")
    #expect(properties.expected_hits <= 1_000_000 || properties.expected_hits == UInt32.max)
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
