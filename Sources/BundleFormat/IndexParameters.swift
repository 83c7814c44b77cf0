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
  /// Four times as many rotated components are coded.
  public var subquantizers: UInt32
  /// How many lists a query looks at, at most: 1…listCount.
  public var probes: UInt32
  /// How many of the rows with the greatest (approximate) inner products get their cosine computed, 1…1,024.
  public var rerank: UInt32
  /// The binary logarithm that rotated components are divided by, 0…24.
  public var rotationShift: UInt32
  /// The binary logarithm that inner products of rotated vectors fall short by, 0…16.
  public var codeShift: UInt32
  /// How many lists are looked at in any case, 1…`probes`; after them the stopping rule decides. Of no meaning without codes.
  public var firstProbes: UInt32
  /// How much less than the best inner product found so far a list's centroid may have to be looked at; see `StoppingRule`.
  public var probeMargin: UInt32
  /// How many of the best rows get their cosine computed in any case, 1…`rerank`. Of no meaning without codes.
  public var leastRerank: UInt32
  /// How much less than the best approximate inner product others may have to get their cosine computed; see `StoppingRule`.
  public var rerankMargin: UInt32
  /// How many places of lists are enough: once as many are read, no further list is. 0: all that the probe margin lets be read.
  public var enoughPlaces: UInt32

  public init(
    dimensions: UInt32, rowCount: UInt32, listCount: UInt32, subquantizers: UInt32, probes: UInt32, rerank: UInt32,
    rotationShift: UInt32 = 0, codeShift: UInt32 = 0, firstProbes: UInt32? = nil,
    probeMargin: UInt32 = 0, leastRerank: UInt32? = nil, rerankMargin: UInt32 = 0, enoughPlaces: UInt32 = 0
  ) {
    self.dimensions = dimensions
    self.rowCount = rowCount
    self.listCount = listCount
    self.subquantizers = subquantizers
    self.probes = probes
    self.rerank = rerank
    self.rotationShift = rotationShift
    self.codeShift = codeShift
    self.firstProbes = firstProbes ?? probes
    self.probeMargin = probeMargin
    self.leastRerank = leastRerank ?? rerank
    self.rerankMargin = rerankMargin
    self.enoughPlaces = enoughPlaces
  }

  /// The number of rotated components: those that the codes code.
  public var rotatedDimensions: Int { Int(subquantizers) * Self.subvectorSize }

  /// The size of an element of `index/codes`: a block of codes and the row of each of its places.
  public var blockBytes: Int { Self.codebookSize * Int(subquantizers) + 4 * Self.blockSize }

  /// The number of blocks of list codes; none without codes.
  public var listBlocks: Int { subquantizers > 0 ? (Int(listCount) + Self.blockSize - 1) / Self.blockSize : 0 }

  /// What is added to the sums of a list: 32,768 for the first list whose centroid has the greatest inner product with the query,
  /// less for others, at least 1, or more where a later list turns out nearer.
  @inlinable
  public static func listOffset(near: Int32, greatest: Int32, shift: UInt32) -> UInt16 {
    let below = (Int64(greatest) - Int64(near)) >> Int64(shift)
    return UInt16(min(max(32_768 - below, 1), 65_535))
  }

  /// The rotated component that is component `part` of sub-vector `subquantizer`.
  ///
  /// Rotated components come in the order of their variance. Each sub-vector takes one from the front, one from the back of
  /// the first half, and so from the second half, so that all have about equal shares.
  @inlinable
  public static func rotatedComponent(_ part: Int, of subquantizer: Int, subquantizers: Int) -> Int {
    switch part {
    case 0: subquantizer
    case 1: 2 * subquantizers - 1 - subquantizer
    case 2: 2 * subquantizers + subquantizer
    default: 4 * subquantizers - 1 - subquantizer
    }
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
      let rerank: UInt32 = bytes.integer(at: 20), rerank > 0, rerank <= UInt32(Self.maximumRerank),
      let rotationShift: UInt32 = bytes.integer(at: 24), rotationShift <= 24,
      let codeShift: UInt32 = bytes.integer(at: 28), codeShift <= 16,
      let firstProbes: UInt32 = bytes.integer(at: 40), firstProbes <= probes,
      let probeMargin: UInt32 = bytes.integer(at: 44), probeMargin <= StoppingRule.greatestMargin,
      let leastRerank: UInt32 = bytes.integer(at: 48), leastRerank <= rerank,
      let rerankMargin: UInt32 = bytes.integer(at: 52), rerankMargin <= StoppingRule.greatestMargin,
      let enoughPlaces: UInt32 = bytes.integer(at: 56)
    else { return nil }
    self.init(
      dimensions: dimensions, rowCount: rowCount, listCount: listCount, subquantizers: subquantizers, probes: probes,
      rerank: rerank, rotationShift: rotationShift, codeShift: codeShift,
      firstProbes: firstProbes == 0 ? probes : firstProbes, probeMargin: probeMargin,
      leastRerank: leastRerank == 0 ? rerank : leastRerank, rerankMargin: rerankMargin, enoughPlaces: enoughPlaces)
  }

  /// The bytes of the section.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    for field in [
      dimensions, rowCount, listCount, subquantizers, probes, rerank, rotationShift, codeShift, 0, 0,
      firstProbes, probeMargin, leastRerank, rerankMargin, enoughPlaces,
    ] { bytes.append(littleEndian: field) }
    bytes.pad(to: Self.size)
    return bytes
  }
}

/// One record of `index/lists`: 16 bytes.
public struct ListRecord: Equatable, Sendable {
  /// The size of a record in bytes.
  public static let size = 16

  /// The first of the rows in `index/vectors` and `index/questions` whose nearest centroid is the list's.
  public var firstRow: UInt32
  /// The number of places in the list. Without codes a place is a row; with codes a row may have two, in two lists.
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
