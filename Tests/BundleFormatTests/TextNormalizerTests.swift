import CKernels
import Foundation
import Testing

@testable import BundleFormat

@Suite struct TextNormalizerTests {
  @Test func goldenNormalForms() throws {
    let vectors = try GoldenNormalForm.all()
    #expect(vectors.count > 100)
    for vector in vectors {
      #expect(try normalForm(vector.input) == vector.normalForm, "\(vector.note), line \(vector.line)")
    }
  }

  @Test func normalFormOfANormalFormIsItself() throws {
    for vector in try GoldenNormalForm.all() {
      #expect(try normalForm(vector.normalForm) == vector.normalForm, "\(vector.note), line \(vector.line)")
    }
  }

  @Test func lengthAndVersionAreStated() throws {
    #expect(TextNormalizer.unicodeVersion == "15.0.0")
    var normalizer = TextNormalizer(maximumInput: 8)
    #expect(normalizer.output.count == 0)
    #expect(
      try withBytes(Array(" A  b? ".utf8)) { bytes throws(NormalizationError) in try normalizer.normalize(bytes) } == 3)
    #expect(normalizer.output.count == 3)
  }

  @Test func asciiShortCutChangesNothing() throws {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let input = (0..<random.below(20)).map { _ in
        random.below(3) == 0 ? random.pick(Array(" \t\n\u{B}\u{C}\r.?!\u{1C}\0".utf8)) : UInt8(random.below(128))
      }
      let short = try normalForm(input)
      var normalizer = TextNormalizer(maximumInput: 64)
      try withBytes(input) { bytes throws(NormalizationError) in _ = try normalizer.normalizeAny(bytes) }
      #expect(short == array(normalizer.output), "seed \(random.seed), \(input)")
    }
  }
}

// Normalization Form C alone.
extension TextNormalizerTests {
  static let normalizationTest =
    ProcessInfo.processInfo.environment["ALMANAC_NORMALIZATION_TEST"]
    ?? "/usr/share/unicode/NormalizationTest.txt.bz2"

  @Test(
    .enabled(
      if: FileManager.default.fileExists(atPath: normalizationTest),
      "install unicode-data, or set ALMANAC_NORMALIZATION_TEST to Unicode 15's NormalizationTest.txt or .txt.bz2"))
  func unicodeNormalizationTest() throws {
    let text = try readPossiblyCompressed(Self.normalizationTest)
    try #require(text.hasPrefix("# NormalizationTest-15.0.0.txt"))
    var normalizer = TextNormalizer(maximumInput: 2048)
    var listed: Set<UInt32> = []
    var tests = 0
    for line in text.utf8.split(separator: UInt8(ascii: "\n")) where line.first != UInt8(ascii: "#") {
      if line.first == UInt8(ascii: "@") { continue }
      let forms = line.split(separator: UInt8(ascii: ";")).prefix(5).map { column in
        column.split(separator: UInt8(ascii: " ")).compactMap { UInt32(String($0) ?? "", radix: 16) }
      }
      try #require(forms.count == 5)
      for column in 0..<5 {
        let composed = try composedForm(utf8(forms[column]), with: &normalizer)
        #expect(composed == utf8(forms[column < 3 ? 1 : 3]), "\(String(line) ?? "")")
      }
      if forms[0].count == 1 { listed.insert(forms[0][0]) }
      tests += 1
    }
    #expect(tests > 19_000)
    for batch in batches(of: allScalars.filter { !listed.contains($0) }) {
      #expect(try composedForm(batch.text, with: &normalizer) == batch.text, "\(batch.name)")
    }
  }

