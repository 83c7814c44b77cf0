import BundleFormat
import CKernels

/// Codes of four bits for each four components of a vector's rotated residual: the vector less a list's centroid, rotated.
///
/// k-means on a sample, in single precision with a fixed order of operations, each sub-quantiser on its own; codebooks are then
/// rounded to int8, and codes chosen by integer distance (the first of equals). Sources: Jégou, Douze, Schmid, "Product
/// quantization for nearest neighbor search", 2011; André et al., "Quicker ADC", 2019, for four bits; for sub-vectors of
/// equal shares of the variance Ge et al., "Optimized Product Quantization", 2013.
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
  private let rotation: IndexRotation
  private let table: KernelTable
  // The rotated centroids before the shift, [list][component].
  private let centroids: SharedArray<Int32>

  /// Trains codebooks on the residuals of at most 16,384 vectors.
  init(
    _ vectors: VectorMatrix, _ coarse: CoarseQuantizer, _ rotation: IndexRotation, subquantizers: Int,
    kernels: UnsafePointer<almanac_kernels>
  ) {
    self.subquantizers = subquantizers
    self.rotation = rotation
    let table = KernelTable(kernels)
    self.table = table
    let rotated = Self.rotated(coarse.centroids, rotation, table)
    centroids = rotated
    var generator = SeededGenerator(seed: Self.seed)
    let sample = Array(generator.permutation(vectors.count).prefix(Self.sampleSize)).sorted()
    let components = rotation.rows.count
    let residuals = SharedArray<Int16>(count: sample.count * components, 0)
    inParallel(sample.count) { place in
      let row = sample[place]
      Self.residual(
        vectors.row(row), rotated.start(at: Int(coarse.assignment[row]) * components), rotation, table, subquantizers,
        into: residuals.start(at: place * components))
    }
    let size = Self.codebookSize * Self.width
    let books = SharedArray<Int8>(count: subquantizers * size, 0)
    inParallel(subquantizers) { subquantizer in
      var points: [SIMD4<Float>] = []
      points.reserveCapacity(sample.count)
      for place in sample.indices {
        let start = residuals.start(at: place * components + subquantizer * Self.width)
        points.append(SIMD4<Float>(Float(start[0]), Float(start[1]), Float(start[2]), Float(start[3])))
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

  /// Takes codebooks that were trained before.
  init(
    codebooks: [Int8], _ coarse: CoarseQuantizer, _ rotation: IndexRotation, subquantizers: Int,
    kernels: UnsafePointer<almanac_kernels>
  ) {
    self.subquantizers = subquantizers
    self.rotation = rotation
    table = KernelTable(kernels)
    centroids = Self.rotated(coarse.centroids, rotation, table)
    self.codebooks = codebooks
  }

  private static func rotated(
    _ centroids: VectorMatrix, _ rotation: IndexRotation, _ table: KernelTable
  ) -> SharedArray<Int32> {
    let rotated = SharedArray<Int32>(count: centroids.count * rotation.rows.count, 0)
    inParallel(centroids.count) { list in
      rotation.wide(centroids.row(list), into: rotated.start(at: list * rotation.rows.count), table)
    }
    return rotated
  }

  /// The codes of a vector in a list, one to a byte.
  func encode(_ vector: UnsafePointer<Int8>, list: Int, into codes: UnsafeMutablePointer<UInt8>) {
    withUnsafeTemporaryAllocation(of: Int16.self, capacity: rotation.rows.count) { residual in
      Self.residual(
        vector, centroids.start(at: list * rotation.rows.count), rotation, table, subquantizers,
        into: residual.baseAddress!)
      codebooks.withUnsafeBufferPointer { books in
        for subquantizer in 0..<subquantizers {
          let start = residual.baseAddress! + subquantizer * Self.width
          let wanted = SIMD4<Int32>(Int32(start[0]), Int32(start[1]), Int32(start[2]), Int32(start[3]))
          let book = books.baseAddress! + subquantizer * Self.codebookSize * Self.width
          var best = 0
          var bestDistance = Int32.max
          for place in 0..<Self.codebookSize {
            let entry = book + place * Self.width
            let difference =
              wanted &- SIMD4<Int32>(Int32(entry[0]), Int32(entry[1]), Int32(entry[2]), Int32(entry[3]))
            let distance = (difference &* difference).wrappedSum()
            if distance < bestDistance {
              bestDistance = distance
              best = place
            }
          }
          codes[subquantizer] = UInt8(best)
        }
      }
    }
  }

  // In the order of the sub-vectors.
  private static func residual(
    _ vector: UnsafePointer<Int8>, _ centroid: UnsafePointer<Int32>, _ rotation: IndexRotation, _ table: KernelTable,
    _ subquantizers: Int, into residual: UnsafeMutablePointer<Int16>
  ) {
    let count = rotation.rows.count
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: 2 * count) { wide in
      let natural = wide.baseAddress!
      let grouped = natural + count
      rotation.wide(vector, into: natural, table)
      for index in 0..<count { natural[index] &-= centroid[index] }
      RotatedVector.group(natural, subquantizers: subquantizers, into: grouped)
      let half = rotation.shift == 0 ? 0 : Int32(1) << Int32(rotation.shift - 1)
      for index in 0..<count { residual[index] = Int16(clamping: (grouped[index] &+ half) >> Int32(rotation.shift)) }
    }
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
