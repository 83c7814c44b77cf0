import TestSupport
import Testing

@testable import BundleCompiler

/// What the compiler hands to kernels is checked first, and comes back as plain sums would.
@Suite struct KernelsTests {
  private let kernels = Kernels()!

  @Test func productsOfARangeLandFromTheirPlaceOn() {
    var random = SeededRandom()
    let matrix = VectorMatrix(count: 7, dimensions: 100)
    for row in 0..<7 {
      for component in 0..<100 { matrix.row(row)[component] = Int8.random(in: -127...127, using: &random) }
    }
    var products = [Int32](repeating: -1, count: 9)
    kernels.dot(matrix.row(2), matrix, 3..<6, into: &products, at: 4)
    for (place, product) in products.enumerated() {
      let expected = (4..<7).contains(place) ? Self.dot(matrix.row(2), matrix.row(place - 1)) : -1
      #expect(product == expected, "seed \(random.seed), place \(place)")
    }
    #expect(kernels.squaredNorm(matrix.row(5)) == Self.dot(matrix.row(5), matrix.row(5)), "seed \(random.seed)")
  }

  private static func dot(_ first: VectorRow, _ second: VectorRow) -> Int32 {
    (0..<first.count).reduce(0) { $0 + Int32(first[$1]) * Int32(second[$1]) }
  }

  @Test func aRowOutlivesItsMatrix() {
    func made() -> VectorRow {
      let row = VectorMatrix(count: 1, dimensions: 64).row(0)
      row[63] = 9
      return row
    }
    #expect(kernels.squaredNorm(made()) == 81)
  }

  @Test func rowsBeyondTheMatrixStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = VectorMatrix(count: 2, dimensions: 64).row(2) }
    await #expect(processExitsWith: .failure) { _ = VectorMatrix(count: 2, dimensions: 64).row(0)[64] }
    await #expect(processExitsWith: .failure) { _ = FloatRows(count: 2, dimensions: 8).row(-1) }
  }

  @Test func tooLittleRoomStopsTheProgram() async {
    await #expect(processExitsWith: .failure) {
      let matrix = VectorMatrix(count: 2, dimensions: 64)
      var products: [Int32] = [0]
      Kernels()!.dot(matrix.row(0), matrix, into: &products)
    }
    await #expect(processExitsWith: .failure) {
      var sum = [Int32](repeating: 0, count: 63)
      Kernels()!.pool(VectorMatrix(count: 1, dimensions: 64).row(0), scale: 1, into: &sum)
    }
    await #expect(processExitsWith: .failure) { WorkingMemory(count: 8).store([1, 2], at: 7) }
  }
}
