import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A forged bundle, whole by its hash tree and yet contradicting itself, is refused or falls back; it never ends the process.
@Suite struct HostileBundleTests {
  private static let queries = [
    #"{"query":"where is the harbour lamp number 1310","explain":true}"#,
    #"{"query":"Why does Python use indentation for grouping of statements?","explain":true}"#,
    #"{"query":"Why does Python use indentation for the grouping of its statements","explain":true}"#,
    #"{"query":"what is this 10² ½ ß about","explain":true}"#,
    #"{"vector":[90,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15],"vector_model":"made-up","explain":true}"#,
  ]

  /// Asks a forged bundle everything; whether it could be opened at all.
  @discardableResult
  private static func survives(_ path: String) throws -> Bool {
    let bundle: Bundle
    do {
      bundle = try Bundle.open(path)
    } catch {
      return false
    }
    let responder = Responder(bundle)
    for query in queries {
      _ = Array(query.utf8).withBytes { responder.respond(to: $0) }
      let reply = responder.reply.copied
      #expect(try JSONSerialization.jsonObject(with: Data(reply)) is [String: Any])
    }
    return true
  }

  @Test(arguments: ["tiny", "sixty", "lists"])
  func noForgedByteEndsTheProcess(name: String) throws {
    let folder = try TemporaryFolder()
    let good = try contents(Repository.path("spec/v1/vectors/\(name).almanac"))
    let length = ForgedBundle.dataLength(good)
    var random = SeededRandom()
    var opened = 0
    // Encoder rows fill most of the file and have no structure, so most changes go where structure is.
    let structured = try Self.structuredRanges(of: "\(Repository.path("spec/v1/vectors"))/\(name).almanac", length)
    for round in 0..<600 {
      let path = folder.file("\(round).almanac")
      try ForgedBundle.write(good, to: path) { data in
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let range = structured.randomElement(using: &random) ?? 0..<length
          let place = Int.random(in: range, using: &random)
          data[place] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(
            using: &random)!
        }
      }
      if try Self.survives(path) { opened += 1 }
      try FileManager.default.removeItem(atPath: path)
    }
    #expect(opened > 0, "seed \(random.seed)")
  }

  /// LMDB's own pages, and the lead-in and first kilobytes of each section.
  private static func structuredRanges(of path: String, _ length: Int) throws -> [Range<Int>] {
    let bundle = try Bundle.open(path)
    let bytes = try contents(path)
    var ranges = [0..<8192, length - 65_536..<length]
    for name in SectionName.allCases where bundle.size(name).segments > 0 {
      let payload = try bundle.segment(name, 0).copied
      guard let place = find(Array(payload.prefix(512)), in: bytes) else { continue }
      ranges.append(place - Segment.leadIn..<min(place + min(payload.count, 4096), length))
    }
    return ranges
  }

  @Test func everyParameterOutOfRangeIsRefusedAtOpen() throws {
    let folder = try TemporaryFolder()
    let good = try contents(Repository.path("spec/v1/vectors/lists.almanac"))
    let parameters = IndexParameters(
      dimensions: 16, rowCount: 2_100, listCount: 175, subquantizers: 2, probes: 0, rerank: 0
    ).encoded.prefix(16)
    let place = try #require(Self.find(Array(parameters), in: good))
    for (offset, value) in [
      (0, 17), (0, 0), (4, 2_101), (4, 0), (8, 174), (8, 0), (12, 4), (12, 3), (16, 0), (16, 176), (20, 0), (20, 5000),
      (24, 25), (28, 17), (40, 176), (44, (1 << 24) + 1), (48, 5000), (52, (1 << 24) + 1),
    ] {
      try ForgedBundle.write(good, to: folder.file("forged.almanac")) { data in
        var bytes: [UInt8] = []
        bytes.append(littleEndian: UInt32(value))
        data.replaceSubrange(place + offset..<place + offset + 4, with: bytes)
      }
      #expect(throws: BundleError.self, "field \(offset) = \(value)") {
        _ = try Bundle.open(folder.file("forged.almanac"))
      }
    }
  }

  @Test func listsThatOverlapMakeTheQueryDamaged() throws {
    let folder = try TemporaryFolder()
    let good = try contents(Repository.path("spec/v1/vectors/lists.almanac"))
    let bundle = try Bundle.open(Repository.path("spec/v1/vectors/lists.almanac"))
    let lists = try bundle.segment(.indexLists, 0).copied
    let place = try #require(Self.find(lists, in: good))
    try ForgedBundle.write(good, to: folder.file("forged.almanac")) { data in
      for list in 0..<lists.count / ListRecord.size {
        let record = ListRecord(firstRow: 0, rowCount: 2_100, firstBlock: 0).encoded
        data.replaceSubrange(place + list * ListRecord.size..<place + (list + 1) * ListRecord.size, with: record)
      }
    }
    let forged = try Bundle.open(folder.file("forged.almanac"))
    #expect(try ask(forged, "where might the harbour lamp be").reason == .damaged)
  }

  @Test func anUnknownDecisionKindAnswersExactMatchesOnly() throws {
    let folder = try TemporaryFolder()
    let good = try contents(Repository.path("spec/v1/vectors/sixty.almanac"))
    let bundle = try Bundle.open(Repository.path("spec/v1/vectors/sixty.almanac"))
    let place = try #require(Self.find(try bundle.segment(.decisionParameters, 0).copied, in: good))
    try ForgedBundle.write(good, to: folder.file("forged.almanac")) { $0[place] = 200 }
    let forged = try Bundle.open(folder.file("forged.almanac"))
    let reworded = "Why does Python use indentation for the grouping of its statements"
    #expect(try ask(bundle, reworded).reason == nil)
    #expect(try ask(forged, reworded).reason == .noMatch)
    #expect(try ask(forged, "Why does Python use indentation for grouping of statements?").reason == nil)
  }

  @Test func forgedScalesAndVectorsOfEntriesEndNothing() throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.wordings(in: folder)
    let (good, bundle) = (try contents(path), try Bundle.open(path))
    let scales = try bundle.segment(.entryVectorScales, 0).copied
    let vectors = try bundle.segment(.entryVectors, 0).copied
    let scalePlace = try #require(Self.find(scales, in: good))
    let vectorPlace = try #require(Self.find(vectors, in: good))
    for byte: UInt8 in [0, 0x7F, 0x80, 0xFF] {
      try ForgedBundle.write(good, to: folder.file("forged.almanac")) { data in
        for index in scales.indices { data[scalePlace + index] = byte }
        for index in vectors.indices { data[vectorPlace + index] = byte }
      }
      let forged = try Bundle.open(folder.file("forged.almanac"))
      for entry in 0..<UInt32(forged.entryCount) { #expect(try (forged.entryVector(entry) == nil) == (byte == 0)) }
      #expect(try Self.survives(folder.file("forged.almanac")))
    }
    // Counts that differ from that of the entries: the lead-in states fewer bytes, or elements of another size.
    for (place, value) in [
      (scalePlace, UInt64(scales.count - 4)), (vectorPlace, UInt64(vectors.count - 64)), (scalePlace, 0),
      (vectorPlace, 0),
    ] {
      try ForgedBundle.write(good, to: folder.file("forged.almanac")) { data in
        var bytes: [UInt8] = []
        bytes.append(littleEndian: value)
        data.replaceSubrange(place - Segment.leadIn..<place - Segment.leadIn + 8, with: bytes)
      }
      #expect(throws: BundleError.self) { _ = try Bundle.open(folder.file("forged.almanac")) }
    }
  }

  private static func find(_ pattern: [UInt8], in bytes: [UInt8]) -> Int? {
    // Payloads begin on 64-byte boundaries.
    stride(from: 0, to: bytes.count - pattern.count, by: 64).first {
      bytes[$0..<$0 + pattern.count].elementsEqual(pattern)
    }
  }
}
