import BundleFormat

/// Checks that bytes are well-formed UTF-8 (The Unicode Standard, table 3-7: no surrogates, no overlong forms).
package enum UTF8Check {
  /// The offset of the first byte of the first ill-formed sequence, or `nil` if all bytes are well-formed.
  package static func firstInvalid(_ bytes: Bytes) -> Int? {
    var index = 0
    while index < bytes.count {
      // Eight ASCII bytes at a time, as nearly all text is.
      if let word: UInt64 = bytes.integer(at: index), word & 0x8080_8080_8080_8080 == 0 {
        index += 8
        continue
      }
      guard let length = sequenceLength(bytes, at: index) else { return index }
      index += length
    }
    return nil
  }

  /// The length of the well-formed sequence at `index`, or `nil`. Bytes past the end read as zero, which never fits.
  private static func sequenceLength(_ bytes: Bytes, at index: Int) -> Int? {
    func continues(_ offset: Int) -> Bool { bytes[index + offset] & 0xC0 == 0x80 }
    let second = bytes[index + 1]
    switch bytes[index] {
    case 0x00...0x7F: return 1
    case 0xC2...0xDF: return continues(1) ? 2 : nil
    case 0xE0: return (0xA0...0xBF).contains(second) && continues(2) ? 3 : nil
    case 0xED: return (0x80...0x9F).contains(second) && continues(2) ? 3 : nil
    case 0xE1...0xEF: return continues(1) && continues(2) ? 3 : nil
    case 0xF0: return (0x90...0xBF).contains(second) && continues(2) && continues(3) ? 4 : nil
    case 0xF1...0xF3: return continues(1) && continues(2) && continues(3) ? 4 : nil
    case 0xF4: return (0x80...0x8F).contains(second) && continues(2) && continues(3) ? 4 : nil
    default: return nil
    }
  }
}
