import BundleFormat

/// Finds the centroids near a vector: all are compared, or, where they are many, those of the groups nearest to the vector.
///
/// Groups are k-means clusters of the centroids, as many as the root of their number, so that with n lists a vector costs
/// about n^½ comparisons for the groups and as many for each group looked into. Results do not depend on threads.
struct CentroidSearch: Sendable {
  /// Working memory of one thread: what the last search compared.
  struct Scratch {
    /// The centroids compared.
    fileprivate(set) var lists: [UInt32]
    /// The places of the same in the search's own order.
    fileprivate var rows: [Int]
    /// The inner products of the vector with them.
    fileprivate(set) var products: [Int32]
    /// How many they are.
    fileprivate(set) var count = 0
    fileprivate var heads: [Int32]

    init(_ search: CentroidSearch) {
      lists = [UInt32](repeating: 0, count: search.centroids.count)
      rows = [Int](repeating: 0, count: search.centroids.count)
      products = [Int32](repeating: 0, count: search.centroids.count)
      heads = [Int32](repeating: 0, count: search.heads?.count ?? 0)
    }
  }

  /// Up to this many are all compared.
  static let exactLimit = 4_096
  // With 6,500 centroids of a million vectors a sixth of the groups has the nearest centroid of 99.6 % of them.
  private static let probedShare = 6
  private static let leastProbes = 8
  private static let groupingRounds = 4

  // In the order of their groups.
  private let centroids: VectorMatrix
  private let norms: [Float]
  // The list of each row of `centroids`.
  private let lists: [UInt32]
  // Where each group starts, and their own centroids; `nil` if all are compared.
  private let starts: [Int]
  private let heads: VectorMatrix?
  private let probes: Int
  private let kernels: Kernels

  /// Prepares to search `centroids`, which must not change while this lives.
  init(_ centroids: VectorMatrix, exactLimit: Int = Self.exactLimit, _ kernels: Kernels) {
    self.kernels = kernels
    let count = centroids.count
    if count <= exactLimit {
      self.centroids = centroids
      lists = (0..<count).map { UInt32($0) }
      starts = [0, count]
      heads = nil
      probes = 1
    } else {
      let groupCount = max(Int(Double(count).squareRoot()), 1)
      let (heads, groups) = CoarseQuantizer.cluster(
        centroids, into: groupCount, rounds: Self.groupingRounds, kernels)
      var places = [Int](repeating: 0, count: groupCount + 1)
      for group in groups { places[Int(group) + 1] += 1 }
      for group in 0..<groupCount { places[group + 1] += places[group] }
      starts = places
      var lists = [UInt32](repeating: 0, count: count)
      let ordered = VectorMatrix(count: count, dimensions: centroids.dimensions)
      for (list, group) in groups.enumerated() {
        let place = places[Int(group)]
        places[Int(group)] += 1
        lists[place] = UInt32(list)
        ordered.row(place).copy(centroids.row(list))
      }
      self.lists = lists
      self.centroids = ordered
      self.heads = heads
      probes = min(max(groupCount / Self.probedShare, Self.leastProbes), groupCount)
    }
    let ordered = self.centroids
    norms = (0..<count).map {
      Float(kernels.squaredNorm(ordered.row($0)))
    }
  }

  /// The list whose centroid has the greatest inner product with `vector`, the lowest of equals.
  func nearest(_ vector: VectorRow, _ scratch: inout Scratch) -> UInt32 {
    compare(vector, &scratch)
    return scratch.lists[best(scratch)]
  }

  /// The list whose centroid has the greatest inner product with `vector`, and the one whose centroid is near it and leaves a
  /// residual orthogonal to that of the first: a query that overlooks the vector in one list then rarely does so in the other.
  ///
  /// The second has the least |r'|² + (r'·r / |r|)², r and r' the residuals. Source: Sun et al., "SOAR: Improved Indexing for
  /// Approximate Nearest Neighbor Search", 2023, with λ = 1.
  func nearestTwo(_ vector: VectorRow, _ scratch: inout Scratch) -> (UInt32, UInt32) {
    compare(vector, &scratch)
    let best = best(scratch)
    let first = centroids.row(scratch.rows[best])
    // With x the vector, c and d the centroids: r·r = x·x - 2 x·c + c·c, r'·r = x·x - x·c - x·d + c·d.
    let square = Float(kernels.squaredNorm(vector))
    let toFirst = Float(scratch.products[best])
    let residual = max(square - 2 * toFirst + norms[scratch.rows[best]], 1)
    var chosen = scratch.lists[best] == 0 ? UInt32(1) : 0
    var least = Float.infinity
    for place in 0..<scratch.count where place != best {
      let row = scratch.rows[place]
      let product = Float(scratch.products[place])
      let distance = square - 2 * product + norms[row]
      // What is added to the distance is never negative.
      guard distance <= least else { continue }
      let along = square - toFirst - product + Float(kernels.dot(first, centroids.row(row)))
      let loss = distance + along * along / residual
      if loss < least || (loss == least && scratch.lists[place] < chosen) {
        least = loss
        chosen = scratch.lists[place]
      }
    }
    return (scratch.lists[best], chosen)
  }

  private func best(_ scratch: Scratch) -> Int {
    var best = 0
    var greatest = Int32.min
    for (place, product) in scratch.products.prefix(scratch.count).enumerated()
    where product > greatest || (product == greatest && scratch.lists[place] < scratch.lists[best]) {
      best = place
      greatest = product
    }
    return best
  }

  private func compare(_ vector: VectorRow, _ scratch: inout Scratch) {
    scratch.count = 0
    guard let heads else {
      add(0..<centroids.count, vector, &scratch)
      return
    }
    kernels.dot(vector, heads, into: &scratch.heads)
    for _ in 0..<probes {
      var best = 0
      for group in 1..<heads.count where scratch.heads[group] > scratch.heads[best] { best = group }
      scratch.heads[best] = Int32.min
      add(starts[best]..<starts[best + 1], vector, &scratch)
    }
    // Groups may be empty in a small index; then some other list is as good as none.
    if scratch.count < 2 { add(0..<centroids.count, vector, &scratch) }
  }

  private func add(_ rows: Range<Int>, _ vector: VectorRow, _ scratch: inout Scratch) {
    guard !rows.isEmpty else { return }
    let count = rows.count
    if scratch.count + count > scratch.products.count { scratch.count = 0 }
    let start = scratch.count
    kernels.dot(vector, centroids, rows, into: &scratch.products, at: start)
    for offset in 0..<count {
      scratch.lists[start + offset] = lists[rows.lowerBound + offset]
      scratch.rows[start + offset] = rows.lowerBound + offset
    }
    scratch.count += count
  }
}
