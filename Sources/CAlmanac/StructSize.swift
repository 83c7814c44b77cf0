import BundleFormat
import CAlmanacHeader

// A struct from a caller built against a later header is longer than ours and begins the same. No struct will ever
// need this much; a larger number is one the caller forgot to set.
private let maximumSize = 4096

/// A struct of the header that begins with its size. A caller built against an earlier header has a shorter one, which lacks
/// the fields at the end.
protocol SizedStruct {
  /// All fields zero.
  init()
  /// The size in bytes in the first header that had the struct.
  static var leastSize: Int { get }
}

// A test compares the numbers with the offsets of the fields that came later.
extension almanac_request: SizedStruct { static var leastSize: Int { 88 } }
extension almanac_open_options: SizedStruct { static var leastSize: Int { 48 } }
extension almanac_result: SizedStruct { static var leastSize: Int { 232 } }
extension almanac_properties: SizedStruct { static var leastSize: Int { 304 } }
extension almanac_statistics: SizedStruct { static var leastSize: Int { 376 } }

extension SizedStruct {
  /// Reads a caller's struct; fields that it is too short to have are zero. `nil` if its size is none that a header ever had, or
  /// its end lies beyond ours and is not zero, which we do not understand.
  static func read(_ pointer: UnsafePointer<Self>) -> Self? {
    guard let size = unsafe size(UnsafeRawPointer(pointer)) else { return nil }
    let known = min(size, MemoryLayout<Self>.size)
    let bytes = unsafe Bytes(start: UnsafeRawPointer(pointer), count: size)
    for offset in known..<size where bytes[offset] != 0 { return nil }
    var copy = Self()
    unsafe withUnsafeMutableBytes(of: &copy) {
      unsafe $0.copyMemory(from: UnsafeRawBufferPointer(start: pointer, count: known))
    }
    return copy
  }

  /// Sets a caller's struct to zero but for its size. Returns false, with nothing changed, if that is none that a header ever had.
  static func clear(_ pointer: UnsafeMutablePointer<Self>) -> Bool {
    let raw = UnsafeMutableRawPointer(pointer)
    guard let size = unsafe size(UnsafeRawPointer(raw)) else { return false }
    unsafe raw.initializeMemory(as: UInt8.self, repeating: 0, count: size)
    unsafe raw.storeBytes(of: size, as: Int.self)
    return true
  }

  /// Writes all fields but the size to a caller's struct that was `clear`ed, as far as it has them.
  func write(to pointer: UnsafeMutablePointer<Self>) {
    let raw = UnsafeMutableRawPointer(pointer)
    let prefix = MemoryLayout<Int>.size
    let size = unsafe raw.load(as: Int.self)
    unsafe withUnsafeBytes(of: self) { fields in
      guard let start = fields.baseAddress else { return }
      unsafe (raw + prefix).copyMemory(from: start + prefix, byteCount: min(size, fields.count) - prefix)
    }
  }

  private static func size(_ raw: UnsafeRawPointer) -> Int? {
    let size = unsafe raw.load(as: Int.self)
    return size >= leastSize && size <= maximumSize ? size : nil
  }
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
