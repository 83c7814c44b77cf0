import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A damaged file is refused or falls back; it never changes an answer and never ends the process.
@Suite struct DamageTests {
  private static let queries = [
    "Why does Python use indentation for grouping of statements?",
    "Why does Python use indentation for the grouping of its statements",
    "how do I call a function", "how long should I boil an egg", "why are floating point sums wrong",
  ]

  /// Opens a bundle's bytes written to a file, and asks; `nil` if it is refused at open.
  private static func replies(_ bytes: [UInt8], _ file: String, mode: OpenMode = .lazy) throws -> [Answered]? {
    try? FileManager.default.removeItem(atPath: file)
    try Data(bytes).write(to: URL(fileURLWithPath: file))
    let bundle: Bundle
    do {
      bundle = try Bundle.open(file, mode: mode)
    } catch {
      return nil
    }
    return try queries.map { try damagedAsk(bundle, $0) }
  }

  // Looking up the id for the comparison may itself meet the damage.
  private static func damagedAsk(_ bundle: Bundle, _ query: String) throws -> Answered {
    do {
      return try ask(bundle, query)
    } catch is BundleError {
      return .damaged
    }
  }

  @Test func noSingleBitFlipChangesAnAnswer() throws {
    let folder = try TemporaryFolder()
    let good = try contents(try SampleBundle.sixty(in: folder))
    let file = folder.file("damaged.almanac")
    let truth = try #require(try Self.replies(good, file))
    #expect(truth.contains { $0.reason == nil })
    var random = SeededRandom()
    var refused = 0
    var noticed = 0
    for _ in 0..<400 {
      let bit = Int.random(in: 0..<good.count * 8, using: &random)
      var bytes = good
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      guard let replies = try Self.replies(bytes, file) else {
        refused += 1
        continue
      }
      for (reply, expected) in zip(replies, truth) where reply != expected {
        #expect(reply.reason == .damaged, "bit \(bit), seed \(random.seed)")
        noticed += 1
      }
    }
    #expect(refused + noticed > 0, "some flips must have been in the way")
  }

  @Test func everyTruncationIsRefused() throws {
    let folder = try TemporaryFolder()
    let good = try contents(try SampleBundle.tiny(in: folder))
    let file = folder.file("damaged.almanac")
    var random = SeededRandom()
    let lengths = [0, 1, 4095, 4096, 8192, good.count - 4097, good.count - 4096, good.count - 1]
    for length in lengths + (0..<60).map({ _ in Int.random(in: 0..<good.count, using: &random) }) {
      #expect(try Self.replies(Array(good.prefix(length)), file) == nil, "cut to \(length), seed \(random.seed)")
    }
    #expect(try Self.replies(good + [0], file) == nil, "one byte too many")
  }

  @Test func damageAnywhereIsFoundByAFullCheck() throws {
    let folder = try TemporaryFolder()
    let good = try contents(try SampleBundle.tiny(in: folder))
    let file = folder.file("damaged.almanac")
    var random = SeededRandom()
    for _ in 0..<40 {
      let byte = Int.random(in: 0..<good.count, using: &random)
      var bytes = good
      bytes[byte] ^= 0x10
      for mode in [OpenMode.all, .copy] {
        #expect(try Self.replies(bytes, file, mode: mode) == nil, "byte \(byte), seed \(random.seed)")
      }
    }
    for mode in [OpenMode.all, .copy] { #expect(try Self.replies(good, file, mode: mode) != nil) }
  }

  @Test func aCopyDoesNotCareWhatHappensToTheFile() throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.sixty(in: folder)
    let bundle = try Bundle.open(path, mode: .copy)
    let before = try ask(bundle, Self.queries[0])
    #expect(chmod(path, 0o644) == 0 && truncate(path, 0) == 0)
    #expect(try ask(bundle, Self.queries[0]) == before)
  }

  @Test func whatIsNoBundleIsRefusedWithAReason() throws {
    let folder = try TemporaryFolder()
    #expect(throws: BundleError.self) { _ = try Bundle.open(folder.path) }
    #expect(throws: BundleError.cannotOpen(code: 2)) { _ = try Bundle.open(folder.file("missing")) }
    try folder.write("empty", "")
    #expect(throws: BundleError.tooShort(bytes: 0)) { _ = try Bundle.open(folder.file("empty")) }
    try folder.write("text", String(repeating: "no bundle\n", count: 5000))
    #expect(throws: BundleError.notABundle) { _ = try Bundle.open(folder.file("text")) }
  }
}