  @Test func canonicallyEquivalentToTheInput() throws {
    var random = SeededRandom()
    var normalizer = TextNormalizer(maximumInput: 256)
    for _ in 0..<20_000 {
      let input = utf8(random.trickyScalars())
      let composed = try composedForm(input, with: &normalizer)
      // The standard library compares strings by canonical equivalence.
      #expect(
        String(decoding: composed, as: UTF8.self) == String(decoding: input, as: UTF8.self), "seed \(random.seed)")
      #expect(try composedForm(composed, with: &normalizer) == composed, "seed \(random.seed), \(input)")
    }
  }

  /// Runs shorter and longer than those sorted by insertion, up to the longest input.
  @Test(arguments: [2, 3, 31, 32, 33, 34, 100, 2000])
  func longRunsOfCombiningMarksAreSortedStably(marks: Int) throws {
    // By class: none of them composes with q.
    let byClass: [(class: Int, mark: UInt32)] = [
      (1, 0x334), (1, 0x335), (9, 0x94D), (202, 0x327), (220, 0x323), (220, 0x324), (230, 0x301), (230, 0x302),
      (240, 0x345),
    ]
    var random = SeededRandom()
    var normalizer = TextNormalizer(maximumInput: 8192)
    for order in 0..<3 {
      let run = (0..<marks).map { index in
        switch order {
        case 0: byClass[byClass.count - 1 - index % byClass.count]
        case 1: index % 2 == 0 ? byClass[6] : byClass[3]
        default: random.pick(byClass)
        }
      }
      let sorted = run.enumerated().sorted { ($0.element.class, $0.offset) < ($1.element.class, $1.offset) }
      let expected = utf8([0x71] + sorted.map(\.element.mark) + [0x71])
      let composed = try composedForm(utf8([0x71] + run.map(\.mark) + [0x71]), with: &normalizer)
      #expect(composed == expected, "seed \(random.seed), order \(order)")
    }
  }

  @Test func hangulComposesByArithmetic() throws {
    var normalizer = TextNormalizer(maximumInput: 16)
    for syllable in UInt32(0xAC00)...0xD7A3 {
      let place = syllable - 0xAC00
      let jamo = [0x1100 + place / 588, 0x1161 + place / 28 % 21] + (place % 28 == 0 ? [] : [0x11A7 + place % 28])
      if try composedForm(utf8(jamo), with: &normalizer) != utf8([syllable]) { Issue.record("U+\(hex(syllable))") }
    }
  }
}

// Idempotence: folding after composing, and composing after folding, must leave nothing to fold or to compose.
extension TextNormalizerTests {
  @Test func everyScalarIsIdempotent() throws {
    var normalizer = TextNormalizer(maximumInput: 2048)
    for batch in batches(of: Array(allScalars)) {
      let once = try normalForm(batch.text, with: &normalizer)
      #expect(try normalForm(once, with: &normalizer) == once, "\(batch.name)")
    }
  }

  @Test func randomTextIsIdempotent() throws {
    var random = SeededRandom()
    var normalizer = TextNormalizer(maximumInput: 256)
    for _ in 0..<30_000 {
      let input = random.trickyScalars()
      let once = try normalForm(utf8(input), with: &normalizer)
      #expect(try normalForm(once, with: &normalizer) == once, "seed \(random.seed), \(input.map(hex))")
    }
  }

  /// The only letters whose capital and small forms compose differently, and I, whose composite with a dot does not
  /// fold, with all short sequences of the marks concerned.
  @Test func lettersThatComposeDifferentlyWhenFoldedAreIdempotent() throws {
    var normalizer = TextNormalizer(maximumInput: 64)
    let letters = "αΑηΗωΩιΙυΥρΡᾳᾼ\u{345}iIİhHjJtTwWyYaA".unicodeScalars.map(\.value)
    let marks: [UInt32] = [
      0x300, 0x301, 0x304, 0x306, 0x307, 0x308, 0x30A, 0x30C, 0x313, 0x314, 0x323, 0x331, 0x342, 0x345, 0x2BE,
    ]
    for letter in letters {
      for number in 0..<marks.count * marks.count * marks.count {
        let sequence = [number, number / marks.count, number / marks.count / marks.count].map {
          marks[$0 % marks.count]
        }
        let once = try normalForm(utf8([letter] + sequence), with: &normalizer)
        if try normalForm(once, with: &normalizer) != once { Issue.record("\(([letter] + sequence).map(hex))") }
      }
    }
  }
}

