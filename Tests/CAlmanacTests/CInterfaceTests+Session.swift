import BundleCompiler
import CAlmanac
import CAlmanacHeader
import Foundation
import Testing

/// A session as C holds one, and what C sees of its replies.
extension CInterfaceTests {
  /// Compiled once for all tests.
  static let bundle = Result { try compileTinyBundle() }

  private static func compileTinyBundle() throws -> String {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL
    let output = FileManager.default.temporaryDirectory.appending(path: "almanac-c-\(UUID()).almanac").path
    _ = try Compiler(.init(output: output)).compile(recipe: root.appending(path: "bundles/tiny/recipe.yaml").path)
    return output
  }

  /// What C code sees of a result.
  struct Reply: Equatable {
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

  static func text(_ text: almanac_text) -> String {
    String(decoding: UnsafeRawBufferPointer(start: text.start, count: text.length), as: UTF8.self)
  }

  /// An open session, closed with the value.
  struct Session: ~Copyable {
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
}
