import BundleFormat
import Glibc
import Synchronization

/// Brings a bundle into the world: a temporary file beside the target, sealed with hash tree and footer, then renamed.
///
/// Whatever fails, the target keeps its earlier bytes, and `discard` (called on every way out) leaves no temporary file.
/// The temporary name depends on the target's alone, so what a killed run left is used again by the next; a lock on it keeps
/// two runs for one target apart.
package final class BundlePublisher {
  /// Where the bundle is to be.
  let target: String
  /// Where it is written first.
  package let temporary: String
  /// The folder of both.
  let folder: String
  private let lock: Int32
  // The file that this process holds, for a handler of signals: another run's must not be removed.
  private static let held = Mutex<String?>(nil)
  private var isPublished = false

  /// Prepares to publish at `target`: creates the temporary file, empty.
  ///
  /// - Throws: `WriteError` if the folder does not exist or may not be written, the target is a folder, or another compile is
  ///   writing the same bundle.
  package init(target given: String) throws {
    let target = try Self.resolved(given)
    self.target = target
    folder = Self.folder(of: target)
    temporary = Self.temporaryPath(for: target)
    var status = stat()
    guard stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw WriteError("cannot write \(target): the folder \(folder) does not exist; create it first")
    }
    lock = try Self.lockedFile(temporary, target: target)
    Self.held.withLock { [temporary] in $0 = temporary }
  }

  deinit { close(lock) }

  /// Makes sure that the target is none of the files that it is made from and that are needed afterwards.
  ///
  /// - Throws: `WriteError` naming the file.
  func check(isNone inputs: [String]) throws {
    var own = stat()
    guard stat(target, &own) == 0 else { return }
    for input in inputs {
      var status = stat()
      guard stat(input, &status) == 0, status.st_dev == own.st_dev, status.st_ino == own.st_ino else { continue }
      throw WriteError("cannot write \(target): it is read here and would be replaced; name another file with -o")
    }
  }

  /// Where a bundle for `target` is written before it is renamed.
  static func temporaryPath(for target: String) -> String {
    let name = target.lastIndex(of: "/").map { target[target.index(after: $0)...] } ?? target[...]
    let folder = target.lastIndex(of: "/").map { target[...$0] } ?? ""
    return "\(folder).\(name).partial"
  }

  // A link is followed, so that what it points to is replaced; anything but a regular file is left alone.
  private static func resolved(_ given: String) throws -> String {
    var target = given
    var status = stat()
    if lstat(given, &status) == 0, status.st_mode & S_IFMT == S_IFLNK {
      guard let path = realpath(given, nil) else {
        throw WriteError("cannot write \(given): it is a link to nowhere; remove it")
      }
      target = String(cString: path)
      free(path)
    }
    let exists = stat(target, &status) == 0
    if target.hasSuffix("/") || (exists && status.st_mode & S_IFMT == S_IFDIR) {
      throw WriteError("cannot write \(given): it is a folder; name a file in it, such as NAME.almanac")
    }
    if exists, status.st_mode & S_IFMT != S_IFREG {
      throw WriteError("cannot write \(given): it is a device or pipe, which a bundle would replace; name a file")
    }
    return target
  }

  private static func folder(of target: String) -> String {
    target.lastIndex(of: "/").map { String(target[...$0]) } ?? "."
  }

  private static func lockedFile(_ path: String, target: String) throws -> Int32 {
    // Between opening and locking another run may publish or discard the very file that was opened; then again.
    for _ in 0..<100 {
      let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
      guard descriptor >= 0 else { throw WriteError.system("create", path: path, code: errno) }
      var opened = stat()
      var named = stat()
      guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
        close(descriptor)
        throw WriteError("cannot write \(target): another compile is writing it; wait for it to end")
      }
      if fstat(descriptor, &opened) == 0, lstat(path, &named) == 0, opened.st_ino == named.st_ino,
        ftruncate(descriptor, 0) == 0
      {
        return descriptor
      }
      close(descriptor)
    }
    throw WriteError("cannot write \(target): \(path) keeps changing; find out what else writes there")
  }

  /// Removes the temporary file, unless it has been published: then its name may be another run's already.
  package func discard() {
    Self.held.withLock { $0 = nil }
    if !isPublished { unlink(temporary) }
  }

  /// Removes the temporary file that this process is writing, if there is one.
  static func discardUnfinished() {
    held.withLock { path in
      if let path { unlink(path) }
    }
  }

  /// Seals the temporary file: exact length and map size of the LMDB part, hash tree, footer, all on disk. Read-only from then
  /// on. Returns the footer.
  ///
  /// - Throws: `WriteError`.
  package func seal(dataLength: UInt64, bundleVersion: UInt64, expiry: Int64) throws -> Footer {
    try withTemporary { descriptor in
      guard ftruncate(descriptor, off_t(dataLength)) == 0 else {
        throw WriteError.system("set the length of", path: temporary, code: errno)
      }
      // The map size stands in both meta pages. The length of the data is the smallest that every LMDB tool accepts.
      for page in 0..<2 {
        var size: [UInt8] = []
        size.append(littleEndian: dataLength)
        try write(size, to: descriptor, at: UInt64(page * VerityGeometry.chunkSize + 32))
      }
      let tree = try VerityTreeBuilder(descriptor: descriptor, path: temporary, dataLength: dataLength)
      try write(tree.blocks, to: descriptor, at: dataLength)
      let footer = Footer(dataLength: dataLength, root: tree.root, bundleVersion: bundleVersion, expiry: expiry)
      try write(footer.encoded, to: descriptor, at: dataLength + UInt64(tree.blocks.count))
      try finish(descriptor)
      return footer
    }
  }

  /// Calls `body` with a descriptor of the temporary file.
  func withTemporary<Value>(_ body: (Int32) throws -> Value) throws -> Value {
    let descriptor = open(temporary, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw WriteError.system("open", path: temporary, code: errno) }
    defer { close(descriptor) }
    return try body(descriptor)
  }

  /// Makes the temporary file read-only and brings all of it to the disk.
  func finish(_ descriptor: Int32) throws {
    guard fchmod(descriptor, 0o444) == 0, fsync(descriptor) == 0 else {
      throw WriteError.system("write", path: temporary, code: errno)
    }
  }

  /// Empties the temporary file, so that a sealed one can be written once more.
  ///
  /// - Throws: `WriteError`.
  package func restart() throws {
    guard fchmod(lock, 0o600) == 0, ftruncate(lock, 0) == 0 else {
      throw WriteError.system("empty", path: temporary, code: errno)
    }
  }

  /// Puts the sealed file in the target's place in one step and makes that durable.
  ///
  /// - Throws: `WriteError`.
  package func publish() throws {
    guard rename(temporary, target) == 0 else { throw WriteError.system("replace", path: target, code: errno) }
    isPublished = true
    Self.held.withLock { $0 = nil }
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw WriteError.system("open", path: folder, code: errno) }
    defer { close(descriptor) }
    // Some file systems cannot sync a directory and say EINVAL; there is nothing better to be done on them.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw WriteError.system("sync", path: folder, code: errno) }
  }

  /// Writes to the temporary file.
  func write(_ bytes: [UInt8], to descriptor: Int32, at start: UInt64) throws {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(start) + off_t(done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        throw WriteError.system("write", path: temporary, code: errno, needed: bytes.count - done)
      }
      done += count
    }
  }
}
