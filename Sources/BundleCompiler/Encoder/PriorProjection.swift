/// A linear map from the prior's space into the space of another embedding model, learnt from a bundle's own questions.
///
/// Ridge regression: the map takes each question's prior vector as near as it can to the given embedding. With few questions
/// most directions stay small, so such bundles answer less until they hold more; the self-test sees to the error.
struct PriorProjection {
  /// The number of components of a vector in the other space.
  let outputs: Int
  private let inputs: Int
  // Row-major, inputs × outputs.
  private let weights: [Double]

  /// Learns the map.
  ///
  /// - Parameters:
  ///   - sources: The questions' unit vectors in the prior's space, `inputs` components each.
  ///   - rows: The row of each in `targets`.
  ///   - targets: The given embeddings.
  ///   - ridge: The weight of the map's size against the error, per question.
  init(sources: some Collection<[Float]>, rows: [Int], inputs: Int, targets: VectorMatrix, ridge: Double = 0.05) {
    self.inputs = inputs
    outputs = targets.dimensions
    var gram = [Double](repeating: 0, count: inputs * inputs)
    var cross = [Double](repeating: 0, count: inputs * outputs)
    for (question, source) in zip(rows, sources) {
      let row = targets.row(question)
      var square = 0.0
      for output in 0..<outputs { square += Double(row[output]) * Double(row[output]) }
      guard square > 0 else { continue }
      let factor = 1 / square.squareRoot()
      for input in 0..<inputs {
        let value = Double(source[input])
        if value == 0 { continue }
        for other in 0...input { gram[input * inputs + other] += value * Double(source[other]) }
        for output in 0..<outputs { cross[input * outputs + output] += value * Double(row[output]) * factor }
      }
    }
    // The prior's components are about 1/√inputs each, so this is the ridge in the scale of the diagonal.
    let strength = ridge * Double(max(sources.count, 1)) / Double(inputs) + 1e-9
    for input in 0..<inputs { gram[input * inputs + input] += strength }
    Self.solve(&gram, &cross, size: inputs, columns: outputs)
    weights = cross
  }

  /// The image of a vector.
  func apply(_ vector: [Float]) -> [Float] {
    var image = [Double](repeating: 0, count: outputs)
    for input in 0..<inputs {
      let value = Double(vector[input])
      for output in 0..<outputs { image[output] += value * weights[input * outputs + output] }
    }
    return image.map { Float($0) }
  }

  // Solves A X = B in place by Cholesky decomposition of the lower triangle of a positive definite A.
  private static func solve(_ matrix: inout [Double], _ right: inout [Double], size: Int, columns: Int) {
    for row in 0..<size {
      for column in 0...row {
        var value = matrix[row * size + column]
        for index in 0..<column { value -= matrix[row * size + index] * matrix[column * size + index] }
        matrix[row * size + column] = row == column ? value.squareRoot() : value / matrix[column * size + column]
      }
    }
    for row in 0..<size {
      for index in 0..<row {
        let factor = matrix[row * size + index]
        for column in 0..<columns { right[row * columns + column] -= factor * right[index * columns + column] }
      }
      for column in 0..<columns { right[row * columns + column] /= matrix[row * size + row] }
    }
    for row in stride(from: size - 1, through: 0, by: -1) {
      for index in (row + 1)..<max(size, row + 1) {
        let factor = matrix[index * size + row]
        for column in 0..<columns { right[row * columns + column] -= factor * right[index * columns + column] }
      }
      for column in 0..<columns { right[row * columns + column] /= matrix[row * size + row] }
    }
  }
}
