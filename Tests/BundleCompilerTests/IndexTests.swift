import BundleFormat
import CKernels
import TestSupport
import Testing

@testable import BundleCompiler

/// The index finds what the exact scan finds, as often as it says, and does not depend on the instruction set.
@Suite struct IndexTests {
  private let kernels = Kernels(ALMANAC_KERNELS_PORTABLE)!

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

  @Test func everyVectorStandsInOneRowAndInTwoLists() {
    var random = SeededRandom()
    let vectors = Self.clustered(3_000, dimensions: 64, random: &random)
    let index = TrainedIndex(
      vectors, plan: IndexPlan(count: 3_000, dimensions: 64), kernels: kernels, progress: { _ in })
    #expect(index.order.sorted() == Array(0..<3_000))
    var block = 0
    var listed = [Int](repeating: 0, count: 3_000)
    let codeBytes = 16 * index.subquantizers
    for list in index.lists {
      #expect(Int(list.firstBlock) == block)
      var rows: Set<UInt32> = []
      for place in 0..<Int(list.rowCount) {
        let start = (block + place / 32) * index.blockBytes + codeBytes + 4 * (place % 32)
        let row = index.codes.bytes.integer(at: start, as: UInt32.self) ?? .max
        #expect(rows.insert(row).inserted, "a row stands in a list once")
        listed[Int(row)] += 1
      }
      block += (Int(list.rowCount) + 31) / 32
    }
    #expect(listed.allSatisfy { $0 == 2 }, "seed \(random.seed)")
    #expect(index.codes.count == block * index.blockBytes)
  }

  @Test func theRotationIsOrthogonal() throws {
    var random = SeededRandom()
    var matrix = [Double](repeating: 0, count: 48 * 48)
    for row in 0..<48 {
      for column in 0...row {
        let value = Double(Int.random(in: -1000...1000, using: &random))
        matrix[row * 48 + column] = value
        matrix[column * 48 + row] = value
      }
    }
    let decomposition = SymmetricEigenvectors(matrix, size: 48)
    for first in 0..<48 {
      for second in 0..<48 {
        var product = 0.0
        for index in 0..<48 {
          product += decomposition.vectors[first * 48 + index] * decomposition.vectors[second * 48 + index]
        }
        #expect(abs(product - (first == second ? 1 : 0)) < 1e-9, "seed \(random.seed)")
      }
      for row in 0..<48 {
        var image = 0.0
        for column in 0..<48 { image += matrix[row * 48 + column] * decomposition.vectors[first * 48 + column] }
        #expect(
          abs(image - decomposition.values[first] * decomposition.vectors[first * 48 + row]) < 1e-6,
          "seed \(random.seed)")
      }
    }
  }

  @Test func measuredRecallReachesTheTarget() {
    var random = SeededRandom()
    let vectors = Self.clustered(4_000, dimensions: 64, random: &random)
    let index = TrainedIndex(
      vectors, plan: IndexPlan(count: 4_000, dimensions: 64), kernels: kernels, progress: { _ in })
    let tuning = SearchTuning(
      index, vectors: vectors, queries: [SearchTuning.Queries(vectors: vectors)], target: SearchTarget(recall: 0.99),
      kernels: kernels)
    #expect(tuning.chosen.recall >= 0.99, "seed \(random.seed)")
    #expect(tuning.frontier.map(\.recall) == tuning.frontier.map(\.recall).sorted())
  }

  @Test func smallBundlesAreScannedExactly() {
    let plan = IndexPlan(count: IndexPlan.exactLimit, dimensions: 384)
    #expect(plan.listCount == 1 && plan.subquantizers == 0)
    #expect(IndexPlan(count: IndexPlan.exactLimit + 1, dimensions: 384).subquantizers == 64)
    #expect(
      IndexPlan(count: 100_000, dimensions: 2048).subquantizers == 0,
      "finding the directions of so many components would take minutes")
  }

  @Test func theSeededGeneratorIsAPermutation() {
    var generator = SeededGenerator(seed: 1)
    for count in 0..<50 { #expect(generator.permutation(count).sorted() == Array(0..<count)) }
  }
}
