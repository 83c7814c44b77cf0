import CKernels
import TestSupport
import Testing

@testable import BundleCompiler

/// Comparing a vector with the centroids of near groups finds nearly always what comparing it with all finds.
@Suite struct CentroidSearchTests {
  private let kernels = Kernels()!

  /// Vectors around `centres` centres, which lie around a few centres themselves.
  private static func clustered(_ count: Int, centres: Int, _ random: inout SeededRandom) -> VectorMatrix {
    func moved(_ from: [Int], by reach: Int) -> [Int] {
      from.map { $0 + Int.random(in: -reach...reach, using: &random) }
    }
    let regions = (0..<12).map { _ in moved([Int](repeating: 0, count: 64), by: 50) }
    let places = (0..<centres).map { moved(regions[$0 % 12], by: 35) }
    let matrix = VectorMatrix(count: count, dimensions: 64)
    for row in 0..<count {
      for (component, value) in moved(places[row % centres], by: 20).enumerated() {
        matrix.row(row)[component] = Int8(clamping: value)
      }
    }
    return matrix
  }

  @Test func groupsFindNearlyAlwaysWhatComparingAllFinds() {
    var random = SeededRandom()
    let centroids = Self.clustered(400, centres: 400, &random)
    let vectors = Self.clustered(1_000, centres: 400, &random)
    let all = CentroidSearch(centroids, exactLimit: 400, kernels)
    let grouped = CentroidSearch(centroids, exactLimit: 100, kernels)
    var scratch = CentroidSearch.Scratch(all)
    var groupedScratch = CentroidSearch.Scratch(grouped)
    var equal = 0
    for row in 0..<vectors.count {
      let (first, second) = grouped.nearestTwo(vectors.row(row), &groupedScratch)
      #expect(first != second, "seed \(random.seed)")
      #expect(first == grouped.nearest(vectors.row(row), &groupedScratch), "seed \(random.seed)")
      if all.nearestTwo(vectors.row(row), &scratch) == (first, second) { equal += 1 }
      #expect(groupedScratch.count < 400, "seed \(random.seed)")
    }
    #expect(equal >= 900, "seed \(random.seed): \(equal)")
  }

  @Test func theSecondListHasTheLeastLoss() {
    var random = SeededRandom()
    let centroids = Self.clustered(60, centres: 60, &random)
    let vectors = Self.clustered(200, centres: 60, &random)
    let search = CentroidSearch(centroids, kernels)
    var scratch = CentroidSearch.Scratch(search)
    for row in 0..<vectors.count {
      let vector = vectors.row(row)
      let (first, second) = search.nearestTwo(vector, &scratch)
      let residual = (0..<64).map { Float(vector[$0]) - Float(centroids.row(Int(first))[$0]) }
      func loss(_ list: Int) -> Float {
        let other = (0..<64).map { Float(vector[$0]) - Float(centroids.row(list)[$0]) }
        let along = zip(residual, other).reduce(0) { $0 + $1.0 * $1.1 }
        return other.reduce(0) { $0 + $1 * $1 } + along * along / max(residual.reduce(0) { $0 + $1 * $1 }, 1)
      }
      let least = (0..<60).filter { $0 != Int(first) }.map(loss).min()!
      #expect(loss(Int(second)) <= least * 1.001, "seed \(random.seed), vector \(row)")
    }
  }

  @Test func equalCentroidsAreTakenInTheirOrder() {
    let centroids = VectorMatrix(count: 9, dimensions: 64)
    for list in 0..<9 { centroids.row(list)[0] = 5 }
    for exactLimit in [4, 9] {
      let search = CentroidSearch(centroids, exactLimit: exactLimit, kernels)
      var scratch = CentroidSearch.Scratch(search)
      let (first, second) = search.nearestTwo(centroids.row(8), &scratch)
      #expect(first == 0 && second == 1)
    }
  }
}
