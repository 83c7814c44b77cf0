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
      sum.withUnsafeMutableBufferPointer { sum in
        for piece in origin { prior.add(piece, to: sum.baseAddress!) }
      }
      let row = projection.map { $0.apply(sum) } ?? sum
      values.replaceSubrange(index * dimensions..<(index + 1) * dimensions, with: row)
    }
  }
}
