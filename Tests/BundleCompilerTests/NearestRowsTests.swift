import BundleFormat
import CKernels
import TestSupport
import Testing

@testable import BundleCompiler

/// The self-test's search in one pass finds what looking at every vector finds.
@Suite struct NearestRowsTests {
  private let kernels = Kernels(ALMANAC_KERNELS_PORTABLE)!

  @Test(arguments: [1, 3, 64, 5_000])
  func onePassFindsWhatComparingEveryRowFinds(depth: Int) {
    var random = SeededRandom()
    let vectors = VectorMatrix(count: 1_300, dimensions: 64)
    for row in 0..<vectors.count {
      // Some rows are zero, some repeat another, and lengths differ widely.
      if row % 97 == 0 { continue }
      let reach = [3, 40, 127].randomElement(using: &random)!
      for component in 0..<64 { vectors.row(row)[component] = Int8(Int.random(in: -reach...reach, using: &random)) }
      if row % 11 == 0 { vectors.row(row).copy(vectors.row(row / 2)) }
    }
    let asked = [1, 97, 98, 700, 1_299]
    let search = NearestRows(vectors, kernels)
    let found = search.find(asked.map { vectors.row($0) }, depth: depth) { place, row in
      row != asked[place] && row % 5 != 0
    }
    for (place, question) in asked.enumerated() {
      let expected = vectors.nearest(to: question, depth: depth, kernels) { $0 != question && $0 % 5 != 0 }
      #expect(found[place].map(\.row) == expected.map(\.row), "seed \(random.seed), question \(question)")
      #expect(found[place].map(\.similarity) == expected.map(\.similarity), "seed \(random.seed)")
    }
  }
}

extension VectorMatrix {
  fileprivate func nearest(
    to question: Int, depth: Int, _ kernels: Kernels, where isAllowed: (Int) -> Bool
  ) -> [SelfTest.Neighbour] {
    let query = row(question)
    let all = (0..<count).filter(isAllowed).map { index in
      (similarity: Int32(kernels.cosine(query, row(index))), row: index)
    }
    return Array(all.sorted { ($1.similarity, $0.row) < ($0.similarity, $1.row) }.prefix(depth))
  }
}
