/// One record of `entries/freshness`: 48 bytes. Tools read it, to know which answers are due to be made anew; readers do not.
public struct FreshnessRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 48

  /// How many seconds after it was made an answer is due to be made anew; 0 for never.
  public var cadence: UInt32
  /// When the answer was made, in seconds since 1970; `Int64.min` if unknown.
  public var answered: Int64
  /// BLAKE2b-256 of what the answer was made from, 32 bytes; all zero if unknown.
  public var sourceDigest: [UInt8]

  public init(cadence: UInt32, answered: Int64, sourceDigest: [UInt8]) {
    self.cadence = cadence
    self.answered = answered
    self.sourceDigest = sourceDigest
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  public init?(_ bytes: Bytes) {
    guard bytes.count >= Self.size, let cadence: UInt32 = bytes.integer(at: 0),
      let answered: Int64 = bytes.integer(at: 8), let digest = bytes.slice(16, 32)
    else { return nil }
    self.init(cadence: cadence, answered: answered, sourceDigest: digest.copied)
  }

  /// The 48 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: cadence)
    bytes.pad(to: 8)
    bytes.append(littleEndian: answered)
    bytes += sourceDigest
    bytes.pad(to: Self.size)
    return bytes
  }
}
