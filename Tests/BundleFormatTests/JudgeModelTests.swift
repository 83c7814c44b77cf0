import BundleFormat
import CKernels
import Testing

/// A section of trees is read only if it is whole and in range, and then scores as its layout says.
@Suite struct JudgeModelTests {
  private static let seed: UInt64 = 20_261_121
  private let kernels = almanac_kernels_choose(ALMANAC_KERNELS_AUTO)!

  /// The bytes of a section with trees drawn at random: every threshold, known features, leaves up to the largest.
  private static func section(trees: Int, using random: inout SplitMix) -> [UInt8] {
    var bytes: [UInt8] = []
    for field in [JudgeModel.additiveTrees, UInt32(trees), UInt32(Evidence.count), 0] {
      bytes.append(littleEndian: field)
    }
    for _ in 0..<trees {
      for _ in 0..<15 { bytes.append(littleEndian: random.value()) }
      for _ in 0..<15 { bytes.append(UInt8(Int.random(in: 0..<Evidence.count, using: &random))) }
      bytes.append(0)
      for _ in 0..<16 {
        bytes.append(
          littleEndian: Int32.random(in: -JudgeModel.maximumLeaf...JudgeModel.maximumLeaf, using: &random))
      }
      bytes += [0, 0, 0, 0]
    }
    return bytes
  }

  private static func model(_ bytes: [UInt8]) -> JudgeModel? { bytes.withBytes { JudgeModel($0) } }

  private static func replacing(_ bytes: [UInt8], at offset: Int, with value: UInt32) -> [UInt8] {
    var (changed, field) = (bytes, [UInt8]())
    field.append(littleEndian: value)
    changed.replaceSubrange(offset..<offset + 4, with: field)
    return changed
  }

  /// The score as the layout describes it, from the bytes alone.
  private static func score(_ section: [UInt8], _ evidence: [Int32]) -> Int64 {
    func number(_ offset: Int) -> Int32 {
      Int32(
        truncatingIfNeeded: (0..<4).reduce(0) { $0 | Int(section[offset + $1]) << (8 * $1) })
    }
    var total: Int64 = 0
    for tree in stride(from: 16, to: section.count, by: 144) {
      var node = 0
      while node < 15 {
        let isBelow = evidence[Int(section[tree + 60 + node])] <= number(tree + 4 * node)
        node = isBelow ? 2 * node + 1 : 2 * node + 2
      }
      total += Int64(number(tree + 76 + 4 * (node - 15)))
    }
    return total
  }

  @Test func theScoreIsThatOfAPlainWalk() throws {
    var random = SplitMix(state: Self.seed)
    for trees in [1, 2, 3, 17, JudgeModel.maximumTrees] {
      let bytes = Self.section(trees: trees, using: &random)
      let model = try #require(Self.model(bytes))
      #expect(model.treeCount == trees)
      #expect(model.bytes == bytes)
      for round in 0..<40 {
        // The evidence does not begin at the buffer's start, and what stands around it does not count.
        let first = round % 3 * Evidence.count
        let evidence = (0..<4 * Evidence.count).map { _ in random.value() }
        var buffer = FixedBuffer<Int32>(capacity: evidence.count)
        for (index, value) in evidence.enumerated() { buffer[index] = value }
        #expect(model.score(buffer, first: first, kernels: kernels) == Self.score(bytes, Array(evidence[first...])))
      }
    }
  }

  @Test func aFeatureEqualToTheThresholdGoesToTheLowerSide() throws {
    for (threshold, value, isBelow) in [
      (Int32(7), Int32(7), true), (7, 8, false), (.max, .max, true), (.min, .min, true), (.min, .min + 1, false),
    ] {
      var random = SplitMix(state: Self.seed)
      var bytes = Self.section(trees: 1, using: &random)
      for node in 0..<15 {
        bytes = Self.replacing(bytes, at: 16 + 4 * node, with: UInt32(bitPattern: threshold))
        bytes[76 + node] = 4
      }
      for leaf in 0..<16 { bytes = Self.replacing(bytes, at: 92 + 4 * leaf, with: UInt32(leaf + 1)) }
      var evidence = FixedBuffer<Int32>(capacity: Evidence.count)
      evidence[4] = value
      #expect(try #require(Self.model(bytes)).score(evidence, first: 0, kernels: kernels) == (isBelow ? 1 : 16))
    }
  }

  @Test func theLargestScoresAreThoseOfAllTreesTogether() throws {
    var random = SplitMix(state: Self.seed)
    for leaf in [JudgeModel.maximumLeaf, -JudgeModel.maximumLeaf] {
      var bytes = Self.section(trees: JudgeModel.maximumTrees, using: &random)
      for tree in 0..<JudgeModel.maximumTrees {
        for place in 0..<16 {
          bytes = Self.replacing(bytes, at: 16 + 144 * tree + 76 + 4 * place, with: UInt32(bitPattern: leaf))
        }
      }
      let evidence = FixedBuffer<Int32>(capacity: Evidence.count)
      #expect(try #require(Self.model(bytes)).score(evidence, first: 0, kernels: kernels) == Int64(leaf) << 8)
    }
  }

