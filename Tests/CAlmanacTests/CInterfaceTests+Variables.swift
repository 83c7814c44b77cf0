import BundleCompiler
import CAlmanac
import CAlmanacHeader
import Foundation
import Testing

/// What callers give to be filled into answers.
extension CInterfaceTests {
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
}
