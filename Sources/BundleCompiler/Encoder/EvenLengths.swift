/// Brings stored vectors to one length, since the index ranks them by inner product before it takes cosines.
///
/// Embeddings of most models have one length already; those made by the encoder use the whole range of int8 and do not.
struct EvenLengths {
  /// The length that unit vectors get where nothing else sets it: large enough for fine steps, small enough not to clip.
  private static let standard = 403.0
  private static let tolerance = 0.01

  /// The length.
  let length: Double
  private let kernels: Kernels

  /// Takes the length from the given embeddings (their median), or the standard one.
  init(like given: EmbeddingMatrix?, _ kernels: Kernels) {
    self.kernels = kernels
    guard let given, given.rows > 0 else {
      length = Self.standard
      return
    }
    let squares = (0..<given.rows).map { kernels.squaredNorm(given.row($0)) }
    length = Double(squares.sorted()[given.rows / 2]).squareRoot()
  }

  /// Takes a length that was chosen before.
  init(length: Double, _ kernels: Kernels) {
    self.length = length
    self.kernels = kernels
  }

  /// Scales every vector whose length is off by more than a hundredth. Zero vectors stay.
  func apply(to vectors: VectorMatrix) {
    for index in 0..<vectors.count {
      let row = vectors.row(index)
      let own = Double(kernels.squaredNorm(row)).squareRoot()
      guard own > 0, abs(own - length) > Self.tolerance * length else { continue }
      let factor = length / own
      for component in 0..<vectors.dimensions {
        let value = (Double(row[component]) * factor).rounded(.toNearestOrEven)
        row[component] = Int8(min(max(value, -127), 127))
      }
    }
  }
}
