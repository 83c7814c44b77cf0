/// Where everything lies in the hash tree over a bundle's data, computed from the data's length alone.
///
/// Level 0 is the data in chunks of 4 KiB. A block of level k + 1 holds the digests of up to 128 consecutive chunks (or
/// blocks) of level k and is padded with zeros. The last level is one block; its digest is the root. In the file the
/// blocks of level 1 come first, then level 2, and so on. The scheme is that of Linux fs-verity with BLAKE2b.
public struct VerityGeometry: Sendable {
  /// The size of a chunk and of a block in bytes.
  public static let chunkSize = 4096
  /// The binary logarithm of `chunkSize`.
  public static let chunkShift = 12
  /// The number of digests in a block.
  public static let fanOut = chunkSize / Digest.size
  /// The most levels that any file can have: 128^5 chunks are more than 2^46 bytes.
  public static let maximumLevels = 5

  /// The number of chunks of data.
  public let chunkCount: UInt64
  /// The number of levels of blocks, 1…5.
  public let levels: Int

  // A tuple, since a fixed number of values needs no allocation.
  private let blockCounts: (UInt64, UInt64, UInt64, UInt64, UInt64)

  /// The tree over `dataLength` bytes, or `nil` if that is zero, not a whole number of chunks, or beyond five levels.
  public init?(dataLength: UInt64) {
    guard dataLength > 0, dataLength % UInt64(Self.chunkSize) == 0 else { return nil }
    chunkCount = dataLength >> UInt64(Self.chunkShift)
    var counts: (UInt64, UInt64, UInt64, UInt64, UInt64) = (0, 0, 0, 0, 0)
    var below = chunkCount
    var level = 0
    repeat {
      guard level < Self.maximumLevels else { return nil }
      let count = (below + UInt64(Self.fanOut) - 1) / UInt64(Self.fanOut)
      switch level {
      case 0: counts.0 = count
      case 1: counts.1 = count
      case 2: counts.2 = count
      case 3: counts.3 = count
      default: counts.4 = count
      }
      below = count
      level += 1
    } while below > 1
    levels = level
    blockCounts = counts
  }

  /// The number of blocks of `level` (1…levels), or zero for other levels.
  public func blockCount(level: Int) -> UInt64 {
    switch level {
    case 1: blockCounts.0
    case 2: blockCounts.1
    case 3: blockCounts.2
    case 4: blockCounts.3
    case 5: blockCounts.4
    default: 0
    }
  }

  /// The number of blocks of all levels below `level`: the place in the tree of the first block of `level`.
  public func firstBlock(level: Int) -> UInt64 {
    var total: UInt64 = 0
    var below = 1
    while below < level {
      total += blockCount(level: below)
      below += 1
    }
    return total
  }

  /// The length of the tree in bytes.
  public var treeLength: UInt64 { firstBlock(level: levels + 1) << UInt64(Self.chunkShift) }
}
