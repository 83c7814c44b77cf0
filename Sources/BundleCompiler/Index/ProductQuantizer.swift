import BundleFormat

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
  private let kernels: Kernels
  // The rotated centroids before the shift, [list][component].
  private let centroids: [Int32]
  // The codebooks as numbers to reckon with: [sub-quantiser][16].
  private let books: [SIMD4<Int32>]

  /// Working memory of one thread.
  struct Scratch {
    fileprivate var wide: [Int32] = []
    fileprivate var residual: [Int16] = []
  }

  /// Trains codebooks on the residuals of at most 16,384 vectors.
  init(
    _ vectors: VectorMatrix, _ coarse: CoarseQuantizer, _ rotation: IndexRotation, subquantizers: Int,
    kernels: Kernels
  ) {
    self.subquantizers = subquantizers
    self.rotation = rotation
    self.kernels = kernels
    let rotated = Self.rotated(coarse.centroids, rotation, kernels)
    centroids = rotated
    var generator = SeededGenerator(seed: Self.seed)
    let sample = Array(generator.permutation(vectors.count).prefix(Self.sampleSize)).sorted()
    let components = rotation.rows.count
    let assignment = coarse.assignment
    let residuals = SharedArray<Int16>(count: sample.count * components, 0)
    let blocks = ranges(of: sample.count, size: 64)
    inParallel(blocks.count) { block in
      var scratch = Scratch()
      for place in blocks[block] {
        let row = sample[place]
        Self.residual(
          vectors.row(row), rotated, list: Int(assignment[row]), rotation, kernels, subquantizers, &scratch)
        residuals.copy(scratch.residual, at: place * components)
      }
    }
    let sampled = residuals.array
    let size = Self.codebookSize * Self.width
    let books = SharedArray<Int8>(count: subquantizers * size, 0)
    inParallel(subquantizers) { subquantizer in
      var points: [SIMD4<Float>] = []
      points.reserveCapacity(sample.count)
      for place in sample.indices {
        let start = place * components + subquantizer * Self.width
        points.append(
          SIMD4<Float>(
            Float(sampled[start]), Float(sampled[start + 1]), Float(sampled[start + 2]), Float(sampled[start + 3])))
      }
      books.copy(Self.train(points, seed: Self.seed &+ UInt64(subquantizer)), at: subquantizer * size)
    }
    codebooks = books.array
    self.books = Self.numbers(codebooks)
  }

  /// Takes codebooks that were trained before.
  init(
    codebooks: [Int8], _ coarse: CoarseQuantizer, _ rotation: IndexRotation, subquantizers: Int,
    kernels: Kernels
  ) {
    self.subquantizers = subquantizers
    self.rotation = rotation
    self.kernels = kernels
    centroids = Self.rotated(coarse.centroids, rotation, kernels)
    self.codebooks = codebooks
    books = Self.numbers(codebooks)
  }

  /// The centroids of codebooks as numbers to reckon with: [sub-quantiser][16].
  static func numbers(_ codebooks: [Int8]) -> [SIMD4<Int32>] {
    var numbers = [SIMD4<Int32>](repeating: .zero, count: codebooks.count / width)
    for (place, value) in codebooks.enumerated() { numbers[place / width][place % width] = Int32(value) }
    return numbers
  }

  private static func rotated(_ centroids: VectorMatrix, _ rotation: IndexRotation, _ kernels: Kernels) -> [Int32] {
    let components = rotation.rows.count
    let rotated = SharedArray<Int32>(count: centroids.count * components, 0)
    inParallel(centroids.count) { list in
      var wide = [Int32](repeating: 0, count: components)
      rotation.wide(centroids.row(list), into: &wide, kernels)
      rotated.copy(wide, at: list * components)
    }
    return rotated.array
  }

  /// Puts the codes of a vector in a list, one to a byte, into `codes` from `place` on.
  func encode(_ vector: VectorRow, list: Int, into codes: inout [UInt8], at place: Int, _ scratch: inout Scratch) {
    Self.residual(vector, centroids, list: list, rotation, kernels, subquantizers, &scratch)
    for subquantizer in 0..<subquantizers {
      let start = subquantizer * Self.width
      let wanted = SIMD4<Int32>(
        Int32(scratch.residual[start]), Int32(scratch.residual[start + 1]), Int32(scratch.residual[start + 2]),
        Int32(scratch.residual[start + 3]))
      codes[place + subquantizer] = Self.code(wanted, books, subquantizer)
    }
  }

  /// The centroid of a sub-quantiser that is nearest to four components, the first of equals.
  static func code(_ wanted: SIMD4<Int32>, _ books: [SIMD4<Int32>], _ subquantizer: Int) -> UInt8 {
    var best = 0
    var bestDistance = Int32.max
    for centroid in 0..<codebookSize {
      let difference = wanted &- books[subquantizer * codebookSize + centroid]
      let distance = (difference &* difference).wrappedSum()
      if distance < bestDistance {
        bestDistance = distance
        best = centroid
      }
    }
    return UInt8(best)
  }

  // In the order of the sub-vectors.
  private static func residual(
    _ vector: VectorRow, _ centroids: [Int32], list: Int, _ rotation: IndexRotation, _ kernels: Kernels,
    _ subquantizers: Int, _ scratch: inout Scratch
  ) {
    let count = rotation.rows.count
    if scratch.wide.count != count {
      scratch.wide = [Int32](repeating: 0, count: count)
      scratch.residual = [Int16](repeating: 0, count: count)
    }
    rotation.wide(vector, into: &scratch.wide, kernels)
    for index in 0..<count { scratch.wide[index] &-= centroids[list * count + index] }
    let grouped = rotation.grouped(scratch.wide, subquantizers: subquantizers)
    let half = rotation.shift == 0 ? 0 : Int32(1) << Int32(rotation.shift - 1)
    for index in 0..<count {
      scratch.residual[index] = Int16(clamping: (grouped[index] &+ half) >> Int32(rotation.shift))
    }
  }

  /// The codebook of a sub-quantiser for `points`: 16 centroids of four components, rounded. Linear in their number.
  static func train(_ points: [SIMD4<Float>], seed: UInt64) -> [Int8] {
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
    return book.flatMap { centroid in
      (0..<width).map { Int8(min(max(centroid[$0].rounded(.toNearestOrEven), -127), 127)) }
    }
  }
}
