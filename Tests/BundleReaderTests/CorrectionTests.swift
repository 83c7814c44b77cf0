import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A query with a typing error is answered as the clean one is, the explanation says so, and a damaged table of words
/// changes nothing but to a fallback.
@Suite struct CorrectionTests {
  private static let clean = "Why does Python use indentation for the grouping of its statements"
  private static let typed = "Why does Python use indentaton for the grouping of its statments"

  private static func reply(_ bundle: Bundle, _ line: String) throws -> [String: Any] {
    let responder = Responder(bundle)
    _ = Array(line.utf8).withBytes { responder.respond(to: $0) }
    return try #require(try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any])
  }

  @Test func aTypingErrorIsPutRightAndExplained() throws {
    let folder = try TemporaryFolder()
    let bundle = try Bundle.open(try SampleBundle.sixty(in: folder))
    let entry = try ask(bundle, Self.clean).entry
    #expect(entry != nil)
    #expect(try ask(bundle, Self.typed).entry == entry)
    let explain = try #require(
      try Self.reply(bundle, #"{"query":"\#(Self.typed)","explain":true}"#)["explain"] as? [String: Any])
    let corrections = try #require(explain["corrections"] as? [[String: String]])
    #expect(corrections.map { $0["typed"] } == ["indentaton", "statments"])
    #expect(corrections.map { $0["meant"] } == ["indentation", "statements"])
    #expect(explain["normal_form"] as? String == Self.typed.lowercased())
    // What a query before needed does not show in one that did not come so far.
    let exact = try Self.reply(
      bundle, #"{"query":"Why does Python use indentation for grouping of statements?","explain":true}"#)
    #expect((exact["explain"] as? [String: Any])?["corrections"] as? [[String: String]] == [])
  }

  @Test func aQuestionThatIsOnlyReachedByCorrectionIsNoExactMatch() throws {
    let folder = try TemporaryFolder()
    let bundle = try Bundle.open(try SampleBundle.sixty(in: folder))
    let reply = try Self.reply(bundle, #"{"query":"Why does Python use indentaton for grouping of statements?"}"#)
    #expect(reply["via"] as? String != "exact")
  }

  @Test func aVectorOfAnotherModelIsRefusedWithOrWithoutText() throws {
    let folder = try TemporaryFolder()
    let bundle = try Bundle.open(try SampleBundle.lists(in: folder))
    let vector = (0..<16).map { $0 == 3 ? "90" : "1" }.joined(separator: ",")
    for text in ["", #""query":"where is the harbour lamp number 1310","#] {
      func reason(_ model: String) throws -> String? {
        try Self.reply(bundle, "{\(text)\"vector\":[\(vector)]\(model)}")["reason"] as? String
      }
      #expect(try reason(#","vector_model":"another""#) == "encoder-mismatch")
      #expect(try reason(#","vector_model":"made-u""#) == "encoder-mismatch")
      #expect(try reason("") == "encoder-mismatch")
      #expect(try reason(#","vector_model":"made-up""#) != "encoder-mismatch")
    }
  }

  @Test func aForgedTableOfWordsIsRefusedOrAFallback() throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.sixty(in: folder)
    let good = try contents(path)
    let bundle = try Bundle.open(path)
    let tables = try [SectionName.wordTable, .wordLetters].map { try bundle.segment($0, 0).copied }
    let places = try tables.map { try #require(Self.find($0, in: good)) }
    let changes: [(Int, UInt8)] = [(0, 0x00), (0, 0x7F), (0, 0xFF), (1, 0x00), (1, 0xFF)]
    for (table, value) in changes {
      try ForgedBundle.write(good, to: folder.file("forged.almanac")) { data in
        for index in tables[table].indices { data[places[table] + index] = value }
      }
      guard let forged = try? Bundle.open(folder.file("forged.almanac")) else { continue }
      let reply = try ask(forged, Self.typed)
      let entry = try ask(bundle, Self.clean).entry
      #expect(reply.entry == nil || reply.entry == entry)
      #expect(try ask(forged, "Why does Python use indentation for grouping of statements?").reason == nil)
      try FileManager.default.removeItem(atPath: folder.file("forged.almanac"))
    }
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    // Payloads begin on 64-byte boundaries.
    stride(from: 0, to: bytes.count - pattern.count, by: 64).first {
      bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
    }
  }
}
