import BundleFormat

/// The vectors of many texts, to be compared with each other.
package final class QuestionVectors: Sendable {
  /// A text that is near another.
  package struct Neighbour: Sendable {
    /// Its ordinal.
    package let index: Int32
    /// The cosine of the two.
    package let cosine: Float
  }

  private let vectors: VectorMatrix
  private let norms: [Int32]
  private let kernels: Kernels

  init(_ vectors: VectorMatrix, _ kernels: Kernels) {
    self.vectors = vectors
    self.kernels = kernels
    norms = (0..<vectors.count).map {
      kernels.squaredNorm(vectors.row($0))
    }
  }

  /// The number of vectors.
  package var count: Int { vectors.count }

  /// The cosine of two texts; zero if one of them has no known piece.
  package func cosine(_ first: Int, _ second: Int) -> Float {
    cosine(
      kernels.dot(vectors.row(first), vectors.row(second)), norms[first], norms[second])
  }

  /// The components of a vector.
  package func components(_ index: Int) -> [Int8] {
    (0..<vectors.dimensions).map { vectors.row(index)[$0] }
  }

  private func cosine(_ product: Int32, _ first: Int32, _ second: Int32) -> Float {
    Float(Cosine.units(product: product, norms: first, second)) / Float(Cosine.one)
  }

  /// For each of `texts` the nearest of the first `stored` texts: at most `limit`, the nearest first, none below `floor`, and
  /// not the text itself.
  ///
  /// Beyond a few thousand stored texts only those near the same pivots are compared: then some neighbours are missed. The
  /// result does not depend on the number of cores.
  ///
  /// - Parameter progress: Told by several threads how many more texts are done.
  package func neighbours(
    of texts: Range<Int>, amongFirst stored: Int, limit: Int, floor: Float, progress: @Sendable (Int) -> Void
  ) -> [[Neighbour]] {
    let lists = PivotLists(vectors, stored: stored, kernels)
    let found = SharedArray<[Neighbour]>(count: texts.count, [])
    let blocks = ranges(of: texts.count, size: 512)
    inParallel(blocks.count) { block in
      var scratch = PivotLists.Scratch()
      for place in blocks[block] {
        let text = texts.lowerBound + place
        lists.search(vectors.row(text), &scratch)
        var near: [Neighbour] = []
        for (index, product) in scratch.products where Int(index) != text {
          let cosine = cosine(product, norms[text], norms[Int(index)])
          guard cosine >= floor else { continue }
          let neighbour = Neighbour(index: index, cosine: cosine)
          if near.count < limit {
            near.append(neighbour)
          } else if Self.precedes(neighbour, near[limit - 1]) {
            near[limit - 1] = neighbour
          } else {
            continue
          }
          var position = near.count - 1
          while position > 0, Self.precedes(near[position], near[position - 1]) {
            near.swapAt(position, position - 1)
            position -= 1
          }
        }
        found[place] = near
      }
      progress(blocks[block].count)
    }
    return found.array
  }

  private static func precedes(_ left: Neighbour, _ right: Neighbour) -> Bool {
    (-left.cosine, left.index) < (-right.cosine, right.index)
  }
}

/// Vectors in lists, each around a pivot, so that a search looks only at the lists whose pivots are nearest.
private struct PivotLists {
  /// Working memory of one thread.
  struct Scratch {
    /// What the last search compared: ordinals and inner products.
    var products: [(Int32, Int32)] = []
    var pivots: [(Int32, Int)] = []
    var row: [Int32] = []
  }

  // Fewer are all compared.
  private static let leastForLists = 4_096
  private static let pivotCount = 256
  private static let probes = 16

  private let pivots: VectorMatrix
  private let rows: VectorMatrix
  private let ordinals: [Int32]
  private let starts: [Int]
  private let kernels: Kernels

  init(_ vectors: VectorMatrix, stored: Int, _ kernels: Kernels) {
    self.kernels = kernels
    let count = stored < Self.leastForLists ? 1 : Self.pivotCount
    let pivots = VectorMatrix(count: count, dimensions: vectors.dimensions)
    for pivot in 0..<count where stored > 0 {
      pivots.row(pivot).copy(vectors.row(pivot * stored / count))
    }
    self.pivots = pivots
    let lists = SharedArray<Int32>(count: stored, 0)
    let blocks = ranges(of: stored, size: 512)
    inParallel(blocks.count) { block in
      var products = [Int32](repeating: 0, count: count)
      for row in blocks[block] where count > 1 {
        kernels.dot(vectors.row(row), pivots, into: &products)
        var best = 0
        for pivot in 1..<count where products[pivot] > products[best] { best = pivot }
        lists[row] = Int32(best)
      }
    }
    let assignment = lists.array
    var members = [[Int32]](repeating: [], count: count)
    for (row, list) in assignment.enumerated() { members[Int(list)].append(Int32(row)) }
    let ordinals = members.flatMap { $0 }
    let rows = VectorMatrix(count: stored, dimensions: vectors.dimensions)
    for (place, ordinal) in ordinals.enumerated() {
      rows.row(place).copy(vectors.row(Int(ordinal)))
    }
    self.ordinals = ordinals
    self.rows = rows
    var starts = [0]
    for list in members { starts.append(starts.last! + list.count) }
    self.starts = starts
  }

  /// Compares `query` with the lists of the nearest pivots.
  func search(_ query: VectorRow, _ scratch: inout Scratch) {
    scratch.products.removeAll(keepingCapacity: true)
    guard rows.count > 0 else { return }
    let count = pivots.count
    if scratch.row.count < max(rows.count, count) {
      scratch.row = [Int32](repeating: 0, count: max(rows.count, count))
    }
    kernels.dot(query, pivots, into: &scratch.row)
    scratch.pivots.removeAll(keepingCapacity: true)
    for pivot in 0..<count { scratch.pivots.append((-scratch.row[pivot], pivot)) }
    if count > Self.probes { scratch.pivots.sort { $0 < $1 } }
    for (_, list) in scratch.pivots.prefix(Self.probes) {
      let range = starts[list]..<starts[list + 1]
      guard !range.isEmpty else { continue }
      kernels.dot(query, rows, range, into: &scratch.row)
      for (offset, place) in range.enumerated() { scratch.products.append((ordinals[place], scratch.row[offset])) }
    }
  }
}
