import CKernels

/// `decision/judge`: small decision trees whose leaves add up to a score.
///
/// Sixteen bytes come first: the kind (u32, 1), the number of trees (u32), the number of features (u32), zero (u32). Then
/// 144 bytes for each tree, a complete binary tree of depth four: fifteen thresholds (i32) in the order of a heap, sixteen
/// bytes with the feature of each of those nodes (the last is zero), sixteen leaves (i32), four zero bytes. At node *n* the
/// walk goes to 2*n* + 1 if the feature is at most the threshold, else to 2*n* + 2. The score is the sum of the leaves
/// reached: more means more likely right. Gradient boosted trees as of Friedman (2001), stored like the oblivious ones of
/// CatBoost so that a walk has no branch to guess.
public struct JudgeModel: Sendable {
  /// The kind of model this version of the format knows.
  public static let additiveTrees: UInt32 = 1
  /// The size of the header and of a tree in bytes.
  public static let headerSize = 16
  public static let treeSize = 144
  /// The most trees a model may have.
  public static let maximumTrees = 256
  /// The largest size of a leaf. A score then lies within ±2³².
  public static let maximumLeaf: Int32 = 1 << 24

  private static let nodes = 15
  private static let features = 60
  private static let leaves = 76

  /// The bytes of the section.
  public let bytes: [UInt8]
  /// The number of trees.
  public let treeCount: Int
  // The trees in groups of sixteen, as the kernel walks them side by side; the last group is filled up with trees of nothing.
  private let groups: [Int32]

  /// Checks a section, or `nil` if it has the wrong size, an unknown feature or a leaf out of range.
  public init?(_ section: Bytes) {
    guard let kind: UInt32 = section.integer(at: 0), kind == Self.additiveTrees,
      let count: UInt32 = section.integer(at: 4), count > 0, count <= UInt32(Self.maximumTrees),
      let features: UInt32 = section.integer(at: 8), features <= UInt32(Evidence.count),
      section.count == Self.headerSize + Int(count) * Self.treeSize
    else { return nil }
    for tree in 0..<Int(count) {
      let start = Self.headerSize + tree * Self.treeSize
      for node in 0..<Self.nodes where section[start + Self.features + node] >= UInt8(features) { return nil }
      for leaf in 0..<16 {
        guard let value: Int32 = section.integer(at: start + Self.leaves + 4 * leaf), value >= -Self.maximumLeaf,
          value <= Self.maximumLeaf
        else { return nil }
      }
    }
    bytes = section.copied
    treeCount = Int(count)
    groups = Self.groups(section, treeCount)
  }

  /// The score of the evidence that begins at `first` in `evidence`. Four comparisons for each tree, sixteen trees at a time.
  public func score(
    _ evidence: borrowing FixedBuffer<Int32>, first: Int, kernels: UnsafePointer<almanac_kernels>
  ) -> Int64 {
    guard first >= 0, first <= evidence.capacity - Evidence.count else { return 0 }
    var values = SIMD32<Int32>(repeating: 0)
    let source = unsafe evidence.unsafeStart + first
    unsafe withUnsafeMutableBytes(of: &values) { values in
      unsafe values.copyMemory(from: UnsafeRawBufferPointer(start: source, count: 4 * Evidence.count))
    }
    // Features and leaves were checked when the model was read.
    return unsafe groups.withUnsafeBufferPointer { groups in
      unsafe withUnsafeBytes(of: values) { values in
        guard let trees = groups.baseAddress, let values = values.baseAddress else { return 0 }
        return unsafe kernels.pointee.score_trees(
          trees, groups.count / Self.groupSize, values.assumingMemoryBound(to: Int32.self))
      }
    }
  }

  private static let group = Int(ALMANAC_TREE_GROUP)
  private static let groupSize = 46 * group

  // For each group the thresholds of the first node of all its trees, of the second, and so on; then features, then leaves.
  private static func groups(_ section: Bytes, _ count: Int) -> [Int32] {
    var groups = [Int32](repeating: 0, count: (count + group - 1) / group * groupSize)
    for tree in 0..<count {
      let start = headerSize + tree * treeSize
      let first = tree / group * groupSize + tree % group
      for node in 0..<nodes {
        groups[first + group * node] = section.integer(at: start + 4 * node) ?? 0
        groups[first + group * (nodes + node)] = Int32(section[start + features + node])
      }
      for leaf in 0..<16 {
        groups[first + group * (2 * nodes + leaf)] = section.integer(at: start + leaves + 4 * leaf) ?? 0
      }
    }
    return groups
  }
}
