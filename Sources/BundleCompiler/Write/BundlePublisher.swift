import BundleFormat
import Glibc

/// Brings a bundle into the world: a temporary file beside the target, sealed with hash tree and footer, then renamed.
///
/// Whatever fails, the target keeps its earlier bytes, and `discard` (called on every way out) leaves no temporary file.
/// The temporary name depends on the target's alone, so a run that was killed is cleaned up by the next.
struct BundlePublisher {
  /// Where the bundle is to be.
  let target: String
  /// Where it is written first.
  let temporary: String

  /// Prepares to publish at `target`; removes what an earlier run may have left.
  ///
  /// - Throws: `WriteError` if the folder does not exist or the target is a folder.
  init(target: String) throws {
    self.target = target
    let slash = target.lastIndex(of: "/")
    let folder = slash.map { String(target[...$0]) } ?? ""
    let name = slash.map { String(target[target.index(after: $0)...]) } ?? target
    temporary = "\(folder).\(name).partial"
    self.folder = folder.isEmpty ? "." : folder
    var status = stat()
    guard stat(self.folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else {
      throw WriteError("cannot write \(target): the folder \(self.folder) does not exist; create it first")
    }
    if name.isEmpty || (stat(target, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR) {
      throw WriteError("cannot write \(target): it is a folder; name a file in it, such as NAME.almanac")
    }
    discard()
  }

  private let folder: String

  /// Removes the temporary file, if there is one.
  func discard() {
    unlink(temporary)
  }

  /// Seals the temporary file: exact length and map size of the LMDB part, hash tree, footer, all on disk. Read-only from then
  /// on. Returns the footer.
  ///
  /// - Throws: `WriteError`.
  func seal(dataLength: UInt64, bundleVersion: UInt64, expiry: Int64) throws -> Footer {
    let descriptor = open(temporary, O_RDWR | O_CLOEXEC)
    guard descriptor >= 0 else { throw WriteError.system("open", path: temporary, code: errno) }
    defer { close(descriptor) }
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
    guard fchmod(descriptor, 0o444) == 0, fsync(descriptor) == 0 else {
      throw WriteError.system("write", path: temporary, code: errno)
    }
    return footer
  }

  /// Puts the sealed file in the target's place in one step and makes that durable.
  ///
  /// - Throws: `WriteError`.
  func publish() throws {
    guard rename(temporary, target) == 0 else { throw WriteError.system("replace", path: target, code: errno) }
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw WriteError.system("open", path: folder, code: errno) }
    defer { close(descriptor) }
    // Some file systems cannot sync a directory and say EINVAL; there is nothing better to be done on them.
    guard fsync(descriptor) == 0 || errno == EINVAL else { throw WriteError.system("sync", path: folder, code: errno) }
  }

  private func write(_ bytes: [UInt8], to descriptor: Int32, at start: UInt64) throws {
    var done = 0
    while done < bytes.count {
      let count = bytes.withUnsafeBytes { buffer in
        pwrite(descriptor, buffer.baseAddress! + done, buffer.count - done, off_t(start) + off_t(done))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw WriteError.system("write", path: temporary, code: errno) }
      done += count
    }
  }
}