// What the sizes of the buffers rest on.
extension TextNormalizerTests {
  @Test func noScalarOutgrowsTheBuffers() {
    for scalar in allScalars {
      let pieces = decomposed(scalar)
      let foldedPieces = decomposed(unicode_fold(scalar))
      let length = utf8Length(scalar)
      if 2 * pieces.count > 3 * length { Issue.record("U+\(hex(scalar)) has \(pieces.count) pieces") }
      if foldedPieces.count > pieces.count { Issue.record("U+\(hex(scalar)) has more pieces after folding") }
      // The length of a text's pieces, each taken as it is or folded, whichever is longer, bounds every form of the
      // text: composing replaces pieces by something no longer, folding a composite gives no more than its
      // pieces folded.
      let bound = pieces.reduce(0) { $0 + longestForm($1) }
      if bound > 3 * length { Issue.record("U+\(hex(scalar)) may grow to \(bound) bytes") }
      if foldedPieces.reduce(0, { $0 + utf8Length($1) }) > bound {
        Issue.record("U+\(hex(scalar)) outgrows its pieces")
      }
      let isComposite = pieces.count > 1
      if isComposite, length > pieces.reduce(0, { $0 + utf8Length($1) }) {
        Issue.record("U+\(hex(scalar)) is longer than its pieces")
      }
    }
  }

  @Test func greatestGrowthFits() throws {
    for (scalar, growth) in [(0x1D160, 12), (0x390, 2), (0x1F82, 3), (0x23A, 3), (0xFB2C, 6)] as [(UInt32, Int)] {
      let input = utf8(Array(repeating: scalar, count: 4096 / utf8Length(scalar)))
      #expect(try normalForm(input).count == input.count / utf8Length(scalar) * growth, "U+\(hex(scalar))")
    }
  }

  @Test func tablesAnswerForEveryValue() {
    for value in [0x11_0000, 0x11_0001, 0x20_0000, 0x7FFF_FFFF, 0xFFFF_FFFF] as [UInt32] {
      #expect(unicode_properties(value) == 0)
      #expect(unicode_fold(value) == value)
      #expect(unicode_decomposition(value) == 0)
      #expect(unicode_decomposition_scalar(value) == 0)
      #expect(unicode_composite(value, 0x301) == 0)
      #expect(unicode_composite(0x41, value) == 0)
    }
  }
}

// Refusals.
extension TextNormalizerTests {
  @Test(
    arguments: [
      ([0x80], 0), ([0x61, 0xC3], 1), ([0xC3, 0x41], 0), ([0xC0, 0xAF], 0), ([0xC1, 0xBF], 0),
      ([0xC3, 0xA9, 0xE0, 0x80, 0x80], 2), ([0xE0, 0x9F, 0xBF], 0), ([0xED, 0xA0, 0x80], 0), ([0xED, 0xBF, 0xBF], 0),
      ([0xE2, 0x82], 0), ([0xE2, 0x82, 0x41], 0), ([0xF0, 0x80, 0x80, 0x80], 0), ([0xF0, 0x8F, 0xBF, 0xBF], 0),
      ([0xF4, 0x90, 0x80, 0x80], 0), ([0xF5, 0x80, 0x80, 0x80], 0), ([0xF0, 0x9F, 0x98], 0), ([0xFE], 0), ([0xFF], 0),
      ([0xE2, 0x82, 0xAC, 0xAC], 3), ([0x20, 0x20, 0x3F, 0xBF], 3),
    ] as [([UInt8], Int)])
  func illFormedInputIsRefused(input: [UInt8], offset: Int) {
    #expect(throws: NormalizationError.invalidUTF8(offset: offset)) { try normalForm(input) }
  }

  @Test func wellFormednessIsWhatTheStandardLibrarySays() throws {
    var random = SeededRandom()
    let leads: [UInt8] = [
      0x61, 0x80, 0xBF, 0xC1, 0xC2, 0xDF, 0xE0, 0xE1, 0xED, 0xEE, 0xEF, 0xF0, 0xF1, 0xF4, 0xF5, 0xFF,
    ]
    let others: [UInt8] = [0x00, 0x7F, 0x80, 0x8F, 0x90, 0x9F, 0xA0, 0xBF, 0xC2]
    for _ in 0..<30_000 {
      let input = (0..<random.below(7)).map { _ in random.below(3) == 0 ? random.pick(leads) : random.pick(others) }
      do {
        _ = try normalForm(input)
        #expect(String(validating: input, as: UTF8.self) != nil, "seed \(random.seed), \(input)")
      } catch NormalizationError.invalidUTF8(let offset) {
        #expect(String(validating: input[..<offset], as: UTF8.self) != nil, "seed \(random.seed), \(input)")
        for end in offset + 1..<min(offset + 4, input.count) + 1 {
          #expect(String(validating: input[offset..<end], as: UTF8.self) == nil, "seed \(random.seed), \(input)")
        }
      }
    }
  }

