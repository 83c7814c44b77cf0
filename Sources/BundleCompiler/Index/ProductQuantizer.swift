import BundleFormat
import CKernels

/// Codes of four bits for each four components of a vector's residual, its difference from its list's centroid.
///
/// k-means on a sample, in single precision with a fixed order of operations, each sub-quantiser on its own; codebooks are then
/// rounded to int8, and codes chosen by integer distance (the first of equals). Sources: Jégou, Douze, Schmid, "Product
/// quantization for nearest neighbor search", 2011; André et al., "Quicker ADC", 2019, for four bits.
struct ProductQuantizer {
  private static let sampleSize = 16_384
  private static let iterations = 10
  private static let seed: UInt64 = 0x5EED_0002
  private static let width = IndexParameters.subvectorSize
  private static let codebookSize = IndexParameters.codebookSize

  /// The number of sub-quantisers.
  let subquantizers: Int
  /// The codebooks: [sub-quantiser][16][4].
  let codebooks: [Int8]

  /// Trains codebooks on the residuals of at most 16,384 vectors.
  init(_ vectors: VectorMatrix, _ coarse: CoarseQuantizer, subquantizers: Int) {
    self.subquantizers = subquantizers
    var generator = SeededGenerator(seed: Self.seed)
    let sample = Array(generator.permutation(vectors.count).prefix(Self.sampleSize)).sorted()
    let size = Self.codebookSize * Self.width
    let books = SharedArray<Int8>(count: subquantizers * size, 0)
    inParallel(subquantizers) { subquantizer in
      var points: [SIMD4<Float>] = []
      points.reserveCapacity(sample.count)
      for row in sample {
        points.append(SIMD4<Float>(Self.residual(vectors, coarse, row: row, subquantizer: subquantizer)))
      }
      let book = Self.train(points, seed: Self.seed &+ UInt64(subquantizer))
      for (place, centroid) in book.enumerated() {
        for component in 0..<Self.width {
          let value = min(max(centroid[component].rounded(.toNearestOrEven), -127), 127)
          books[subquantizer * size + place * Self.width + component] = Int8(value)
        }
      }
    }
    codebooks = books.array
  }

  /// The codes of a vector, one to a byte.
  func encode(
    _ vectors: VectorMatrix, _ coarse: CoarseQuantizer, row: Int, into codes: UnsafeMutablePointer<UInt8>
  ) {
    for subquantizer in 0..<subquantizers {
      let residual = Self.residual(vectors, coarse, row: row, subquantizer: subquantizer)
      let base = subquantizer * Self.codebookSize * Self.width
      var best = 0
      var bestDistance = Int32.max
      for place in 0..<Self.codebookSize {
        let start = base + place * Self.width
        let difference =
          residual
          &- SIMD4<Int32>(
            Int32(codebooks[start]), Int32(codebooks[start + 1]), Int32(codebooks[start + 2]),
            Int32(codebooks[start + 3]))
        let distance = (difference &* difference).wrappedSum()
        if distance < bestDistance {
          bestDistance = distance
          best = place
        }
      }
      codes[subquantizer] = UInt8(best)
    }
  }

  private static func residual(
    _ vectors: VectorMatrix, _ coarse: CoarseQuantizer, row: Int, subquantizer: Int
  ) -> SIMD4<Int32> {
    let start = subquantizer * width
    // Sub-quantisers come in pairs, so the last may lie beyond the stride.
    guard start + width <= vectors.stride else { return .zero }
    let vector = vectors.row(row) + start
    let centroid = coarse.centroids.row(Int(coarse.assignment[row])) + start
    return SIMD4<Int32>(
      Int32(vector[0]) - Int32(centroid[0]), Int32(vector[1]) - Int32(centroid[1]),
      Int32(vector[2]) - Int32(centroid[2]), Int32(vector[3]) - Int32(centroid[3]))
  }

  private static func train(_ points: [SIMD4<Float>], seed: UInt64) -> [SIMD4<Float>] {
    var generator = SeededGenerator(seed: seed)
    var book = (0..<codebookSize).map { _ in
      points.isEmpty ? SIMD4<Float>.zero : points[generator.next(below: points.count)]
    }
    for _ in 0..<iterations {
      var sums = [SIMD4<Float>](repeating: .zero, count: codebookSize)
      var counts = [Float](repeating: 0, count: codebookSize)
      for point in points {
        var best = 0
        var bestDistance = Float.infinity
        for place in 0..<codebookSize {
          let difference = point - book[place]
          let squares = difference * difference
          let distance = (squares[0] + squares[1]) + (squares[2] + squares[3])
          if distance < bestDistance {
            bestDistance = distance
            best = place
          }
        }
        sums[best] += point
        counts[best] += 1
      }
      for place in 0..<codebookSize where counts[place] > 0 { book[place] = sums[place] / counts[place] }
    }
    return book
  }
}
