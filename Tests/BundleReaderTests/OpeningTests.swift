import BundleFormat
import CLMDB
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleReader

/// Opening a bundle costs the same however large it is.
@Suite struct OpeningTests {
  private static let added = 256
  private static let payload = 5_000

  @Test func hundredsOfSegmentsMoreAreOpenedWithAFewPagesOfTheDirectory() throws {
    let folder = try TemporaryFolder()
    let small = try SampleBundle.sixty(in: folder)
    let large = folder.file("large.almanac")
    try Self.addSegments(to: small, at: large, in: folder)
    let first = try Bundle.open(small)
    let second = try Bundle.open(large)
    let frames = first.size(.answerFrames)
    #expect(second.size(.answerFrames).segments == frames.segments + Self.added)
    #expect(second.size(.answerFrames).bytes == frames.bytes + Self.added * Self.payload)
    // Three or four pages of keys with a page above them, and the blocks of the hash tree over what was read.
    #expect(second.checkedChunkCount <= first.checkedChunkCount + 12)
    for number in [1, Self.added / 2, Self.added] {
      let bytes = try second.segment(.answerFrames, number).copied
      #expect(bytes == [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: Self.payload))
    }
  }

  @Test func segmentsAfterAShortOneOfAnArrayAreRefused() throws {
    let folder = try TemporaryFolder()
    let bundle = try SampleBundle.sixty(in: folder)
    let path = folder.file("short.almanac")
    try Self.addSegments(to: bundle, at: path, in: folder, database: "questions", key: "records")
    #expect(throws: BundleError.malformedSection(.questionRecords)) { try Bundle.open(path) }
  }

  // A bundle as `source`, with values of bytes after the first segment of a section.
  private static func addSegments(
    to source: String, at path: String, in folder: TemporaryFolder, database: String = "answers",
    key: String = "frames"
  ) throws {
    let bundle = try contents(source)
    let pages = folder.file("pages")
    try Data(bundle.prefix(ForgedBundle.dataLength(bundle))).write(to: URL(fileURLWithPath: pages))
    try put(into: pages, database: database, key: key)
    try Data(SealedBundle.file(over: try contents(pages))).write(to: URL(fileURLWithPath: path))
  }

  private static func put(into path: String, database: String, key: String) throws {
    var environment: OpaquePointer?
    try check(mdb_env_create(&environment))
    defer { mdb_env_close(environment) }
    try check(mdb_env_set_maxdbs(environment, 32))
    try check(mdb_env_set_mapsize(environment, 1 << 28))
    try check(mdb_env_open(environment, path, UInt32(MDB_NOSUBDIR | MDB_NOLOCK), 0o600))
    var transaction: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, 0, &transaction))
    var handle: MDB_dbi = 0
    try check(mdb_dbi_open(transaction, database, 0, &handle))
    for number in 1...added {
      let digits = String(number, radix: 16)
      var name = Array("\(key)/\(String(repeating: "0", count: 8 - digits.count))\(digits)".utf8)
      var value = Segment.value(
        payload: [UInt8](repeating: UInt8(truncatingIfNeeded: number), count: payload), elementSize: 1)
      let code = unsafe name.withUnsafeMutableBytes { name in
        unsafe value.withUnsafeMutableBytes { value in
          var key = unsafe MDB_val(mv_size: name.count, mv_data: name.baseAddress)
          var data = unsafe MDB_val(mv_size: value.count, mv_data: value.baseAddress)
          return unsafe mdb_put(transaction, handle, &key, &data, 0)
        }
      }
      try check(code)
    }
    try check(mdb_txn_commit(transaction))
  }

  private struct LMDBFailure: Error { let code: Int32 }

  private static func check(_ code: Int32) throws {
    if code != MDB_SUCCESS { throw LMDBFailure(code: code) }
  }
}
