import BundleFormat
import CKernels

/// The coarse centroids of an index, and which list each vector belongs to.
///
/// Spherical k-means in integers: a vector goes to the centroid with the greatest inner product (the first of equals), a
/// centroid is the direction of the sum of its vectors. Integer sums make the result independent of threads and of
/// instruction sets. Source: Dhillon and Modha, "Concept decompositions for large sparse text data", 2001.
struct CoarseQuantizer {
  private static let iterations = 10
  private static let sampleFactor = 64
  private static let seed: UInt64 = 0x5EED_0001

  /// The centroids, as long as the vectors are on average.
  let centroids: VectorMatrix
  /// The list of each vector.
  let assignment: [UInt32]

  /// Trains `listCount` centroids on a sample of at most 64 vectors for each, and assigns every vector.
  ///
  /// - Parameter progress: Told the share of the work done, 0…1.
  init(
    _ vectors: VectorMatrix, listCount: Int, kernels: UnsafePointer<almanac_kernels>, progress: (Double) -> Void
  ) {
    var generator = SeededGenerator(seed: Self.seed)
    let shuffled = generator.permutation(vectors.count)
    let sample = Array(shuffled.prefix(Self.sampleFactor * listCount)).sorted()
    let trained = VectorMatrix(count: listCount, dimensions: vectors.dimensions)
    for (list, row) in shuffled.prefix(listCount).enumerated() {
      trained.row(list).update(from: vectors.row(row), count: vectors.stride)
    }
    let length = Self.meanLength(vectors, sample)
    if listCount > 1 {
      for iteration in 0..<Self.iterations {
        let lists = Self.assign(sample, of: vectors, to: trained, kernels)
        Self.update(trained, sample, lists, vectors, length: length, generator: &generator)
        progress(Double(iteration + 1) / Double(Self.iterations + 2))
      }
    }
    centroids = trained
    assignment =
      listCount == 1
      ? [UInt32](repeating: 0, count: vectors.count)
      : Self.assign(Array(0..<vectors.count), of: vectors, to: trained, kernels)
    progress(1)
  }

  private static func assign(
    _ rows: [Int], of vectors: VectorMatrix, to centroids: VectorMatrix, _ kernels: UnsafePointer<almanac_kernels>
  ) -> [UInt32] {
    let blocks = ranges(of: rows.count, size: 512)
    let lists = SharedArray<UInt32>(count: rows.count, 0)
    let table = KernelTable(kernels)
    inParallel(blocks.count) { block in
      var products = [Int32](repeating: 0, count: centroids.count)
      for place in blocks[block] {
        table.kernels.pointee.dot_rows(
          vectors.row(rows[place]), centroids.row(0), centroids.stride, centroids.count, &products)
        var best = 0
        for list in 1..<max(products.count, 1) where products[list] > products[best] { best = list }
        lists[place] = UInt32(best)
      }
    }
    return lists.array
  }

  private static func update(
    _ centroids: VectorMatrix, _ rows: [Int], _ lists: [UInt32], _ vectors: VectorMatrix, length: Double,
    generator: inout SeededGenerator
  ) {
    let stride = vectors.stride
    var sums = [Int32](repeating: 0, count: centroids.count * stride)
    var counts = [Int](repeating: 0, count: centroids.count)
    for (place, row) in rows.enumerated() {
      let list = Int(lists[place])
      counts[list] += 1
      let vector = vectors.row(row)
      sums.withUnsafeMutableBufferPointer { sums in
        for component in 0..<stride { sums[list * stride + component] &+= Int32(vector[component]) }
      }
    }
    for list in 0..<centroids.count {
      var square = 0.0
      for component in 0..<stride {
        let value = Double(sums[list * stride + component])
        square += value * value
      }
      if counts[list] == 0 || square == 0 {
        // An empty list starts again at some vector; the seeded generator makes that the same in every run.
        let row = rows[generator.next(below: rows.count)]
        centroids.row(list).update(from: vectors.row(row), count: stride)
        continue
      }
      let factor = length / square.squareRoot()
      for component in 0..<stride {
        let value = (Double(sums[list * stride + component]) * factor).rounded(.toNearestOrEven)
        centroids.row(list)[component] = Int8(min(max(value, -127), 127))
      }
    }
  }

  private static func meanLength(_ vectors: VectorMatrix, _ rows: [Int]) -> Double {
    var total = 0.0
    for row in rows {
      var square = 0
      for component in 0..<vectors.stride {
        square += Int(vectors.row(row)[component]) * Int(vectors.row(row)[component])
      }
      total += Double(square).squareRoot()
    }
    return rows.isEmpty ? 0 : total / Double(rows.count)
  }
}