  @Test func tooLongInputIsRefused() throws {
    #expect(try normalForm(Array(repeating: 0x61, count: 4096)).count == 4096)
    #expect(throws: NormalizationError.tooLong(limit: 4096)) { try normalForm(Array(repeating: 0x61, count: 4097)) }
    #expect(throws: NormalizationError.tooLong(limit: 4096)) { try normalForm(Array(repeating: 0xFF, count: 4097)) }
  }

  @Test func nothingIsLeftAfterARefusal() throws {
    var normalizer = TextNormalizer(maximumInput: 8)
    #expect(try normalForm(Array("abc".utf8), with: &normalizer) == Array("abc".utf8))
    #expect(throws: NormalizationError.self) { try normalForm([0x61, 0xFF], with: &normalizer) }
    #expect(normalizer.output.count == 0)
    #expect(try normalForm(Array("é".utf8), with: &normalizer) == Array("é".utf8))
  }
}

/// A line of `spec/v1/vectors/normal-forms.tsv`.
private struct GoldenNormalForm {
  let line: Int
  let input: [UInt8]
  let normalForm: [UInt8]
  let note: String

  static func all() throws -> [GoldenNormalForm] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "spec/v1/vectors/normal-forms.tsv"), encoding: .utf8)
    var vectors: [GoldenNormalForm] = []
    for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
      if line.isEmpty || line.hasPrefix("# ") { continue }
      let columns = line.split(separator: "\t", omittingEmptySubsequences: false)
      try #require(columns.count == 3, "line \(index + 1)")
      vectors.append(
        GoldenNormalForm(
          line: index + 1, input: try unescaped(columns[0]), normalForm: try unescaped(columns[1]),
          note: String(columns[2])))
    }
    return vectors
  }

  private static func unescaped(_ text: Substring) throws -> [UInt8] {
    var scalars: [UInt32] = []
    var rest = text.unicodeScalars[...]
    while let scalar = rest.popFirst() {
      guard scalar == "\\" else {
        scalars.append(scalar.value)
        continue
      }
      if rest.popFirst() == "\\" {
        scalars.append(0x5C)
        continue
      }
      let end = try #require(rest.firstIndex(of: "}"))
      scalars.append(try #require(UInt32(String(rest[rest.startIndex..<end].dropFirst()), radix: 16)))
      rest = rest[rest.index(after: end)...]
    }
    return utf8(scalars)
  }
}

private var allScalars: some Sequence<UInt32> { ([0...0xD7FF, 0xE000...0x10_FFFF] as [ClosedRange<UInt32>]).joined() }

/// Texts of up to 256 scalars each, kept apart by q, which composes with nothing.
private func batches(of scalars: [UInt32]) -> [(name: String, text: [UInt8])] {
  stride(from: 0, to: scalars.count, by: 256).map { start in
    let batch = scalars[start..<min(start + 256, scalars.count)]
    return ("U+\(hex(batch.first!))...U+\(hex(batch.last!))", utf8([0x71] + batch.flatMap { [$0, 0x71] }))
  }
}

private func normalForm(_ input: [UInt8]) throws(NormalizationError) -> [UInt8] {
  var normalizer = TextNormalizer(maximumInput: 4096)
  return try normalForm(input, with: &normalizer)
}

private func normalForm(
  _ input: [UInt8], with normalizer: inout TextNormalizer
) throws(NormalizationError) -> [UInt8] {
  let length = try withBytes(input) { bytes throws(NormalizationError) in try normalizer.normalize(bytes) }
  let output = array(normalizer.output)
  #expect(length == output.count)
  return output
}

private func composedForm(
  _ input: [UInt8], with normalizer: inout TextNormalizer
) throws(NormalizationError) -> [UInt8] {
  _ = try withBytes(input) { bytes throws(NormalizationError) in try normalizer.compose(bytes) }
  return array(normalizer.output)
}

