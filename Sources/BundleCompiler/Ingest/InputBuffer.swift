import BundleFormat
import Glibc

/// Memory that file contents are read into, handed out as bounds-checked windows.
///
/// With `InputFile.read` and `EmbeddingMatrix` this is all the raw memory that ingest touches.
final class InputBuffer {
  private var base: UnsafeMutableRawPointer
  /// The number of bytes the buffer holds.
  private(set) var capacity: Int

  init(capacity: Int) {
    self.capacity = capacity
    unsafe base = UnsafeMutableRawPointer.allocate(byteCount: capacity, alignment: 64)
  }

  deinit { unsafe base.deallocate() }

  /// A window on `count` bytes at `offset`, valid until the buffer is next filled, grown or moved.
  func window(_ offset: Int, _ count: Int) -> Bytes {
    precondition(offset >= 0 && count >= 0 && offset <= capacity && count <= capacity - offset)
    return unsafe Bytes(start: base + offset, count: count)
  }

  /// Reads up to `count` bytes of `file` at `position` to `offset` in the buffer. Returns how many there were.
  func fill(
    from file: InputFile, at position: Int, count: Int, offset: Int = 0
  ) throws(InputError) -> Int {
    precondition(offset >= 0 && count >= 0 && offset <= capacity && count <= capacity - offset)
    return unsafe try file.read(count, at: position, to: base + offset)
  }

  /// Moves `count` bytes at `offset` to the start of the buffer.
  func moveToStart(_ offset: Int, _ count: Int) {
    precondition(offset >= 0 && count >= 0 && offset <= capacity && count <= capacity - offset)
    unsafe memmove(base, base + offset, count)
  }

  /// Makes room for `newCapacity` bytes, keeping the contents.
  func grow(to newCapacity: Int) {
    guard newCapacity > capacity else { return }
    let grown = UnsafeMutableRawPointer.allocate(byteCount: newCapacity, alignment: 64)
    unsafe grown.copyMemory(from: base, byteCount: capacity)
    unsafe base.deallocate()
    unsafe base = grown
    capacity = newCapacity
  }

  /// The offset of the first line feed among `count` bytes at `offset`, or `nil`.
  func lineFeed(_ offset: Int, _ count: Int) -> Int? {
    precondition(offset >= 0 && count >= 0 && offset <= capacity && count <= capacity - offset)
    guard let found = unsafe memchr(base + offset, 0x0A, count) else { return nil }
    return unsafe UnsafeRawPointer(found) - UnsafeRawPointer(base)
  }
}
