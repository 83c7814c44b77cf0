import BundleFormat
import Foundation
import TestSupport
import Testing

@testable import BundleReader

@Suite struct ReplyBufferTests {
  @Test(arguments: [
    ("plain", #""plain""#), ("\"\\/", #""\"\\/""#), ("\u{8}\t\n\u{C}\r", #""\b\t\n\f\r""#),
    ("\0\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""),
    ("\u{2028}\u{2029}\u{2027}", "\"\\u2028\\u2029\u{2027}\""),
    ("é€😀", "\"é€😀\""), ("", "\"\""),
  ])
  func stringsAreEscaped(_ text: String, _ json: String) {
    #expect(written { buffer in Array(text.utf8).withBytes { buffer.string($0) } } == json)
  }

  @Test func bytesThatAreNotUTF8AreReplaced() {
    let bytes: [UInt8] = [0x61, 0xFF, 0xC3, 0xE2, 0x80, 0x62, 0xED, 0xA0, 0x80, 0xC3, 0xA9]
    let json = written { buffer in bytes.withBytes { buffer.string($0) } }
    #expect(json == "\"a\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}b\u{FFFD}\u{FFFD}\u{FFFD}é\"")
  }

  @Test func everyStringIsJSONAndComesBack() throws {
    var random = SeededRandom()
    for _ in 0..<5000 {
      let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
        Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : UInt8(ascii: "a")
      }
      let json = written { buffer in bytes.withBytes { buffer.string($0) } }
      let read = try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String
      let text = try #require(read, "seed \(random.seed), \(bytes)")
      guard let valid = String(validating: bytes, as: UTF8.self) else { continue }
      #expect(text == valid, "seed \(random.seed), \(bytes)")
    }
  }

  @Test(arguments: [
    (0, "0.000"), (1, "0.000001"), (991_000, "0.991"), (990_700, "0.9907"), (999_999, "0.999999"), (1_000_000, "1.000"),
    (100_010, "0.10001"), (410_000, "0.410"),
  ])
  func sharesHaveThreeToSixDigits(_ millionths: UInt32, _ text: String) {
    #expect(ReplyFigures.share(millionths) == text)
  }

  @Test(arguments: [
    (0, "0.0000"), (65_536, "1.0000"), (-65_536, "-1.0000"), (32_768, "0.5000"), (3, "0.0000"), (-3, "0.0000"),
    (4, "0.0001"), (-4, "-0.0001"), (58_984, "0.9000"), (131_072, "2.0000"), (Int64.min, "16777216.0000"),
  ])
  func cosinesHaveFourDigits(_ units: Int64, _ text: String) {
    #expect(ReplyFigures.cosine(units) == (units == Int64.min ? "-" + text : text))
  }

  @Test(arguments: [
    (0, "0.0"), (49, "0.0"), (50, "0.1"), (149, "0.1"), (150, "0.2"), (14_249, "14.2"), (14_250, "14.3"),
    (999_950, "1000.0"), (UInt64.max, "18446744073709551.6"),
  ])
  func timesHaveOneDigit(_ nanoseconds: UInt64, _ text: String) {
    #expect(ReplyFigures.microseconds(nanoseconds) == text)
  }

  @Test(arguments: [0, 9, 10, -1, 1_234_567, Int64.max, Int64.min])
  func wholeNumbersAreExact(_ value: Int64) {
    #expect(written { $0.integer(value) } == "\(value)")
  }

  @Test func bufferGrowsAndKeepsWhatItHas() {
    var buffer = ReplyBuffer(capacity: 1)
    let bytes = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for byte in bytes { buffer.write(byte) }
    #expect(buffer.bytes.copied == bytes)
    buffer.rewind(to: 3)
    #expect(buffer.bytes.copied == Array(bytes.prefix(3)))
  }

  @Test func errorsSayWhatWhereAndWhatToDo() {
    #expect(
      RequestError(.wrongType, field: .turn, offset: 9).text
        == "turn has the wrong type, at byte 9; send a whole number from 1 to 4294967295")
    #expect(
      RequestError(.wrongVectorLength(expected: 384, found: 3), field: .vector).text
        == "vector has the wrong number of components: 3 instead of 384; send a vector of the bundle's model")
    let limit = ReaderProtocol.maximumLine
    #expect(RequestError(.lineTooLong).text == "the request is longer than \(limit) bytes; send less")
  }

  private func written(_ body: (inout ReplyBuffer) -> Void) -> String {
    var buffer = ReplyBuffer()
    body(&buffer)
    return buffer.bytes.text
  }
}
