import BundleFormat
import CKernels

/// The hash tree of an open bundle, and what is known of each chunk so far.
///
/// The state of a chunk (unknown, good, bad) is one byte in memory that processes forked later share, so that each chunk is
/// hashed once however many workers read it. Two workers may check the same chunk at the same time; both store the
/// same result.
final class VerityTree: @unchecked Sendable {
  private static let good: UInt8 = 1
  private static let bad: UInt8 = 2

  private let data: Bytes
  private let tree: Bytes
  private let geometry: VerityGeometry
  private let root: Digest
  private let states: UnsafeMutablePointer<UInt8>
  private let stateCount: Int

  /// The tree over `data`, whose blocks are `tree`.
  ///
  /// - Throws: `footerDamaged` if the lengths do not fit, `cannotOpen` if there is no memory for the states.
  init(data: Bytes, tree: Bytes, root: Digest) throws(BundleError) {
    guard let geometry = VerityGeometry(dataLength: UInt64(data.count)), geometry.treeLength == UInt64(tree.count)
    else {
      throw .footerDamaged
    }
    self.data = data
    self.tree = tree
    self.geometry = geometry
    self.root = root
    stateCount = Int(geometry.chunkCount + geometry.firstBlock(level: geometry.levels + 1))
    guard let memory = almanac_shared_memory(stateCount) else { throw .cannotOpen(code: 12) }
    unsafe states = memory.assumingMemoryBound(to: UInt8.self)
  }

  deinit { unsafe almanac_shared_memory_release(states, stateCount) }

  /// The `length` bytes at `offset` of the data, whose chunks are good; `nil` if they do not lie in the data.
  ///
  /// - Throws: `damagedChunk` at the first bad one. A few nanoseconds per chunk once checked, about 5 µs the first time.
  @inline(__always)
  func bytes(offset: Int, length: Int) throws(BundleError) -> Bytes? {
    guard let bytes = data.slice(offset, length) else { return nil }
    let chunk = offset >> VerityGeometry.chunkShift
    let last = (offset &+ length &- 1) >> VerityGeometry.chunkShift
    // Nearly all reads are of one chunk, or of two, that are known to be good.
    if length > 0, last &- chunk < 2,
      unsafe almanac_load_byte(states + chunk) & almanac_load_byte(states + last) == Self.good
    {
      return bytes
    }
    try check(offset: offset, length: length)
    return bytes
  }

  /// Makes sure that the chunks under `length` bytes at `offset` of the data are good. The range must lie in the data.
  ///
  /// - Throws: `damagedChunk` at the first bad one.
  @inline(never)
  func check(offset: Int, length: Int) throws(BundleError) {
    guard length > 0 else { return }
    guard data.contains(offset, length) else { throw .damagedChunk(index: UInt64(max(offset, 0)) >> 12) }
    var chunk = offset >> VerityGeometry.chunkShift
    let last = (offset + length - 1) >> VerityGeometry.chunkShift
    while chunk <= last {
      if unsafe almanac_load_byte(states + chunk) != Self.good { try checkNode(level: 0, index: UInt64(chunk)) }
      chunk += 1
    }
  }

  /// The number of levels of blocks over the data.
  var levels: Int { geometry.levels }

  /// Tells the kernel that `length` bytes at `offset` of the data will be read. A range beyond the data is passed over.
  func announceData(offset: Int, length: Int) {
    guard length > 0, data.contains(offset, length) else { return }
    unsafe almanac_will_read(data.unsafeStart + offset, length)
  }

  /// Tells the kernel that these blocks of a level will be read. Blocks beyond the tree are passed over.
  func announceBlocks(level: Int, _ blocks: ClosedRange<Int>) {
    let start = (Int(geometry.firstBlock(level: level)) + blocks.lowerBound) << VerityGeometry.chunkShift
    let size = blocks.count << VerityGeometry.chunkShift
    if tree.contains(start, size) { unsafe almanac_will_read(tree.unsafeStart + start, size) }
  }

  /// Checks every chunk and every block, and calls `report` with the index of each bad chunk (counted from the start of the
  /// file, blocks of the tree included). Returns the number of bad ones. Linear in the file.
  func checkAll(report: (UInt64) -> Void) -> UInt64 {
    var damaged: UInt64 = 0
    var level = geometry.levels
    while level >= 0 {
      let count = level == 0 ? geometry.chunkCount : geometry.blockCount(level: level)
      var index: UInt64 = 0
      while index < count {
        do throws(BundleError) {
          try checkNode(level: level, index: index)
        } catch {
          damaged += 1
          report(level == 0 ? index : geometry.chunkCount + geometry.firstBlock(level: level) + index)
        }
        index += 1
      }
      level -= 1
    }
    return damaged
  }

  /// How many chunks and blocks were found bad.
  var damagedCount: Int { count(Self.bad) }

  /// How many chunks and blocks were checked and found good.
  var goodCount: Int { count(Self.good) }

  private func count(_ state: UInt8) -> Int {
    var count = 0
    for index in 0..<stateCount where unsafe almanac_load_byte(states + index) == state { count += 1 }
    return count
  }

  /// Whether a chunk (level 0) or block is good; checked if it was not yet.
  func isGood(level: Int, index: UInt64) -> Bool {
    do throws(BundleError) {
      try checkNode(level: level, index: index)
      return true
    } catch {
      return false
    }
  }

  private func checkNode(level: Int, index: UInt64) throws(BundleError) {
    let place = level == 0 ? index : geometry.chunkCount + geometry.firstBlock(level: level) + index
    guard place < UInt64(stateCount) else { throw .damagedChunk(index: place) }
    let state = unsafe states + Int(place)
    if unsafe almanac_load_byte(state) == Self.good { return }
    if unsafe almanac_load_byte(state) == Self.bad { throw .damagedChunk(index: place) }
    guard let expected = try expectedDigest(level: level, index: index), let bytes = node(level: level, index: index),
      Digest(of: bytes, for: .chunk(level: UInt8(level), index: index)) == expected
    else {
      unsafe almanac_store_byte(state, Self.bad)
      throw .damagedChunk(index: place)
    }
    unsafe almanac_store_byte(state, Self.good)
  }

  // The recursion ends at the top level, at most five steps up.
  private func expectedDigest(level: Int, index: UInt64) throws(BundleError) -> Digest? {
    if level == geometry.levels { return root }
    let parent = index / UInt64(VerityGeometry.fanOut)
    try checkNode(level: level + 1, index: parent)
    guard let block = node(level: level + 1, index: parent) else { return nil }
    return Digest(block, at: Int(index % UInt64(VerityGeometry.fanOut)) * Digest.size)
  }

  private func node(level: Int, index: UInt64) -> Bytes? {
    if level == 0 { return data.slice(Int(index) << VerityGeometry.chunkShift, VerityGeometry.chunkSize) }
    let block = geometry.firstBlock(level: level) + index
    return tree.slice(Int(block) << VerityGeometry.chunkShift, VerityGeometry.chunkSize)
  }
}
