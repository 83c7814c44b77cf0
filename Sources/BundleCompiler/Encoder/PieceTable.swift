/// The rows of an encoder while they are fitted: one float vector for each piece.
struct PieceTable {
  /// The number of pieces.
  let count: Int
  /// The number of components of a row.
  let dimensions: Int
  /// The rows, one after the other.
  var values: [Float]

  /// Rows of zeros.
  init(count: Int, dimensions: Int) {
    self.count = count
    self.dimensions = dimensions
    values = [Float](repeating: 0, count: count * dimensions)
  }

  /// The rows that the prior gives for the pieces of `builder`, carried into the space of the given embeddings.
  init(_ builder: VocabularyBuilder, prior: Prior, projection: PriorProjection?) {
    self.init(count: builder.origins.count, dimensions: projection?.outputs ?? prior.dimensions)
    var sum = [Float](repeating: 0, count: prior.dimensions)
    for (index, origin) in builder.origins.enumerated() {
      for component in sum.indices { sum[component] = 0 }
      for piece in origin { prior.add(piece, to: &sum) }
      let row = projection.map { $0.apply(sum) } ?? sum
      values.replaceSubrange(index * dimensions..<(index + 1) * dimensions, with: row)
    }
  }

  /// Adds the row of a piece to `sum`.
  func add(_ piece: Int, to sum: inout [Float]) {
    precondition(piece >= 0 && piece < count && sum.count == dimensions)
    values.withUnsafeBufferPointer { values in
      sum.withUnsafeMutableBufferPointer { sum in
        let row = values.baseAddress! + piece * dimensions
        for component in 0..<dimensions { sum[component] += row[component] }
      }
    }
  }

  /// Adds `factor` times `direction` to the row of a piece.
  mutating func move(_ piece: Int, by factor: Float, along direction: [Float]) {
    precondition(piece >= 0 && piece < count && direction.count == dimensions)
    let start = piece * dimensions
    values.withUnsafeMutableBufferPointer { values in
      direction.withUnsafeBufferPointer { direction in
        let row = values.baseAddress! + start
        for component in direction.indices { row[component] += factor * direction[component] }
      }
    }
  }

  /// Makes `sum` what is left of `target` without `scale` times it.
  static func subtract(_ sum: inout [Float], times scale: Float, from target: [Float]) {
    precondition(sum.count == target.count)
    sum.withUnsafeMutableBufferPointer { sum in
      target.withUnsafeBufferPointer { target in
        for component in target.indices { sum[component] = target[component] - scale * sum[component] }
      }
    }
  }

  /// The inner product of two vectors of equal length. Eight sums side by side: the order of additions is fixed, and the
  /// compiler may use wide registers for them.
  static func product(_ first: [Float], _ second: [Float]) -> Float {
    precondition(first.count == second.count)
    return first.withUnsafeBytes { first in
      second.withUnsafeBytes { second in
        let count = first.count / MemoryLayout<Float>.size
        var sums = SIMD8<Float>.zero
        var index = 0
        while index + 8 <= count {
          let left = first.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
          let right = second.loadUnaligned(fromByteOffset: 4 * index, as: SIMD8<Float>.self)
          sums += left * right
          index += 8
        }
        var total = ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
        while index < count {
          let left = first.load(fromByteOffset: 4 * index, as: Float.self)
          total += left * second.load(fromByteOffset: 4 * index, as: Float.self)
          index += 1
        }
        return total
      }
    }
  }
}
