import BundleFormat
import CLMDB
import Glibc

/// Writes the LMDB part of a bundle through liblmdb, in one fixed way, so that equal input gives equal bytes.
///
/// Keys of each database must come in ascending order; they are appended. A transaction holds at most 64 MiB of values (or one
/// larger value), since liblmdb keeps every uncommitted page of a large value on the heap.
final class LMDBWriter {
  /// What liblmdb may map while writing. Only address space: the file grows as it is written, and the size stored in it
  /// is replaced afterwards.
  private static let mapSize = 1 << 38
  private static let maximumTransaction = 1 << 26

  private let path: String
  private var environment: OpaquePointer?
  private var transaction: OpaquePointer?
  private var databases: [String: MDB_dbi] = [:]
  private var pending = 0

  /// Makes the file at `path`, which does not exist or is empty, an LMDB file with these databases.
  ///
  /// - Throws: `WriteError`.
  init(path: String, databases names: [String]) throws {
    self.path = path
    try check(mdb_env_create(&environment), "create an environment for")
    try check(mdb_env_set_mapsize(environment, Self.mapSize), "size")
    try check(mdb_env_set_maxdbs(environment, UInt32(names.count)), "size")
    let flags = UInt32(MDB_NOSUBDIR) | UInt32(MDB_NOLOCK) | UInt32(MDB_NOSYNC) | UInt32(MDB_NORDAHEAD)
    try check(mdb_env_open(environment, path, flags, 0o600), "create")
    try begin()
    for name in names {
      var database: MDB_dbi = 0
      try check(mdb_dbi_open(transaction, name, UInt32(MDB_CREATE), &database), "add a database to")
      databases[name] = database
    }
  }

  deinit {
    if let transaction { mdb_txn_abort(transaction) }
    if let environment { mdb_env_close(environment) }
  }

  /// Appends a value under a key greater than all before in its database.
  ///
  /// - Throws: `WriteError`, also if the disk is full.
  func append(database: String, key: String, value: Bytes) throws {
    if pending > 0, pending + value.count > Self.maximumTransaction {
      try commit()
      try begin()
    }
    guard let handle = databases[database] else { throw WriteError("no database named \(database) in \(path)") }
    var keyBytes = Array(key.utf8)
    let code = keyBytes.withUnsafeMutableBytes { keyBuffer in
      var lmdbKey = MDB_val(mv_size: keyBuffer.count, mv_data: keyBuffer.baseAddress)
      var lmdbValue = MDB_val(mv_size: value.count, mv_data: UnsafeMutableRawPointer(mutating: value.unsafeStart))
      return mdb_put(transaction, handle, &lmdbKey, &lmdbValue, UInt32(MDB_APPEND))
    }
    try check(code, "append \(database)/\(key) to")
    pending += value.count
  }

  /// Commits what is pending and closes the file. Returns the length of the LMDB part in bytes.
  ///
  /// - Throws: `WriteError`.
  func finish() throws -> UInt64 {
    try commit()
    var information = MDB_envinfo()
    try check(mdb_env_info(environment, &information), "read the length of")
    mdb_env_close(environment)
    environment = nil
    return (UInt64(information.me_last_pgno) + 1) * UInt64(VerityGeometry.chunkSize)
  }

  private func begin() throws {
    pending = 0
    try check(mdb_txn_begin(environment, nil, 0, &transaction), "write to")
  }

  private func commit() throws {
    let finished = transaction
    transaction = nil
    try check(mdb_txn_commit(finished), "write to")
  }

  private func check(_ code: Int32, _ what: String) throws {
    guard code != MDB_SUCCESS else { return }
    // Its own codes are negative, those of the system positive.
    if code > 0 { throw WriteError.system(what, path: path, code: code, needed: pending > 0 ? pending : nil) }
    throw WriteError("cannot \(what) \(path): \(String(cString: mdb_strerror(code))); check space and permissions")
  }
}
