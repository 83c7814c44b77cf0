import BundleFormat
import Foundation
import TestSupport
import Testing

@testable import BundleReader

@Suite struct LineReaderTests {
  @Test(arguments: [
    ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("\n\na\n\n", ["", "", "a", ""]),
    ("12345678\n", ["12345678"]), ("123456789\n", [nil]), ("123456789", [nil]), ("12345678", ["12345678"]),
    ("123456789012345678901234567890\nb\n", [nil, "b"]), ("a\n123456789\n\nb", ["a", nil, "", "b"]),
    ("12345678\n12345678\n123456789\n1", ["12345678", "12345678", nil, "1"]),
  ])
  func linesOfAtMostEightBytes(_ input: String, _ lines: [String?]) throws {
    #expect(try read(Array(input.utf8), maximumLine: 8) == lines)
  }

  @Test func anyInputGivesItsLines() throws {
    var random = SeededRandom()
    for _ in 0..<300 {
      let letters = Array("ab\n".utf8)
      let input = (0..<Int.random(in: 0...60, using: &random)).map { _ in letters.randomElement(using: &random)! }
      let limit = Int.random(in: 1...9, using: &random)
      var lines = input.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      // What stands behind the last newline is a line only if there is anything.
      if lines.last?.isEmpty == true { lines.removeLast() }
      let expected = lines.map { $0.count > limit ? nil : String(decoding: $0, as: UTF8.self) }
      #expect(try read(input, maximumLine: limit) == expected, "seed \(random.seed), \(input), limit \(limit)")
    }
  }

  @Test func descriptorThatCannotBeReadIsTold() {
    var reader = LineReader(descriptor: -1)
    guard case .failed = reader.next() else {
      Issue.record("reading from no descriptor did not fail")
      return
    }
  }

  /// The lines of `input` as read from a pipe; `nil` for one that is too long.
  private func read(_ input: [UInt8], maximumLine: Int) throws -> [String?] {
    let pipe = Pipe()
    try pipe.fileHandleForWriting.write(contentsOf: Data(input))
    try pipe.fileHandleForWriting.close()
    var reader = LineReader(descriptor: pipe.fileHandleForReading.fileDescriptor, maximumLine: maximumLine)
    var lines: [String?] = []
    while true {
      switch reader.next() {
      case .text(let line): lines.append(line.text)
      case .tooLong: lines.append(nil)
      case .end: return lines
      case .failed(let code): throw CocoaError(.fileReadUnknown, userInfo: ["code": code])
      }
    }
  }
}
