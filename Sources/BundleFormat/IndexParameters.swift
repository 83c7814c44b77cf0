/// `index/parameters`: the shape of the vector index and how far a search goes.
public struct IndexParameters: Equatable, Sendable {
  /// The size of the section in bytes.
  public static let size = 64
  /// The number of vectors in a block of codes.
  public static let blockSize = 32
  /// The number of dimensions that one sub-quantiser codes.
  public static let subvectorSize = 4
  /// The number of centroids of a sub-quantiser: codes have four bits.
  public static let codebookSize = 16
  /// The most candidates a search may re-rank.
  public static let maximumRerank = 1024
  /// The most inverted lists: their centroids are looked at by every query.
  public static let maximumLists = 65_536

  /// The number of components of a vector; equal to the encoder's.
  public var dimensions: UInt32
  /// The number of stored vectors; may be zero.
  public var rowCount: UInt32
  /// The number of inverted lists, at least 1.
  public var listCount: UInt32
  /// The number of sub-quantisers, even; zero if there are no codes and every row of a probed list is scored exactly.
  public var subquantizers: UInt32
  /// How many lists a query looks at, 1…listCount.
  public var probes: UInt32
  /// How many of the rows with the greatest (approximate) inner products get their cosine computed, 1…1,024.
  public var rerank: UInt32

  public init(
    dimensions: UInt32, rowCount: UInt32, listCount: UInt32, subquantizers: UInt32, probes: UInt32, rerank: UInt32
  ) {
    self.dimensions = dimensions
    self.rowCount = rowCount
    self.listCount = listCount
    self.subquantizers = subquantizers
    self.probes = probes
    self.rerank = rerank
  }

  /// Reads the section, or `nil` if it is short or contradicts itself.
  public init?(_ bytes: Bytes) {
    guard let dimensions: UInt32 = bytes.integer(at: 0), dimensions >= 8, dimensions <= 4096,
      let rowCount: UInt32 = bytes.integer(at: 4), rowCount < 1 << 31,
      let listCount: UInt32 = bytes.integer(at: 8), listCount > 0, listCount <= UInt32(Self.maximumLists),
      let subquantizers: UInt32 = bytes.integer(at: 12), subquantizers <= 256, subquantizers % 2 == 0,
      subquantizers == 0
        || Int(subquantizers) * Self.subvectorSize <= EncoderParameters.stride(dimensions: Int(dimensions)),
      let probes: UInt32 = bytes.integer(at: 16), probes > 0, probes <= listCount,
      let rerank: UInt32 = bytes.integer(at: 20), rerank > 0, rerank <= UInt32(Self.maximumRerank)
    else { return nil }
    self.init(
      dimensions: dimensions, rowCount: rowCount, listCount: listCount, subquantizers: subquantizers, probes: probes,
      rerank: rerank)
  }

  /// The bytes of the section.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for field in [dimensions, rowCount, listCount, subquantizers, probes, rerank] { bytes.append(littleEndian: field) }
    bytes.pad(to: Self.size)
    return bytes
  }
}

/// One record of `index/lists`: 16 bytes.
public struct ListRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 16

  /// The list's first row in `index/vectors` and `index/questions`.
  public var firstRow: UInt32
  /// The number of rows.
  public var rowCount: UInt32
  /// The list's first block in `index/codes`; of no meaning without codes.
  public var firstBlock: UInt32

  public init(firstRow: UInt32, rowCount: UInt32, firstBlock: UInt32) {
    self.firstRow = firstRow
    self.rowCount = rowCount
    self.firstBlock = firstBlock
  }

  /// Reads a record, or `nil` if `bytes` is shorter than one.
  public init?(_ bytes: Bytes) {
    guard bytes.count >= Self.size, let firstRow: UInt32 = bytes.integer(at: 0),
      let rowCount: UInt32 = bytes.integer(at: 4), let firstBlock: UInt32 = bytes.integer(at: 8)
    else { return nil }
    self.init(firstRow: firstRow, rowCount: rowCount, firstBlock: firstBlock)
  }

  /// The 16 bytes of the record.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for field in [firstRow, rowCount, firstBlock] { bytes.append(littleEndian: field) }
    bytes.pad(to: Self.size)
    return bytes
  }
}
