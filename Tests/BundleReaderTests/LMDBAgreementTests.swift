import BundleFormat
import BundleReader
import CLMDB
import TestSupport
import Testing

/// The reader walks LMDB's pages itself; liblmdb is the second opinion. Both must give the same bytes for every key.
@Suite struct LMDBAgreementTests {
  @Test(arguments: ["tiny", "sixty", "lists"])
  func liblmdbAndTheReaderAgreeOnEveryByteOfEveryValue(name: String) throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.named(name, in: folder)
    let bundle = try Bundle.open(path)
    let sections = SectionName.allCases.filter { bundle.size($0).segments > 0 }
    let values = try Self.values(path, databases: Set(sections.map { "\($0.database)" }))
    var compared = 0
    for name in SectionName.allCases {
      let segments = bundle.size(name).segments
      for segment in 0..<segments {
        let digits = String(segment, radix: 16)
        let key = "\(name.key)/" + String(repeating: "0", count: 8 - digits.count) + digits
        let value = try #require(values["\(name.database) \(key)"], "\(name.text) segment \(segment)")
        let payload = try bundle.segment(name, segment).copied
        let length = try #require(value.withBytes { $0.integer(at: 0, as: UInt64.self) })
        #expect(Array(value[48..<48 + Int(length)]) == payload, "\(name.text) segment \(segment)")
        compared += 1
      }
    }
    #expect(compared == values.count, "liblmdb sees no value that the reader does not, and the other way round")
  }

  @Test func payloadsLieOnSixtyFourByteBoundariesOfTheFile() throws {
    let folder = try TemporaryFolder()
    let bundle = try Bundle.open(try SampleBundle.sixty(in: folder))
    for name in SectionName.allCases {
      for segment in 0..<bundle.size(name).segments {
        let address = unsafe UInt(bitPattern: try bundle.segment(name, segment).unsafeStart)
        #expect(address % 64 == 0, "\(name.text)")
      }
    }
  }

  /// Every value of these named databases, as liblmdb reads it.
  private static func values(_ path: String, databases: Set<String>) throws -> [String: [UInt8]] {
    var environment: OpaquePointer?
    try check(mdb_env_create(&environment))
    defer { mdb_env_close(environment) }
    try check(mdb_env_set_maxdbs(environment, 32))
    try check(mdb_env_open(environment, path, UInt32(MDB_NOSUBDIR | MDB_RDONLY | MDB_NOLOCK), 0o444))
    var transaction: OpaquePointer?
    try check(mdb_txn_begin(environment, nil, UInt32(MDB_RDONLY), &transaction))
    defer { mdb_txn_abort(transaction) }
    var values: [String: [UInt8]] = [:]
    for database in databases {
      var handle: MDB_dbi = 0
      try check(mdb_dbi_open(transaction, database, 0, &handle))
      var cursor: OpaquePointer?
      try check(mdb_cursor_open(transaction, handle, &cursor))
      defer { mdb_cursor_close(cursor) }
      var key = MDB_val()
      var value = MDB_val()
      while mdb_cursor_get(cursor, &key, &value, MDB_NEXT) == MDB_SUCCESS {
        let name = String(decoding: UnsafeRawBufferPointer(start: key.mv_data, count: key.mv_size), as: UTF8.self)
        values["\(database) \(name)"] = Array(UnsafeRawBufferPointer(start: value.mv_data, count: value.mv_size))
      }
    }
    return values
  }

  private struct LMDBFailure: Error { let code: Int32 }

  private static func check(_ code: Int32) throws {
    if code != MDB_SUCCESS { throw LMDBFailure(code: code) }
  }
}