  @Test func everyOtherLengthIsRefused() {
    var random = SplitMix(state: Self.seed)
    let bytes = Self.section(trees: 3, using: &random)
    #expect(Self.model(bytes) != nil)
    for length in 0..<bytes.count { #expect(Self.model(Array(bytes[..<length])) == nil, "\(length) bytes") }
    for extra in [1, 4, JudgeModel.treeSize] {
      #expect(Self.model(bytes + [UInt8](repeating: 0, count: extra)) == nil, "\(extra) bytes more")
    }
  }

  @Test func unknownKindsAndImpossibleCountsAreRefused() {
    var random = SplitMix(state: Self.seed)
    let bytes = Self.section(trees: 1, using: &random)
    for kind: UInt32 in [0, 2, 0x0100_0000, .max] {
      #expect(Self.model(Self.replacing(bytes, at: 0, with: kind)) == nil)
    }
    for trees: UInt32 in [0, 2, 257, 0x7FFF_FFFF, .max] {
      #expect(Self.model(Self.replacing(bytes, at: 4, with: trees)) == nil)
    }
    for features: UInt32 in [0, UInt32(Evidence.count) + 1, 257, .max] {
      #expect(Self.model(Self.replacing(bytes, at: 8, with: features)) == nil)
    }
    #expect(Self.model(Array(bytes[..<16])) == nil)
    let most = JudgeModel.maximumTrees + 1
    #expect(Self.model(Self.section(trees: most, using: &random)) == nil)
  }

  @Test func everyNodeAndLeafIsHeldAgainstItsRange() {
    var random = SplitMix(state: Self.seed)
    let bytes = Self.section(trees: 2, using: &random)
    for tree in 0..<2 {
      let start = JudgeModel.headerSize + tree * JudgeModel.treeSize
      for node in 0..<15 {
        for feature in [UInt8(Evidence.count), 0x80, 0xFF] {
          var changed = bytes
          changed[start + 60 + node] = feature
          #expect(Self.model(changed) == nil, "node \(node) of tree \(tree)")
        }
      }
      for leaf in 0..<16 {
        let place = start + 76 + 4 * leaf
        for value in [JudgeModel.maximumLeaf + 1, -JudgeModel.maximumLeaf - 1, .max, .min] {
          #expect(Self.model(Self.replacing(bytes, at: place, with: UInt32(bitPattern: value))) == nil)
        }
        for value in [JudgeModel.maximumLeaf, -JudgeModel.maximumLeaf, 0] {
          #expect(Self.model(Self.replacing(bytes, at: place, with: UInt32(bitPattern: value))) != nil)
        }
      }
    }
  }

  @Test func fewerFeaturesThanThisVersionHasAreRead() throws {
    var random = SplitMix(state: Self.seed)
    var bytes = Self.replacing(Self.section(trees: 1, using: &random), at: 8, with: 3)
    for node in 0..<15 { bytes[76 + node] = UInt8(node % 3) }
    #expect(Self.model(bytes) != nil)
    bytes[76 + 14] = 3
    #expect(Self.model(bytes) == nil, "a feature that the section itself does not count")
  }

  @Test func noBytesEndTheProcess() {
    var random = SplitMix(state: Self.seed)
    let good = Self.section(trees: 2, using: &random)
    var evidence = FixedBuffer<Int32>(capacity: Evidence.count)
    var read = 0
    for round in 0..<4_000 {
      var bytes = good
      if round % 2 == 0 {
        for _ in 0..<Int.random(in: 1...6, using: &random) {
          bytes[Int.random(in: 0..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
      } else {
        bytes = (0..<Int.random(in: 0...400, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
      }
      guard let model = Self.model(bytes) else { continue }
      read += 1
      for index in 0..<Evidence.count { evidence[index] = random.value() }
      let score = model.score(evidence, first: 0, kernels: kernels)
      #expect(abs(score) <= Int64(JudgeModel.maximumLeaf) * Int64(model.treeCount), "seed \(Self.seed)")
    }
    #expect(read > 0)
  }
}

/// SplitMix64, and integers of all sizes from it.
private struct SplitMix: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  /// An integer that is often small, and now and then the least or the greatest there is.
  mutating func value() -> Int32 {
    switch Int.random(in: 0..<8, using: &self) {
    case 0: .min
    case 1: .max
    case 2: Int32.random(in: -2...2, using: &self)
    default: Int32(truncatingIfNeeded: next()) >> Int32.random(in: 0..<24, using: &self)
    }
  }
}
