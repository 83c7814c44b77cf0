import BundleFormat

/// Tells the kernel what is going to be read and checked soon, so that all of it comes from the disk together and not piece by
/// piece.
///
/// These are hints: a range beyond the file is passed over. Each costs a system call, so a block of the hash tree that the one
/// before needs too is not asked for again.
struct ReadAhead {
  private let verity: VerityTree
  // The last block asked for on each level of the tree.
  private var lastBlocks = [Int](repeating: -1, count: VerityGeometry.maximumLevels + 1)

  /// Begins with nothing asked for.
  init(_ verity: VerityTree) { self.verity = verity }

  /// Asks for `length` bytes at `offset` of the data and for the blocks that they are checked with.
  mutating func expect(offset: Int, length: Int) {
    guard length > 0, offset >= 0 else { return }
    let (end, overflows) = offset.addingReportingOverflow(length - 1)
    guard !overflows else { return }
    verity.announceData(offset: offset, length: length)
    var first = offset >> VerityGeometry.chunkShift
    var last = end >> VerityGeometry.chunkShift
    for level in 1...verity.levels {
      first /= VerityGeometry.fanOut
      last /= VerityGeometry.fanOut
      if first == last, last == lastBlocks[level] { return }
      verity.announceBlocks(level: level, first...last)
      lastBlocks[level] = last
    }
  }
}
