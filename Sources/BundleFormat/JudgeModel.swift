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
  private let nodes: [Node]
  private let leaves: [Int32]

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
    var nodes: [Node] = []
    var leaves: [Int32] = []
    for tree in 0..<treeCount {
      let start = Self.headerSize + tree * Self.treeSize
      for node in 0..<Self.nodes {
        let threshold: Int32 = section.integer(at: start + 4 * node) ?? 0
        nodes.append(Node(threshold: threshold, feature: Int32(section[start + Self.features + node])))
      }
      for leaf in 0..<16 { leaves.append(section.integer(at: start + Self.leaves + 4 * leaf) ?? 0) }
    }
    self.nodes = nodes
    self.leaves = leaves
  }

  /// The score of the evidence that begins at `first` in `evidence`. Four comparisons for each tree.
  public func score(_ evidence: borrowing FixedBuffer<Int32>, first: Int) -> Int64 {
    guard first >= 0, first <= evidence.capacity - Evidence.count else { return 0 }
    let values = unsafe evidence.unsafeStart + first
    var total: Int64 = 0
    // Features, nodes and leaves were checked when the model was read.
    unsafe nodes.withUnsafeBufferPointer { nodes in
      unsafe leaves.withUnsafeBufferPointer { leaves in
        for tree in 0..<treeCount {
          let start = tree * Self.nodes
          var place = 0
          for _ in 0..<4 {
            let node = unsafe nodes[start + place]
            place = unsafe 2 * place + (values[Int(node.feature)] <= node.threshold ? 1 : 2)
          }
          unsafe total += Int64(leaves[16 * tree + place - Self.nodes])
        }
      }
    }
    return total
  }

  // A node as it is walked: one load.
  private struct Node {
    var threshold: Int32
    var feature: Int32
  }
}
