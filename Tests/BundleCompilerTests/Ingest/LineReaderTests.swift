import BundleFormat
import Testing

@testable import BundleCompiler

@Suite("Lines of a JSONL file")
struct LineReaderTests {
  /// The numbers, offsets and texts of a file's lines.
  private func lines(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> [(Int, Int, String)] {
    let folder = try InputFolder()
    try folder.write("file", bytes: bytes)
    let reader = LineReader(file: try InputFile(path: folder.path + "/file"), limit: limit)
    var lines: [(Int, Int, String)] = []
    while let line = try reader.next() {
      lines.append((line.number, line.offset, line.bytes.text(0, line.bytes.count)))
    }
    #expect(reader.bytesRead == bytes.count)
    return lines
  }

  private func error(_ bytes: [UInt8], limit: Int = 1 << 20) throws -> InputError? {
    do {
      _ = try lines(bytes, limit: limit)
      return nil
    } catch let error as InputError {
      return error
    }
  }

  @Test("line ends, blank lines and a byte order mark are tolerated and counted")
  func tolerated() throws {
    let found = try lines(Array("\u{FEFF}one\r\n\n \t\r\ntwo\nthree".utf8))
    #expect(found.map(\.0) == [1, 4, 5])
    #expect(found.map(\.1) == [3, 13, 17])
    #expect(found.map(\.2) == ["one", "two", "three"])
  }

  @Test("an empty file has no line")
  func empty() throws {
    #expect(try lines([]).isEmpty)
  }

  @Test("lines longer than the chunks they are read in come whole", arguments: [262_143, 262_144, 262_145, 1_000_000])
  func longLines(length: Int) throws {
    let text = String(repeating: "x", count: length)
    let found = try lines(Array("a\n\(text)\r\nb\n".utf8))
    #expect(found.map(\.2) == ["a", text, "b"])
    #expect(found.last?.1 == length + 4)
  }

  @Test("a line over the limit is refused, one at the limit is not", arguments: ["\n", "\r\n", ""])
  func tooLong(end: String) throws {
    #expect(try error(Array(("a\n" + String(repeating: "x", count: 300_000) + end).utf8), limit: 300_000) == nil)
    let refused = try error(Array(("a\n" + String(repeating: "x", count: 300_001) + end).utf8), limit: 300_000)
    #expect(refused?.line == 2)
    #expect(refused?.problem == "the line is longer than 300,000 bytes")
  }

  @Test("the stated limit of a line is 16 MiB")
  func statedLimit() throws {
    let folder = try InputFolder()
    try folder.write("entries.jsonl", bytes: [UInt8](repeating: 0x78, count: 17 << 20))
    #expect(
      try folder.refusal()
        == "entries.jsonl:1: the line is longer than 16 MiB; write one JSON object per line, and shorten this one")
  }

  @Test(
    "invalid UTF-8 is refused with its byte",
    arguments: [
      [0xFF], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF0, 0x80, 0x80, 0x80], [0xF4, 0x90, 0x80, 0x80],
      [0xC3], [0xE2, 0x82], [0x80],
    ] as [[UInt8]])
  func invalid(bytes: [UInt8]) throws {
    for padding in [0, 1, 7, 8, 30] {
      let text = Array("good\n".utf8) + [UInt8](repeating: 0x61, count: padding) + bytes + [0x0A]
      let refused = try error(text)
      #expect(refused?.line == 2)
      #expect(refused?.problem == "byte \(padding + 1) of the line is not valid UTF-8")
    }
  }

  @Test("every scalar is valid UTF-8")
  func everyScalar() {
    var scalars = String.UnicodeScalarView()
    for value in UInt32(0)...0x10FFFF { if let scalar = Unicode.Scalar(value) { scalars.append(scalar) } }
    let bytes = Array(String(scalars).utf8)
    let invalid = bytes.withUnsafeBytes {
      unsafe UTF8Check.firstInvalid(Bytes(start: $0.baseAddress!, count: $0.count))
    }
    #expect(invalid == nil)
  }
}