private func withBytes<Result, Failure: Error>(
  _ input: [UInt8], _ body: (Bytes) throws(Failure) -> Result
) throws(Failure) -> Result {
  var buffer = FixedBuffer<UInt8>(capacity: input.count)
  for (index, byte) in input.enumerated() { buffer[index] = byte }
  defer { withExtendedLifetime(buffer) {} }
  return try body(buffer.bytes(input.count))
}

private func array(_ bytes: Bytes) -> [UInt8] { (0..<bytes.count).map { bytes[$0] } }

private func utf8(_ scalars: [UInt32]) -> [UInt8] {
  var text = String.UnicodeScalarView()
  text.append(contentsOf: scalars.map { Unicode.Scalar($0)! })
  return Array(String(text).utf8)
}

private func utf8Length(_ scalar: UInt32) -> Int {
  scalar < 0x80 ? 1 : scalar < 0x800 ? 2 : scalar < 0x1_0000 ? 3 : 4
}

private func hex(_ scalar: UInt32) -> String { String(scalar, radix: 16, uppercase: true) }

private func decomposed(_ scalar: UInt32) -> [UInt32] {
  if scalar >= 0xAC00, scalar <= 0xD7A3 { return Array(repeating: 0x1100, count: (scalar - 0xAC00) % 28 == 0 ? 2 : 3) }
  let decomposition = unicode_decomposition(scalar)
  if decomposition == 0 { return [scalar] }
  return (0..<decomposition & 7).map { unicode_decomposition_scalar(decomposition >> 3 + $0) }
}

private func longestForm(_ piece: UInt32) -> Int {
  max(utf8Length(piece), decomposed(unicode_fold(piece)).reduce(0) { $0 + utf8Length($1) })
}

private func readPossiblyCompressed(_ path: String) throws -> String {
  guard path.hasSuffix(".bz2") else { return try String(contentsOfFile: path, encoding: .utf8) }
  let process = Process()
  process.executableURL = URL(filePath: "/usr/bin/env")
  process.arguments = ["bzip2", "-dc", path]
  let pipe = Pipe()
  process.standardOutput = pipe
  try process.run()
  let data = try #require(try pipe.fileHandleForReading.readToEnd())
  process.waitUntilExit()
  try #require(process.terminationStatus == 0)
  return String(decoding: data, as: UTF8.self)
}

/// SplitMix64. The seed is new in every run, unless ALMANAC_SEED gives it.
private struct SeededRandom {
  let seed: UInt64
  private var state: UInt64

  init() {
    seed =
      ProcessInfo.processInfo.environment["ALMANAC_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 0...UInt64.max)
    state = seed
  }

  mutating func below(_ limit: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)) % UInt64(limit))
  }

  mutating func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  /// Up to twelve scalars of the kinds that normalisation and folding do something to.
  mutating func trickyScalars() -> [UInt32] {
    (0..<below(12) + 1).map { _ in
      switch below(10) {
      case 0: 0x300 + UInt32(below(0x70))
      case 1: 0x41 + UInt32(below(0x3A))
      case 2: 0xC0 + UInt32(below(0x190))
      case 3: 0x370 + UInt32(below(0x90))
      case 4: 0x1E00 + UInt32(below(0x200))
      case 5: pick([0x1100, 0x1112, 0x1161, 0x1175, 0x11A7, 0x11A8, 0x11C2, 0xAC00, 0xAC01, 0xD7A3])
      case 6: pick([0x327, 0x328, 0x323, 0x334, 0x345, 0x301, 0x307, 0x308, 0x342, 0x344, 0x340, 0x343, 0xF71, 0xF72])
      case 7: pick([0x20, 0xA0, 0x2003, 0x3000, 0x2E, 0x3F, 0x2026, 0x3002, 0xFF1F, 0x964])
      case 8:
        pick([0x49, 0x69, 0x130, 0x131, 0x1E9E, 0xDF, 0x212A, 0x212B, 0x2126, 0x1FBC, 0x1FB3, 0x1FBE, 0x37E, 0x387])
      default:
        pick([
          0x915, 0x93C, 0x958, 0x9C7, 0x9BE, 0xDD9, 0xDCF, 0xDCA, 0x1025, 0x102E, 0x110A5, 0x110BA, 0x1D15E, 0x13A0,
          0xAB70,
        ])
      }
    }
  }
}
