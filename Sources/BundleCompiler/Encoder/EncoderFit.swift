import BundleFormat

/// Fits the rows of an encoder to a bundle's own questions, so that the sum of a question's rows points where its given
/// embedding points.
///
/// Stochastic gradient ascent on the cosine, one question at a time: the sum is turned towards the embedding by a fraction of
/// the angle between them, and the change is shared among the pieces, rare ones taking more of it, since a frequent
/// word's row has many other questions to serve. After each pass the rows are drawn back towards the prior.
/// Everything is single precision in a fixed order without fused operations, so the result is the same on every machine.
struct EncoderFit {
  /// The number of passes over the questions.
  var passes = 8
  /// The fraction of the angle turned in the first pass; it falls linearly to a tenth of that.
  var rate: Float = 0.5
  /// How far the rows are drawn back towards the prior after each pass, as a fraction of their distance from it.
  var decay: Float = 0.02
  /// Where the order of the questions comes from.
  var seed: UInt64 = 0xA1_3A_7A_C5

  /// Fits a copy of `table`.
  ///
  /// - Parameters:
  ///   - table: The rows to start from, which is also what they are drawn back to.
  ///   - texts: The pieces of each question.
  ///   - targets: The embedding of each question; a question whose vector is zero is passed over.
  ///   - included: Which questions to fit to.
  ///   - endOfPass: Called after each pass over the questions.
  func fit(
    _ table: PieceTable, texts: TokenizedTexts, targets: VectorMatrix, included: (Int) -> Bool,
    endOfPass: () -> Void
  ) -> PieceTable {
    var fitted = table
    let dimensions = table.dimensions
    let occurrences = texts.occurrences(vocabularySize: table.count)
    let shares = occurrences.map { 1 / (Float(max($0, 1))).squareRoot() }
    let questions = (0..<texts.count).filter { included($0) && !texts.range($0).isEmpty }
    var generator = SeededGenerator(seed: seed)
    var sum = [Float](repeating: 0, count: dimensions)
    var target = [Float](repeating: 0, count: dimensions)
    for pass in 0..<passes {
      let step = rate * (1 - 0.9 * Float(pass) / Float(max(passes - 1, 1)))
      for place in generator.permutation(questions.count) {
        let question = questions[place]
        guard load(targets.row(question), into: &target) else { continue }
        let pieces = texts.pieces[texts.range(question)]
        turn(&fitted, pieces, towards: target, step: step, shares: shares, sum: &sum)
      }
      for index in fitted.values.indices {
        fitted.values[index] += decay * (table.values[index] - fitted.values[index])
      }
      endOfPass()
    }
    return fitted
  }

  private func load(_ row: VectorRow, into target: inout [Float]) -> Bool {
    var square: Float = 0
    for component in target.indices {
      target[component] = Float(row[component])
      square += target[component] * target[component]
    }
    guard square > 0 else { return false }
    let factor = 1 / square.squareRoot()
    for component in target.indices { target[component] *= factor }
    return true
  }

  private func turn(
    _ table: inout PieceTable, _ pieces: ArraySlice<Int32>, towards target: [Float], step: Float, shares: [Float],
    sum: inout [Float]
  ) {
    var totalShare: Float = 0
    for component in sum.indices { sum[component] = 0 }
    for piece in pieces {
      table.add(Int(piece), to: &sum)
      totalShare += shares[Int(piece)]
    }
    let square = PieceTable.product(sum, sum)
    let length = square.squareRoot()
    // A text of unknown pieces has no direction to turn; it starts out along its target, as long as a target is.
    let cosine = length > 1e-6 ? PieceTable.product(sum, target) / length : 0
    let scale = length > 1e-6 ? cosine / length : 0
    let reach = step * (length > 1e-6 ? length : 1) / totalShare
    PieceTable.subtract(&sum, times: scale, from: target)
    for piece in pieces { table.move(Int(piece), by: reach * shares[Int(piece)], along: sum) }
  }
}
