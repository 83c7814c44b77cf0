/// Memory that is freed with the value. Not generic: Embedded Swift 6.3 gives back a value of very many parts without
/// specialising the functions that its generic parts would need for that, and then stops.
@usableFromInline struct OwnedMemory: ~Copyable {
  @usableFromInline let start: UnsafeMutableRawPointer

  @inlinable
  init(_ start: UnsafeMutableRawPointer) { unsafe self.start = start }

  @inlinable
  deinit { unsafe start.deallocate() }
}

/// Memory of a fixed capacity, allocated once, owned by one value and freed with it.
///
/// Working memory of a query lives in such buffers, so that answering allocates nothing. Access outside the capacity is a
/// programming error: debug builds stop there, release builds read zero and drop the write rather than end the
/// process that hosts the reader.
public struct FixedBuffer<Element: FixedWidthInteger & BitwiseCopyable>: ~Copyable {
  @usableFromInline let memory: OwnedMemory
  @inlinable var base: UnsafeMutablePointer<Element> { unsafe memory.start.assumingMemoryBound(to: Element.self) }

  /// The number of elements.
  public let capacity: Int

  /// Allocates `capacity` elements, all zero.
  @inlinable
  public init(capacity: Int) {
    self.capacity = max(capacity, 0)
    let start = UnsafeMutablePointer<Element>.allocate(capacity: max(capacity, 1))
    unsafe start.initialize(repeating: 0, count: max(capacity, 1))
    memory = unsafe OwnedMemory(UnsafeMutableRawPointer(start))
  }

  /// The element at `index`.
  @inlinable
  public subscript(index: Int) -> Element {
    get {
      assert(index >= 0 && index < capacity)
      guard index >= 0, index < capacity else { return 0 }
      return unsafe base[index]
    }
    set {
      assert(index >= 0 && index < capacity)
      guard index >= 0, index < capacity else { return }
      unsafe base[index] = newValue
    }
  }

  /// Sets every element to zero.
  @inlinable
  public mutating func clear() { unsafe base.update(repeating: 0, count: capacity) }

  /// Sets every element to `value`.
  @inlinable
  public mutating func fill(_ value: Element) { unsafe base.update(repeating: value, count: capacity) }

  /// Takes over the first elements of another buffer, as many as both have.
  @inlinable
  public mutating func copy(_ other: borrowing FixedBuffer<Element>) {
    unsafe base.update(from: other.base, count: min(capacity, other.capacity))
  }

  /// The address of the first element, for handing to C together with `capacity`. Valid while the buffer lives.
  @inlinable
  public var unsafeStart: UnsafeMutablePointer<Element> { base }
}

extension FixedBuffer where Element == UInt8 {
  /// A window on the first `count` bytes. Valid while the buffer lives and those bytes are not overwritten.
  @inlinable
  public func bytes(_ count: Int) -> Bytes {
    unsafe Bytes(start: base, count: min(max(count, 0), capacity))
  }
}

extension Bytes {
  /// A copy of the bytes in memory of its own.
  public var fixedCopy: FixedBuffer<UInt8> {
    let copy = FixedBuffer<UInt8>(capacity: count)
    unsafe UnsafeMutableRawPointer(copy.unsafeStart).copyMemory(from: unsafeStart, byteCount: count)
    return copy
  }
}
