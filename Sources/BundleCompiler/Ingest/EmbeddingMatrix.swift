/// Vectors of int8 components (-127 to 127), one row each, padded with zeros to a multiple of 64 bytes.
///
/// Rows begin on 64-byte boundaries, so that kernels may read them in whole registers. Where the vectors came as floats,
/// row `r` is the vector at length 1 times `scale`, rounded to nearest, ties to even.
struct EmbeddingMatrix: Sendable {
  /// The number of vectors.
  let rows: Int
  /// The number of components of each.
  let width: Int
  /// What a component is divided by to give the component of the vector at length 1; `nil` if the vectors came as int8,
  /// whose scale only their author knows. Cosines do not need it.
  let scale: Double?
  private let vectors: VectorMatrix

  /// Makes a matrix of zeros, if large in a file in `folder` (see `WorkingMemory`), and lets `fill` write it.
  init(
    rows: Int, width: Int, scale: Double?, folder: String? = nil, fill: (borrowing Writer) throws(InputError) -> Void
  ) throws(InputError) {
    self.rows = rows
    self.width = width
    self.scale = scale
    vectors = VectorMatrix(count: rows, dimensions: width, folder: folder)
    try fill(Writer(vectors: vectors))
  }

  /// The component of vector `row` at `column`.
  subscript(row: Int, column: Int) -> Int8 {
    precondition(column >= 0 && column < width)
    return vectors.row(row)[column]
  }

  /// A vector with its padding.
  func row(_ row: Int) -> VectorRow { vectors.row(row) }

  /// The same memory as vectors to work on: at millions of questions a copy would be most of what a compile takes.
  ///
  /// What is written to them changes this matrix, so whoever takes them must be its last reader.
  func taken() -> VectorMatrix { vectors }

  /// Writes the components of a matrix while it is made.
  struct Writer: ~Copyable {
    fileprivate let vectors: VectorMatrix

    /// Sets row `row` to the first `width` of `values`, each after `scaled`, rounded and kept within -127 to 127.
    ///
    /// The scaled values must be finite. The limit only matters to -128, which some kernels cannot
    /// multiply, and to a last bit of rounding at the largest component.
    func set(row: Int, _ values: [Double], scaled: (Double) -> Double) {
      precondition(values.count >= vectors.dimensions)
      let target = vectors.row(row)
      for column in 0..<vectors.dimensions {
        let value = scaled(values[column]).rounded(.toNearestOrEven)
        target[column] = Int8(min(max(value, -127), 127))
      }
    }
  }
}
