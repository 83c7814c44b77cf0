/// A Unicode scalar and the number of bytes it takes in UTF-8.
struct DecodedScalar {
  let value: UInt32
  let length: Int

  /// What stands for bytes that are no scalar.
  @inline(__always)
  static var illFormed: DecodedScalar { DecodedScalar(value: 0, length: 0) }
}

extension Bytes {
  /// The scalar whose UTF-8 form begins at `offset`, or one of length zero if none does: strictly, so that surrogates,
  /// overlong forms, values beyond U+10FFFF and forms cut short by the end of the window are ill-formed. O(1).
  ///
  /// Source: The Unicode Standard 15.0, table 3-7.
  @inline(__always)
  func scalar(at offset: Int) -> DecodedScalar {
    guard offset >= 0, offset < count else { return .illFormed }
    let lead = UInt32(self[offset])
    if lead < 0x80 { return DecodedScalar(value: lead, length: 1) }
    // Outside the window a byte reads as zero, which continues nothing.
    let second = UInt32(self[offset + 1])
    guard lead >= 0xC2, second & 0xC0 == 0x80 else { return .illFormed }
    if lead < 0xE0 { return DecodedScalar(value: (lead & 0x1F) << 6 | second & 0x3F, length: 2) }
    let third = UInt32(self[offset + 2])
    guard third & 0xC0 == 0x80 else { return .illFormed }
    if lead < 0xF0 {
      let value = (lead & 0x0F) << 12 | (second & 0x3F) << 6 | third & 0x3F
      guard value >= 0x800, value & 0xF800 != 0xD800 else { return .illFormed }
      return DecodedScalar(value: value, length: 3)
    }
    let fourth = UInt32(self[offset + 3])
    guard lead < 0xF5, fourth & 0xC0 == 0x80 else { return .illFormed }
    let value = (lead & 0x07) << 18 | (second & 0x3F) << 12 | (third & 0x3F) << 6 | fourth & 0x3F
    guard value >= 0x1_0000, value <= 0x10_FFFF else { return .illFormed }
    return DecodedScalar(value: value, length: 4)
  }

  /// Whether a scalar begins or the window ends at `offset`, given that the window holds well-formed UTF-8. O(1).
  @inline(__always)
  func isScalarBoundary(_ offset: Int) -> Bool { self[offset] & 0xC0 != 0x80 }
}
