/// One record of `questions/piece-runs`: 16 bytes. Where the vocabulary pieces of a stored question stand.
public struct PieceRunRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 16

  /// Where the run begins in `questions/pieces`: `count` ordinals of pieces, four bytes each, in the order of the text.
  public var address: UInt64
  /// The number of pieces, 0…128.
  public var count: UInt32
  /// The number of wordings that the question's owner has, itself included.
  public var wordings: UInt32

  @inlinable
  public init(address: UInt64, count: UInt32, wordings: UInt32) {
    self.address = address
    self.count = count
    self.wordings = wordings
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one or the run longer than a text can have.
  @inlinable
  public init?(_ bytes: Bytes) {
    guard let address: UInt64 = bytes.integer(at: 0), let count: UInt32 = bytes.integer(at: 8),
      let wordings: UInt32 = bytes.integer(at: 12), count <= UInt32(EncoderParameters.maximumPieces)
    else { return nil }
    self.init(address: address, count: count, wordings: wordings)
  }

  /// The 16 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: address)
    bytes.append(littleEndian: count)
    bytes.append(littleEndian: wordings)
    return bytes
  }
}
