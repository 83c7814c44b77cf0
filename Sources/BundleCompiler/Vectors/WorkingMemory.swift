import BundleFormat
import Glibc

/// Zeroed memory for tables as large as the vectors of a compile.
///
/// Given a folder, a large one lies in the pages of a nameless file there: the kernel may write them out and take them back
/// when other work needs the room, so a compile of ten million questions keeps little memory to itself. Where no such file
/// can be made, or the table is small, the memory is private. Several threads may write it, each its own places.
final class WorkingMemory: @unchecked Sendable {
  /// The number of bytes.
  let count: Int
  // On a 64-byte boundary.
  private let start: UnsafeMutableRawPointer
  private let isMapped: Bool

  /// Smaller tables are private: mapping and writing out a file would cost more than it saves.
  static let leastInFile = 1 << 24

  /// Makes room for `count` bytes, in a file in `folder` if they are many.
  init(count: Int, folder: String? = nil) {
    precondition(count >= 0)
    self.count = count
    if count >= Self.leastInFile, let folder, let mapped = Self.mapped(count, folder) {
      start = mapped
      isMapped = true
    } else {
      start = .allocate(byteCount: max(count, 64), alignment: 64)
      start.initializeMemory(as: UInt8.self, repeating: 0, count: max(count, 64))
      isMapped = false
    }
  }

  deinit {
    if isMapped { munmap(start, count) } else { start.deallocate() }
  }

  /// All bytes. Valid while this lives.
  var bytes: Bytes { Bytes(start: start, count: count) }

  /// Puts `bytes` at `offset`.
  func store(_ bytes: some Collection<UInt8>, at offset: Int) {
    let target = unsafeStart(offset, bytes.count)
    UnsafeMutableRawBufferPointer(start: target, count: bytes.count).copyBytes(from: bytes)
  }

  /// Puts `bytes` at `offset`.
  func store(_ bytes: Bytes, at offset: Int) {
    unsafeStart(offset, bytes.count).copyMemory(from: bytes.unsafeStart, byteCount: bytes.count)
  }

  /// Calls `body` with the address of `count` bytes at `offset`. For kernels.
  func withUnsafeBytes<Result>(_ offset: Int, _ count: Int, _ body: (UnsafePointer<UInt8>) -> Result) -> Result {
    let start = unsafeStart(offset, count)
    return withExtendedLifetime(self) { body(start.assumingMemoryBound(to: UInt8.self)) }
  }

  /// The address of `count` bytes at `offset`, for `VectorRow`. Valid while this lives.
  func unsafeStart(_ offset: Int, _ count: Int) -> UnsafeMutableRawPointer {
    precondition(offset >= 0 && count >= 0 && offset <= self.count && count <= self.count - offset)
    return start + offset
  }

  private static func mapped(_ count: Int, _ folder: String) -> UnsafeMutableRawPointer? {
    var name = Array("\(folder)/.almanac-working-XXXXXX".utf8CString)
    let descriptor = mkstemp(&name)
    guard descriptor >= 0 else { return nil }
    // Without a name it goes when the process ends, however that comes about.
    unlink(name)
    defer { close(descriptor) }
    // Blocks for all of it now: a disk that fills up later would end the process in the middle of a write.
    guard posix_fallocate(descriptor, 0, off_t(count)) == 0,
      let mapped = mmap(nil, count, PROT_READ | PROT_WRITE, MAP_SHARED, descriptor, 0), mapped != MAP_FAILED
    else { return nil }
    return mapped
  }
}
