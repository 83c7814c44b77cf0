import AnswerPipeline
import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// `verify` lists exactly the bad chunks, and says what lived there.
@Suite struct DamageReportTests {
  private static func write(_ bytes: [UInt8], in folder: TemporaryFolder) throws -> String {
    let path = folder.file("damaged.almanac")
    try? FileManager.default.removeItem(atPath: path)
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func exactlyTheBadChunksAreListed() throws {
    let folder = try TemporaryFolder()
    let good = try contents(try SampleBundle.sixty(in: folder))
    let dataChunks = ForgedBundle.dataLength(good) / VerityGeometry.chunkSize
    var random = SeededRandom()
    for _ in 0..<20 {
      let bad = Set(
        (0..<Int.random(in: 1...6, using: &random)).map { _ in Int.random(in: 0..<dataChunks, using: &random) })
      var bytes = good
      for chunk in bad {
        bytes[chunk * 4096 + Int.random(in: 0..<4096, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
      }
      let report = DamageReport(try FileSurvey(path: try Self.write(bytes, in: folder)))
      #expect(report.chunks.map { Int($0.index) } == bad.sorted(), "seed \(random.seed)")
      #expect(!report.chunks.contains { !$0.isKnownBad })
    }
    let whole = DamageReport(try FileSurvey(path: try Self.write(good, in: folder)))
    #expect(whole.chunks.isEmpty)
  }

  @Test func theOwnersOfWhatIsLostAreNamed() throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.sixty(in: folder)
    let good = try contents(path)
    let survey = try FileSurvey(path: path)
    let dataChunks = ForgedBundle.dataLength(good) / VerityGeometry.chunkSize
    // Each section by a chunk of its own; entries whose answers then cannot be read are those that the report names.
    for name in [SectionName.answerFrames, .entryRecords, .entryText, .questionRecords, .questionText, .indexVectors] {
      let chunks = (0..<dataChunks).filter {
        guard case .section(name, _, .some, .some) = survey.place(of: UInt64($0)) else { return false }
        return true
      }
      let chunk = try #require(chunks.last, "\(name.text)")
      var bytes = good
      bytes[chunk * 4096 + 4000] ^= 0x20
      let report = DamageReport(try FileSurvey(path: try Self.write(bytes, in: folder)))
      let found = try #require(report.chunks.first)
      #expect(report.chunks.count == 1 && Int(found.index) == chunk)
      guard case .section(name, _, .some, .some) = found.place else {
        Issue.record("\(name.text) is called \(found.place)")
        continue
      }
      let owners = found.entries.isEmpty ? found.questions : found.entries
      #expect(!owners.isEmpty, "\(name.text)")
      guard name == .answerFrames else { continue }
      let bundle = try Bundle.open(folder.file("damaged.almanac"))
      for ordinal in 0..<bundle.entryCount {
        let id = try #require(report.entryID(ordinal))
        let wording = String(
          decoding: try bundle.questionText(bundle.entry(UInt32(ordinal)).canonicalQuestion).copied, as: UTF8.self)
        let isLost = try ask(bundle, wording).reason == .damaged
        #expect(isLost == found.entries.contains(ordinal), "\(id)")
      }
    }
  }

  @Test func damageThatKeepsABundleFromOpeningIsListedToo() throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.tiny(in: folder)
    let good = try contents(path)
    let survey = try FileSurvey(path: path)
    let dataChunks = ForgedBundle.dataLength(good) / VerityGeometry.chunkSize
    let dictionary = try #require(
      (0..<dataChunks).first {
        guard case .section(.decisionParameters, _, _, _) = survey.place(of: UInt64($0)) else { return false }
        return true
      })
    var bytes = good
    bytes[dictionary * 4096 + 70] ^= 1
    bytes[100] ^= 1
    let damaged = try Self.write(bytes, in: folder)
    #expect(throws: BundleError.self) { try Bundle.open(damaged) }
    let report = DamageReport(try FileSurvey(path: damaged))
    #expect(report.chunks.map { Int($0.index) } == [0, dictionary])
    #expect(report.chunks[0].place == .directory)
  }

  @Test func aBadBlockOfTheTreeIsToldFromWhatItHides() throws {
    let folder = try TemporaryFolder()
    let good = try contents(try SampleBundle.tiny(in: folder))
    let dataChunks = ForgedBundle.dataLength(good) / VerityGeometry.chunkSize
    var bytes = good
    bytes[dataChunks * 4096 + 17] ^= 1
    let report = DamageReport(try FileSurvey(path: try Self.write(bytes, in: folder)))
    let known = report.chunks.filter(\.isKnownBad)
    #expect(known.map { Int($0.index) } == [dataChunks])
    #expect(known.first?.place == .tree(level: 1, first: 0, last: 127))
    #expect(report.chunks.count == 129)
  }

  @Test func underABadBlockOfAHigherLevelBlocksAreNotCalledBad() throws {
    let folder = try TemporaryFolder()
    let good = try contents(try SampleBundle.tiny(in: folder))
    // The last block of the tree, over all others, stands before the footer.
    let top = good.count / VerityGeometry.chunkSize - 2
    var bytes = good
    bytes[top * 4096 + 5] ^= 1
    let damaged = try Self.write(bytes, in: folder)
    let report = DamageReport(try FileSurvey(path: damaged))
    #expect(report.chunks.filter(\.isKnownBad).map { Int($0.index) } == [top])
    #expect(report.chunks.count == top + 1)
    let outcome = try Tool.run("almanac", ["verify", damaged])
    #expect(outcome.errors.contains("in 1 place, which keeps \(top) other chunks"), "\(outcome.errors)")
  }

  @Test func theCommandTellsInTextAndJSON() throws {
    let folder = try TemporaryFolder()
    let good = try contents(try SampleBundle.tiny(in: folder))
    var bytes = good
    bytes[5 * 4096 + 100] ^= 1
    let damaged = try Self.write(bytes, in: folder)
    let text = try Tool.run("almanac", ["verify", damaged])
    #expect(text.status == 2)
    #expect(text.output.contains("damaged: chunk 5, bytes 20480…24575: "))
    let json = try Tool.run("almanac", ["verify", damaged, "--json"])
    #expect(json.status == 2)
    let object = try #require(JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["whole"] as? Bool == false)
    #expect(object["damaged_chunks"] as? [Int] == [5])
    #expect((object["damage"] as? [[String: Any]])?.first?["offset"] as? Int == 5 * 4096)
    try Data(repeating: 0, count: 20_000).write(to: URL(fileURLWithPath: damaged))
    #expect(try Tool.run("almanac", ["verify", damaged]).status == 1)
  }
}
