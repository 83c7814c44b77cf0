/// A read-only window on memory that something else owns and keeps alive, such as a mapped file.
///
/// This is the one door through which bytes of a file become values. No access can leave the window: reading outside
/// it gives `nil` (or, for the single-byte subscript, zero) and never traps, whatever a damaged file asks for.
/// All integers are little-endian and need no alignment.
public struct Bytes: @unchecked Sendable {
  @usableFromInline let start: UnsafeRawPointer

  /// The number of bytes in the window.
  public let count: Int

  /// Opens a window on `count` bytes at `start`. The caller keeps that memory alive and unchanged while it is used.
  @inlinable
  public init(start: UnsafeRawPointer, count: Int) {
    self.start = start
    self.count = count < 0 ? 0 : count
  }

  /// The byte at `index`, or zero outside the window.
  @inlinable
  public subscript(index: Int) -> UInt8 {
    guard index >= 0, index < count else { return 0 }
    return unsafe start.load(fromByteOffset: index, as: UInt8.self)
  }

  /// The integer stored at `offset`, or `nil` if it does not lie wholly inside the window.
  @inlinable
  public func integer<Value: FixedWidthInteger & BitwiseCopyable>(
    at offset: Int, as type: Value.Type = Value.self
  ) -> Value? {
    guard contains(offset, MemoryLayout<Value>.size) else { return nil }
    return unsafe Value(littleEndian: start.loadUnaligned(fromByteOffset: offset, as: Value.self))
  }

  /// The window on `length` bytes at `offset`, or `nil` if they do not lie wholly inside this one.
  @inlinable
  public func slice(_ offset: Int, _ length: Int) -> Bytes? {
    guard contains(offset, length) else { return nil }
    return unsafe Bytes(start: start + offset, count: length)
  }

  /// Whether `length` bytes at `offset` lie wholly inside the window. Safe for any arguments.
  @inlinable
  public func contains(_ offset: Int, _ length: Int) -> Bool {
    // As unsigned numbers, negative ones are greater than any count.
    UInt(bitPattern: length) <= UInt(bitPattern: count) && UInt(bitPattern: offset) <= UInt(bitPattern: count &- length)
  }

  /// Whether both windows hold the same bytes. O(count).
  @inlinable
  public func equals(_ other: Bytes) -> Bool {
    guard count == other.count else { return false }
    for index in 0..<count where self[index] != other[index] { return false }
    return true
  }

  /// The address of the first byte, for handing to C together with `count`.
  @inlinable
  public var unsafeStart: UnsafeRawPointer { start }

  /// A copy of the bytes that lives on its own.
  public var copied: [UInt8] {
    unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
  }
}
