import BundleFormat
import CKernels

extension Bytes {
  /// A window on a text that is part of the program. Valid for ever.
  public init(_ text: StaticString) {
    unsafe self.init(start: text.utf8Start, count: text.utf8CodeUnitCount)
  }

  /// A window on a C string, its zero not included.
  ///
  /// The label matters: without it a literal would become a temporary C string, gone before the window is used.
  public init(cString text: UnsafePointer<CChar>) {
    unsafe self.init(start: text, count: almanac_string_length(text))
  }

  /// Whether the window holds exactly this text.
  public func equals(_ text: StaticString) -> Bool { equals(Bytes(text)) }

  /// The number of bytes of the UTF-8 scalar that begins at `offset`, or zero if none does: strictly, so that
  /// surrogates, overlong forms, values beyond U+10FFFF and forms cut short are none. O(1).
  func scalarLength(at offset: Int) -> Int {
    guard offset >= 0, offset < count else { return 0 }
    let lead = self[offset]
    if lead < 0x80 { return 1 }
    // Outside the window a byte reads as zero, which continues nothing.
    let second = self[offset + 1]
    switch lead {
    case 0xC2...0xDF: return Self.continues(second) ? 2 : 0
    case 0xE0...0xEF:
      let lowest: UInt8 = lead == 0xE0 ? 0xA0 : 0x80
      let highest: UInt8 = lead == 0xED ? 0x9F : 0xBF
      return second >= lowest && second <= highest && Self.continues(self[offset + 2]) ? 3 : 0
    case 0xF0...0xF4:
      let lowest: UInt8 = lead == 0xF0 ? 0x90 : 0x80
      let highest: UInt8 = lead == 0xF4 ? 0x8F : 0xBF
      let isWhole = second >= lowest && second <= highest
      return isWhole && Self.continues(self[offset + 2]) && Self.continues(self[offset + 3]) ? 4 : 0
    default: return 0
    }
  }

  /// Whether all of it is UTF-8. O(count).
  public var isUTF8: Bool {
    var offset = 0
    while offset < count {
      let length = scalarLength(at: offset)
      if length == 0 { return false }
      offset += length
    }
    return true
  }

  private static func continues(_ byte: UInt8) -> Bool { byte & 0xC0 == 0x80 }
}
