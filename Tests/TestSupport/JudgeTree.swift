import BundleFormat

/// A tree of `decision/judge` that a test makes up.
public struct JudgeTree {
  /// The thresholds and features of the nodes, in the order of a heap, and the leaves from left to right.
  public var thresholds: [Int32]
  public var features: [UInt8]
  public var leaves: [Int32]

  /// Any tree over similarities, margins and shares.
  public static func random(using random: inout SeededRandom, leaves: ClosedRange<Int32>) -> JudgeTree {
    JudgeTree(
      thresholds: (0..<15).map { _ in Int32.random(in: -70_000...70_000, using: &random) },
      features: (0..<15).map { _ in UInt8.random(in: 0..<UInt8(Evidence.count), using: &random) },
      leaves: (0..<16).map { _ in Int32.random(in: leaves, using: &random) })
  }

  /// A tree whose score is the number of steps by which `feature` is above `start`, 0…15; negated if `isFalling`.
  public static func ladder(
    _ feature: Evidence, from start: Int32, step: Int32, isFalling: Bool = false
  ) -> JudgeTree {
    var thresholds = [Int32](repeating: 0, count: 15)
    func fill(_ node: Int, _ range: Range<Int32>) {
      guard node < 15 else { return }
      let middle = (range.lowerBound + range.upperBound) / 2
      thresholds[node] = start + middle * step
      fill(2 * node + 1, range.lowerBound..<middle)
      fill(2 * node + 2, middle + 1..<range.upperBound)
    }
    fill(0, 0..<15)
    return JudgeTree(
      thresholds: thresholds, features: [UInt8](repeating: feature.rawValue, count: 15),
      leaves: (0..<16).map { isFalling ? -$0 : $0 })
  }

  /// A section of `trees`.
  public static func section(_ trees: [JudgeTree]) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in [JudgeModel.additiveTrees, UInt32(trees.count), UInt32(Evidence.count), 0] {
      bytes.append(littleEndian: field)
    }
    for tree in trees {
      for threshold in tree.thresholds { bytes.append(littleEndian: threshold) }
      bytes += tree.features + [0]
      for leaf in tree.leaves { bytes.append(littleEndian: leaf) }
      bytes += [0, 0, 0, 0]
    }
    return bytes
  }

  /// A section as long as `model`'s that scores as `tree` alone: the other trees always add nothing.
  public static func section(_ tree: JudgeTree, inPlaceOf model: JudgeModel) -> [UInt8] {
    let nothing = JudgeTree(
      thresholds: [Int32](repeating: 0, count: 15), features: [UInt8](repeating: 0, count: 15),
      leaves: [Int32](repeating: 0, count: 16))
    return section([tree] + [JudgeTree](repeating: nothing, count: model.treeCount - 1))
  }
}
