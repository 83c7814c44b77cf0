/// The 64-bit hash of keys in a bundle: FNV-1a over the bytes, then the final mixing step of MurmurHash3.
///
/// FNV-1a can be extended byte by byte, which lets the tokeniser hash every prefix of a word in one pass; the mixing step
/// spreads its weak high bits over the table. Not for security: every match is confirmed against the stored key.
/// Sources: Fowler, Noll, Vo (RFC 9923); Appleby, MurmurHash3 `fmix64`.
public struct KeyHash {
  @usableFromInline var state: UInt64

  /// Starts a hash. `domain` keeps keys of different kinds apart: it is hashed as the first byte.
  @inlinable
  public init(domain: UInt8) {
    state = 0xCBF2_9CE4_8422_2325
    add(domain)
  }

  /// Extends the hash by one byte.
  @inlinable
  public mutating func add(_ byte: UInt8) {
    state = (state ^ UInt64(byte)) &* 0x100_0000_01B3
  }

  /// Takes back the byte added last, which must be `byte`. FNV-1a can be undone: its factor is odd.
  mutating func remove(_ byte: UInt8) {
    // The inverse of the factor modulo 2⁶⁴.
    state = state &* 0xCE96_5057_AFF6_957B ^ UInt64(byte)
  }

  /// The hash of all bytes added so far.
  @inlinable
  public var value: UInt64 {
    var mixed = state
    mixed = (mixed ^ (mixed >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ (mixed >> 33)
  }

  /// The hash of `bytes` in `domain`.
  @inlinable
  public static func of(_ bytes: Bytes, domain: UInt8) -> UInt64 {
    var hash = KeyHash(domain: domain)
    for index in 0..<bytes.count { hash.add(bytes[index]) }
    return hash.value
  }

  /// Domain of normal forms in `exact/table`.
  public static let question: UInt8 = 1
  /// Domain of entry ids in `ids/table`.
  public static let entryID: UInt8 = 2
  /// Domain of pieces that start a word in `encoder/pieces`.
  public static let startPiece: UInt8 = 3
  /// Domain of pieces that continue a word in `encoder/pieces`.
  public static let continuationPiece: UInt8 = 4
  /// Domain of words in `decision/rules`.
  public static let ruleWord: UInt8 = 5
}
