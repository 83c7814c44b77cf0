import BundleFormat
import CAlmanacHeader

// A struct from a caller built against a later header is longer than ours and begins the same. No struct will ever
// need this much; a larger number is one the caller forgot to set.
private let maximumSize = 4096

/// Reads a struct that begins with its size, or `nil` if it is shorter than ours, or longer and its end, which we do
/// not understand, is not zero.
func readInput<Struct: BitwiseCopyable>(_ pointer: UnsafePointer<Struct>) -> Struct? {
  let raw = UnsafeRawPointer(pointer)
  let known = MemoryLayout<Struct>.size
  let size = unsafe raw.load(as: Int.self)
  guard size >= known, size <= maximumSize else { return nil }
  let bytes = unsafe Bytes(start: raw, count: size)
  for offset in known..<size where bytes[offset] != 0 { return nil }
  return unsafe pointer.pointee
}

/// Sets a struct that begins with its size to zero but for that size, which is returned; `nil` if it is shorter than
/// ours.
func sizeForOutput<Struct: BitwiseCopyable>(_ pointer: UnsafeMutablePointer<Struct>) -> Int? {
  let raw = UnsafeMutableRawPointer(pointer)
  let size = unsafe raw.load(as: Int.self)
  guard size >= MemoryLayout<Struct>.size, size <= maximumSize else { return nil }
  unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: size)
  unsafe raw.storeBytes(of: size, as: Int.self)
  return size
}

/// Whether a C caller's pointer and length can belong together. Lengths beyond `Int` arrive as negative ones.
func isReadable<Element>(_ start: UnsafePointer<Element>?, _ length: Int) -> Bool {
  length == 0 || (length > 0 && start != nil)
}

extension Bytes {
  /// A window on a C caller's memory that `isReadable`; `nil` for a null pointer.
  init?<Element>(_ start: UnsafePointer<Element>?, _ length: Int) {
    guard let start = unsafe start else { return nil }
    unsafe self.init(start: UnsafeRawPointer(start), count: length)
  }

  /// A window on a buffer; an empty one has some valid address.
  init(_ buffer: UnsafeRawBufferPointer) {
    if let start = buffer.baseAddress {
      unsafe self.init(start: start, count: buffer.count)
    } else {
      self = Self.nothing
    }
  }

  /// A window on no bytes.
  static var nothing: Bytes {
    let empty: StaticString = ""
    return unsafe Bytes(start: empty.utf8Start, count: 0)
  }
}

extension almanac_text {
  /// The text in a window.
  init(_ bytes: Bytes) {
    unsafe self.init(start: bytes.unsafeStart.assumingMemoryBound(to: CChar.self), length: bytes.count)
  }
}
