import BundleFormat

/// The rows nearest to several queries, found in one pass over all vectors.
///
/// The vectors are read in blocks that stay in the cache while every query is held against them, so that the pass costs
/// arithmetic and not a journey to memory for each query.
struct NearestRows: Sendable {
  /// How many queries share one pass. More would push the block out of the cache.
  static let together = 16
  private static let blockRows = 512

  private let vectors: VectorMatrix
  private let kernels: Kernels
  private let leastNorm: Int32

  /// Prepares to search `vectors`. Linear in their number.
  init(_ vectors: VectorMatrix, _ kernels: Kernels) {
    self.vectors = vectors
    self.kernels = kernels
    let blocks = ranges(of: vectors.count, size: 1 << 16)
    let least = SharedArray<Int32>(count: blocks.count, Int32.max)
    inParallel(blocks.count) { block in
      var smallest = Int32.max
      for row in blocks[block] {
        let norm = kernels.squaredNorm(vectors.row(row))
        if norm > 0 { smallest = min(smallest, norm) }
      }
      least[block] = smallest
    }
    leastNorm = least.array.min() ?? Int32.max
  }

  /// The `depth` rows nearest to each of `queries` (at most `together`) among those that `isAllowed` takes, the best first; of
  /// equals the one with the lower row. `isAllowed` is asked with the place of the query and a row that is near enough.
  func find(
    _ queries: [VectorRow], depth: Int, isAllowed: (Int, Int) -> Bool
  ) -> [[SelfTest.Neighbour]] {
    let norms = queries.map { kernels.squaredNorm($0) }
    var nearest = [[SelfTest.Neighbour]](repeating: [], count: queries.count)
    for place in nearest.indices { nearest[place].reserveCapacity(depth + 1) }
    // A row whose product is no greater cannot be nearer than the last of the rows so far.
    var floors = [Int32](repeating: Int32.min, count: queries.count)
    var products = [Int32](repeating: 0, count: Self.blockRows)
    for block in ranges(of: vectors.count, size: Self.blockRows) {
      for (place, query) in queries.enumerated() {
        kernels.dot(query, vectors, block, into: &products)
        var floor = floors[place]
        for (index, product) in products.prefix(block.count).enumerated() where product > floor {
          let row = block.lowerBound + index
          let norm = kernels.squaredNorm(vectors.row(row))
          let similarity = Int32(Cosine.units(product: product, norms: norms[place], norm))
          if nearest[place].count == depth, similarity <= nearest[place][depth - 1].similarity { continue }
          guard isAllowed(place, row) else { continue }
          Self.insert((similarity, row), into: &nearest[place], depth)
          if nearest[place].count == depth {
            floor = productFloor(nearest[place][depth - 1].similarity, queryNorm: norms[place])
          }
        }
        floors[place] = floor
      }
    }
    return nearest
  }

  private static func insert(_ found: SelfTest.Neighbour, into nearest: inout [SelfTest.Neighbour], _ depth: Int) {
    var low = 0
    var high = nearest.count
    while low < high {
      let middle = (low + high) / 2
      if nearest[middle].similarity < found.similarity { high = middle } else { low = middle + 1 }
    }
    nearest.insert(found, at: low)
    if nearest.count > depth { nearest.removeLast() }
  }

  // A similarity above `similarity` needs a product above this, whatever the norm of the row; one unit less for rounding.
  private func productFloor(_ similarity: Int32, queryNorm: Int32) -> Int32 {
    guard similarity >= 0, leastNorm < Int32.max else { return Int32.min }
    let least = (Double(similarity) + 0.5) / 65_536 * (Double(queryNorm) * Double(leastNorm)).squareRoot()
    return Int32(max(least.rounded(.down) - 1, Double(Int32.min)))
  }
}
