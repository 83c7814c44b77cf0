/// An integer as it stands in a file: its value and how many bytes it has.
struct Field: Sendable {
  let value: UInt64
  let size: Int

  static func u8(_ value: UInt8) -> Field { Field(value: UInt64(value), size: 1) }
  static func u16(_ value: UInt16) -> Field { Field(value: UInt64(value), size: 2) }
  static func u32(_ value: UInt32) -> Field { Field(value: UInt64(value), size: 4) }
  static func u64(_ value: UInt64) -> Field { Field(value: value, size: 8) }
  static func i64(_ value: Int64) -> Field { Field(value: UInt64(bitPattern: value), size: 8) }

  /// Writes it, little-endian.
  func write(to bytes: inout [UInt8], at place: Int) {
    for index in 0..<size { bytes[place + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
  }
}
