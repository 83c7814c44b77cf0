/// One record of `questions/mark-records`: where a question's marks stand in `questions/marks`, in 8 bytes.
///
/// The low eight bits are the length in bytes, zero for a question without marks; the others the address.
public struct MarkPlace: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 8

  /// Where the encoded marks begin.
  public var address: UInt64
  /// How many bytes they have.
  public var length: UInt8

  public init(address: UInt64, length: UInt8) {
    self.address = address
    self.length = length
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  public init?(_ bytes: Bytes) {
    guard let record: UInt64 = bytes.integer(at: 0) else { return nil }
    self.init(address: record >> 8, length: UInt8(truncatingIfNeeded: record))
  }

  /// The 8 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: address << 8 | UInt64(length))
    return bytes
  }
}
