/// `encoder/parameters`: the shape of the encoder and the name of the space its vectors live in.
public struct EncoderParameters: Equatable, Sendable {
  /// The size of the fixed part in bytes; the model's name follows.
  public static let size = 64
  /// The kind of encoder this version of the format knows: a sum of piece vectors.
  public static let pieceSum: UInt32 = 1
  /// The most pieces of a text that are used. With 127 and 65,535 as the largest factors, 128 summands fit `Int32`.
  public static let maximumPieces = 128

  /// The number of components of a vector, 8…4,096.
  public var dimensions: UInt32
  /// The number of pieces in the vocabulary.
  public var pieceCount: UInt32
  /// The name of the embedding model whose vectors the encoder imitates; UTF-8, at most 255 bytes.
  public var model: [UInt8]

  public init(dimensions: UInt32, pieceCount: UInt32, model: [UInt8]) {
    self.dimensions = dimensions
    self.pieceCount = pieceCount
    self.model = model
  }

  /// The number of bytes from one stored vector to the next: `dimensions` rounded up to a multiple of 64.
  public var stride: Int { Self.stride(dimensions: Int(dimensions)) }

  /// `dimensions` rounded up to a multiple of 64. The components added are zero.
  public static func stride(dimensions: Int) -> Int { (dimensions + 63) / 64 * 64 }

  /// Reads the section, or `nil` if it is short or out of range.
  public init?(_ bytes: Bytes) {
    guard let kind: UInt32 = bytes.integer(at: 0), kind == Self.pieceSum,
      let dimensions: UInt32 = bytes.integer(at: 4), dimensions >= 8, dimensions <= 4096,
      let pieceCount: UInt32 = bytes.integer(at: 8), pieceCount > 0, pieceCount < 1 << 24,
      let modelLength: UInt32 = bytes.integer(at: 12), modelLength <= 255,
      let name = bytes.slice(Self.size, Int(modelLength))
    else { return nil }
    self.init(dimensions: dimensions, pieceCount: pieceCount, model: name.copied)
  }

  /// The bytes of the section.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: Self.pieceSum)
    bytes.append(littleEndian: dimensions)
    bytes.append(littleEndian: pieceCount)
    bytes.append(littleEndian: UInt32(model.count))
    bytes.pad(to: Self.size)
    bytes.append(contentsOf: model)
    return bytes
  }
}

/// One record of `encoder/piece-records`: 8 bytes.
public struct PieceRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 8

  /// Where the piece's text begins in `encoder/piece-text`.
  public var textOffset: UInt32
  /// The factor by which the piece's row is multiplied.
  public var scale: UInt16
  /// The length of the text in bytes, 1…24.
  public var textLength: UInt8
  /// 1 if the piece starts a word, 0 if it continues one.
  public var isStart: UInt8

  public init(textOffset: UInt32, scale: UInt16, textLength: UInt8, isStart: UInt8) {
    self.textOffset = textOffset
    self.scale = scale
    self.textLength = textLength
    self.isStart = isStart
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  @inlinable
  public init?(_ bytes: Bytes) {
    guard bytes.count >= 8, let textOffset: UInt32 = bytes.integer(at: 0), let scale: UInt16 = bytes.integer(at: 4)
    else { return nil }
    self.textOffset = textOffset
    self.scale = scale
    textLength = bytes[6]
    isStart = bytes[7]
  }

  /// The 8 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: textOffset)
    bytes.append(littleEndian: scale)
    bytes.append(textLength)
    bytes.append(isStart)
    return bytes
  }
}
