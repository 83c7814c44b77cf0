import BundleFormat
import CKernels
import TestSupport
import Testing

@testable import BundleCompiler

/// The index finds what the exact scan finds, as often as it says, and does not depend on the instruction set.
@Suite struct IndexTests {
  private let kernels = almanac_kernels_choose(ALMANAC_KERNELS_PORTABLE)!

  /// Vectors in clusters, as embeddings are.
  private static func clustered(_ count: Int, dimensions: Int, random: inout SeededRandom) -> VectorMatrix {
    let matrix = VectorMatrix(count: count, dimensions: dimensions)
    let centres = (0..<40).map { _ in (0..<dimensions).map { _ in Int.random(in: -30...30, using: &random) } }
    for row in 0..<count {
      let centre = centres[Int.random(in: 0..<40, using: &random)]
      for component in 0..<dimensions {
        matrix.row(row)[component] = Int8(centre[component] + Int.random(in: -18...18, using: &random))
      }
    }
    return matrix
  }

  @Test func everyVectorStandsInExactlyOneRow() {
    var random = SeededRandom()
    let vectors = Self.clustered(3_000, dimensions: 64, random: &random)
    let index = TrainedIndex(
      vectors, plan: IndexPlan(count: 3_000, dimensions: 64), kernels: kernels, progress: { _ in })
    #expect(index.order.sorted() == Array(0..<3_000))
    #expect(index.lists.count == 54)
    var row = 0
    var block = 0
    for list in index.lists {
      #expect(Int(list.firstRow) == row && Int(list.firstBlock) == block)
      row += Int(list.rowCount)
      block += (Int(list.rowCount) + 31) / 32
    }
    #expect(row == 3_000 && index.codes.count == block * 16 * index.subquantizers)
  }

  @Test func measuredRecallReachesTheTarget() {
    var random = SeededRandom()
    let vectors = Self.clustered(4_000, dimensions: 64, random: &random)
    let index = TrainedIndex(
      vectors, plan: IndexPlan(count: 4_000, dimensions: 64), kernels: kernels, progress: { _ in })
    let tuning = SearchTuning(index, vectors: vectors, queries: [SearchTuning.Queries(vectors: vectors)], recall: 0.99, kernels: kernels)
    #expect(tuning.chosen.recall >= 0.99, "seed \(random.seed)")
    #expect(tuning.frontier.map(\.recall) == tuning.frontier.map(\.recall).sorted())
  }

  @Test func smallBundlesAreScannedExactly() {
    let plan = IndexPlan(count: IndexPlan.exactLimit, dimensions: 384)
    #expect(plan.listCount == 1 && plan.subquantizers == 0)
    #expect(IndexPlan(count: IndexPlan.exactLimit + 1, dimensions: 384).subquantizers == 96)
    #expect(
      IndexPlan(count: 100_000, dimensions: 2048).subquantizers == 0, "sums of so many codes would not fit 16 bits")
  }

  @Test func theSeededGeneratorIsAPermutation() {
    var generator = SeededGenerator(seed: 1)
    for count in 0..<50 { #expect(generator.permutation(count).sorted() == Array(0..<count)) }
  }
}
