import BundleFormat

/// The coarse centroids of an index, and which list each vector belongs to.
///
/// Spherical k-means in integers: a vector goes to the centroid with the greatest inner product (the first of equals), a
/// centroid is the direction of the sum of its vectors. Integer sums make the result independent of threads and of
/// instruction sets. Where there are many lists, the nearest is sought among those of near groups; see `CentroidSearch`. Source: Dhillon and Modha, "Concept decompositions for large sparse text data", 2001.
struct CoarseQuantizer {
  private static let iterations = 6
  private static let sampleFactor = 32
  private static let seed: UInt64 = 0x5EED_0001

  /// The centroids, as long as the vectors are on average.
  let centroids: VectorMatrix
  /// The list of each vector.
  let assignment: [UInt32]
  /// A second list for each vector; empty with a single list.
  let second: [UInt32]

  /// Trains `listCount` centroids on a sample of at most 32 vectors for each, and assigns every vector.
  ///
  /// - Parameters:
  ///   - heldOut: Vectors that centroids are not trained on, since they are to measure what was trained. A centroid of
  ///     thirty vectors leans towards each of them, which flatters a search for it.
  ///   - progress: Told the share of the work done, 0…1.
  init(
    _ vectors: VectorMatrix, listCount: Int, heldOut: [Int] = [], kernels: Kernels,
    progress: (Double) -> Void
  ) {
    var generator = SeededGenerator(seed: Self.seed)
    let excluded = Set(heldOut)
    let shuffled = generator.permutation(vectors.count).filter { !excluded.contains($0) }
    let sample = Array(shuffled.prefix(Self.sampleFactor * listCount)).sorted()
    let trained = VectorMatrix(count: listCount, dimensions: vectors.dimensions)
    for (list, row) in shuffled.prefix(listCount).enumerated() {
      trained.row(list).copy(vectors.row(row))
    }
    let length = Self.meanLength(vectors, sample)
    if listCount > 1 {
      for iteration in 0..<Self.iterations {
        let lists = Self.assign(sample, of: vectors, to: trained, kernels)
        Self.update(trained, sample, lists, vectors, length: length, generator: &generator)
        progress(Double(iteration + 1) / Double(Self.iterations + 2))
      }
    }
    self.init(vectors, centroids: trained, kernels: kernels)
    progress(1)
  }

  /// Assigns every vector to centroids that were trained before.
  init(_ vectors: VectorMatrix, centroids: VectorMatrix, kernels: Kernels) {
    self.centroids = centroids
    if centroids.count == 1 {
      assignment = [UInt32](repeating: 0, count: vectors.count)
      second = []
    } else {
      (assignment, second) = Self.assignTwice(vectors, centroids, kernels)
    }
  }

  /// Clusters few vectors, all compared with all centroids. Returns the centroids and the cluster of each vector.
  static func cluster(
    _ vectors: VectorMatrix, into count: Int, rounds: Int, _ kernels: Kernels
  ) -> (VectorMatrix, [UInt32]) {
    var generator = SeededGenerator(seed: Self.seed)
    let centroids = VectorMatrix(count: count, dimensions: vectors.dimensions)
    for (cluster, row) in generator.permutation(vectors.count).prefix(count).enumerated() {
      centroids.row(cluster).copy(vectors.row(row))
    }
    let rows = Array(0..<vectors.count)
    let length = Self.meanLength(vectors, rows)
    for _ in 0..<rounds {
      let clusters = Self.assign(rows, of: vectors, to: centroids, kernels)
      Self.update(centroids, rows, clusters, vectors, length: length, generator: &generator)
    }
    return (centroids, Self.assign(rows, of: vectors, to: centroids, kernels))
  }

  private static func assign(
    _ rows: [Int], of vectors: VectorMatrix, to centroids: VectorMatrix, _ kernels: Kernels
  ) -> [UInt32] {
    let search = CentroidSearch(centroids, kernels)
    let blocks = ranges(of: rows.count, size: 512)
    let lists = SharedArray<UInt32>(count: rows.count, 0)
    inParallel(blocks.count) { block in
      var scratch = CentroidSearch.Scratch(search)
      for place in blocks[block] { lists[place] = search.nearest(vectors.row(rows[place]), &scratch) }
    }
    return lists.array
  }

  private static func assignTwice(
    _ vectors: VectorMatrix, _ centroids: VectorMatrix, _ kernels: Kernels
  ) -> ([UInt32], [UInt32]) {
    let search = CentroidSearch(centroids, kernels)
    let first = SharedArray<UInt32>(count: vectors.count, 0)
    let second = SharedArray<UInt32>(count: vectors.count, 0)
    let blocks = ranges(of: vectors.count, size: 4_096)
    inParallel(blocks.count) { block in
      var scratch = CentroidSearch.Scratch(search)
      for row in blocks[block] { (first[row], second[row]) = search.nearestTwo(vectors.row(row), &scratch) }
    }
    return (first.array, second.array)
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
      vectors.row(row).add(to: &sums, at: list * stride)
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
        centroids.row(list).copy(vectors.row(row))
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
      let vector = vectors.row(row)
      for component in 0..<vectors.stride { square += Int(vector[component]) * Int(vector[component]) }
      total += Double(square).squareRoot()
    }
    return rows.isEmpty ? 0 : total / Double(rows.count)
  }
}
