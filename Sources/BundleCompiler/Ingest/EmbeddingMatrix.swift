/// Vectors of int8 components (-127 to 127), one row each, padded with zeros to a multiple of 64 bytes.
///
/// Rows begin on 64-byte boundaries, so that kernels may read them in whole registers. Where the vectors came as floats,
/// row `r` is the vector at length 1 times `scale`, rounded to nearest, ties to even.
struct EmbeddingMatrix: Sendable {
  /// The number of vectors.
  let rows: Int
  /// The number of components of each.
  let width: Int
  /// The bytes from one row to the next: `width` rounded up to a multiple of 64.
  let stride: Int
  /// What a component is divided by to give the component of the vector at length 1; `nil` if the vectors came as int8,
  /// whose scale only their author knows. Cosines do not need it.
  let scale: Double?
  private let memory: WorkingMemory
  private var base: UnsafeMutablePointer<Int8> { unsafe memory.start.assumingMemoryBound(to: Int8.self) }

  /// Makes a matrix of zeros, if large in a file in `folder` (see `WorkingMemory`), and lets `fill` write it.
  init(
    rows: Int, width: Int, scale: Double?, folder: String? = nil, fill: (borrowing Writer) throws(InputError) -> Void
  ) throws(InputError) {
    self.rows = rows
    self.width = width
    self.scale = scale
    stride = (width + 63) / 64 * 64
    memory = WorkingMemory(count: rows * stride, folder: folder)
    try unsafe fill(
      Writer(base: memory.start.assumingMemoryBound(to: Int8.self), rows: rows, width: width, stride: stride))
  }

  /// The component of vector `row` at `column`.
  subscript(row: Int, column: Int) -> Int8 {
    precondition(row >= 0 && row < rows && column >= 0 && column < width)
    return unsafe base[row * stride + column]
  }

  /// The address of row `row`, `stride` bytes long, for handing to C. Valid while the matrix lives.
  func unsafeRow(_ row: Int) -> UnsafePointer<Int8> {
    precondition(row >= 0 && row < rows)
    return unsafe UnsafePointer(base + row * stride)
  }

  /// The same memory as vectors to work on: at millions of questions a copy would be most of what a compile takes.
  ///
  /// What is written to them changes this matrix, so whoever takes them must be its last reader.
  func taken() -> VectorMatrix {
    VectorMatrix(memory: memory, count: rows, dimensions: width)
  }

  /// Writes the components of a matrix while it is made.
  struct Writer: ~Copyable {
    fileprivate let base: UnsafeMutablePointer<Int8>
    fileprivate let rows, width, stride: Int

    /// Sets row `row` to the first `width` of `values`, each after `scaled`, rounded and kept within -127 to 127.
    ///
    /// The scaled values must be finite. The limit only matters to -128, which some kernels cannot
    /// multiply, and to a last bit of rounding at the largest component.
    func set(row: Int, _ values: [Double], scaled: (Double) -> Double) {
      precondition(row >= 0 && row < rows && values.count >= width)
      let target = unsafe base + row * stride
      for column in 0..<width {
        let value = scaled(values[column]).rounded(.toNearestOrEven)
        unsafe target[column] = Int8(min(max(value, -127), 127))
      }
    }
  }
}
