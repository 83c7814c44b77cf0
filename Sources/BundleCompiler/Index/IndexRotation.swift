import BundleFormat

/// The directions in which the residuals of an index vary most, as int8 rows: a rotation into fewer dimensions.
///
/// A residual is a vector less the centroid of its list. Its covariance over a sample is summed in integers; the directions
/// are its eigenvectors (principal component analysis). A rotated vector is (row · vector) / 2^shift, so that the
/// inner product of two rotated vectors times 2^codeShift is about that of the vectors.
struct IndexRotation {
  private static let sampleSize = 16_384
  private static let seed: UInt64 = 0x5EED_0003
  // Rotated components of more than this are cut off.
  private static let range = 127.0

  /// The directions, the one of the greatest variance first.
  let rows: VectorMatrix
  /// See `IndexParameters.rotationShift`.
  let shift: UInt32
  /// See `IndexParameters.codeShift`.
  let codeShift: UInt32

  /// Directions that were found before.
  init(rows: VectorMatrix, shift: UInt32, codeShift: UInt32) {
    self.rows = rows
    self.shift = shift
    self.codeShift = codeShift
  }

  /// Finds `count` directions from the residuals of at most 16,384 vectors.
  init(
    _ vectors: VectorMatrix, _ coarse: CoarseQuantizer, count: Int, kernels: Kernels
  ) {
    var generator = SeededGenerator(seed: Self.seed)
    let sample = Array(generator.permutation(vectors.count).prefix(Self.sampleSize)).sorted()
    let dimensions = vectors.dimensions
    let directions = SymmetricEigenvectors(
      Self.covariance(vectors, coarse, sample), size: dimensions
    ).vectors
    // The greatest component of any vector says how far rotated vectors must shrink to fit a byte.
    let greatest = SharedArray<Double>(count: count, 0)
    let some = Array(sample.prefix(2_048))
    inParallel(count) { direction in
      for row in some {
        let vector = vectors.row(row)
        var component = 0.0
        for index in 0..<dimensions {
          component += Double(vector[index]) * directions[direction * dimensions + index]
        }
        greatest[direction] = max(greatest[direction], component.magnitude)
      }
    }
    var halvings: UInt32 = 0
    let longest = greatest.array.max() ?? 0
    // One in ten beyond the range is rare in the first components and does no harm.
    while longest > 1.1 * Self.range * Double(1 << halvings), halvings < 8 { halvings += 1 }
    var steepest = 0.0
    for index in 0..<(count * dimensions) { steepest = max(steepest, directions[index].magnitude) }
    var doublings: UInt32 = 0
    while steepest * Double(1 << (doublings + 1)) <= 127, doublings < 16 { doublings += 1 }
    let matrix = VectorMatrix(count: count, dimensions: dimensions)
    let factor = Double(1 << doublings)
    for direction in 0..<count {
      for index in 0..<dimensions {
        matrix.row(direction)[index] = Int8(
          (directions[direction * dimensions + index] * factor).rounded(.toNearestOrEven))
      }
    }
    rows = matrix
    shift = doublings + halvings
    codeShift = 2 * halvings
  }

  /// The rotated components of a vector before the shift.
  func wide(_ vector: VectorRow, into components: inout [Int32], _ kernels: Kernels) {
    kernels.dot(vector, rows, into: &components)
  }

  /// The rotated components of a vector, from those before the shift.
  func narrowed(_ wide: [Int32]) -> [Int8] {
    var components = [Int8](repeating: 0, count: wide.count)
    RotatedVector.narrow(wide, count: wide.count, shift: shift, into: &components)
    return components
  }

  /// Rotated components in the order of the sub-vectors.
  func grouped<Value: FixedWidthInteger>(_ components: [Value], subquantizers: Int) -> [Value] {
    precondition(components.count == subquantizers * IndexParameters.subvectorSize)
    var grouped = components
    RotatedVector.group(components, subquantizers: subquantizers, into: &grouped)
    return grouped
  }

  private static func covariance(_ vectors: VectorMatrix, _ coarse: CoarseQuantizer, _ sample: [Int]) -> [Double] {
    let dimensions = vectors.dimensions
    let blocks = ranges(of: dimensions, size: 16)
    let sums = SharedArray<Int64>(count: dimensions * dimensions, 0)
    var residuals: [Int16] = []
    residuals.reserveCapacity(sample.count * dimensions)
    for row in sample {
      let vector = vectors.row(row)
      let centroid = coarse.centroids.row(Int(coarse.assignment[row]))
      for index in 0..<dimensions {
        residuals.append(Int16(vector[index]) - Int16(centroid[index]))
      }
    }
    let (all, places) = (residuals, sample.count)
    inParallel(blocks.count) { block in
      // Products are at most 2^16, so 16,384 of them fit 32 bits.
      var partial = [Int32](repeating: 0, count: dimensions)
      for row in blocks[block] {
        for column in 0..<dimensions { partial[column] = 0 }
        for place in 0..<places {
          let residual = all.span.extracting(place * dimensions..<(place + 1) * dimensions)
          let factor = Int32(residual[row])
          var sum = partial.mutableSpan
          for column in 0..<dimensions { sum[column] &+= factor &* Int32(residual[column]) }
        }
        for column in 0..<dimensions { sums[row * dimensions + column] = Int64(partial[column]) }
      }
    }
    return sums.array.map { Double($0) }
  }
}
