import BundleFormat

/// Fits the rows of an encoder together with one vector for each class of questions, so that questions point at the vector of
/// their own class rather than at those of others, and still roughly where their given embeddings point.
///
/// The loss of a question is the cross-entropy of a softmax over its projections on the classes' vectors, less a multiple of
/// the cosine with its embedding; the vectors of classes keep the lengths that they learn. Some pieces of each question
/// are left out at random, so that no word alone decides. Everything is single precision in a fixed order without fused
/// operations or library functions, so the result is the same on every machine.
struct EntryFit {
  /// The number of passes over the questions, unless they are very many.
  var passes = 10
  /// How many fits are averaged, each with an order and a choice of pieces of its own: their chance errors cancel in part.
  var repeats = 2
  /// The most questions looked at in all passes of a fit; there are two passes at least.
  var maximumVisits = 1_000_000
  /// How far a component of a piece's row first moves, as a fraction of the root mean square of all components.
  var rate: Float = 0.03
  /// How far a component of a class's vector first moves.
  var classRate: Float = 0.003
  /// What projections are divided by before the softmax.
  var temperature: Float = 0.07
  /// The weight of the cosine with the embedding.
  var fidelity: Float = 0.15
  /// The share of pieces left out.
  var dropout: Float = 0.15
  /// The most questions in a step.
  var largestBatch = 512
  /// Where the order of the questions and the choice of pieces come from.
  var seed: UInt64 = 0x5E_71_C0_DE

  /// Fits a copy of `table`.
  ///
  /// - Parameters:
  ///   - table: The rows to start from.
  ///   - texts: The pieces of each question.
  ///   - targets: The embedding of each question; one whose vector is zero counts for its class only.
  ///   - classes: The class of each question.
  ///   - included: Which questions to fit to.
  ///   - endOfPass: Called after each pass of each of the `repeats` fits.
  /// - Returns: The rows, and a vector for each class: zeros for one without an included question.
  func fit(
    _ table: PieceTable, texts: TokenizedTexts, targets: VectorMatrix, classes: EntryClasses,
    included: (Int) -> Bool, endOfPass: () -> Void
  ) -> (pieces: PieceTable, classes: FloatRows) {
    let questions = (0..<texts.count).filter { included($0) && !texts.range($0).isEmpty }
    var mean = table
    let vectors = FloatRows(count: classes.count, dimensions: table.dimensions)
    for index in mean.values.indices { mean.values[index] = 0 }
    let share = 1 / Float(repeats)
    for number in 0..<repeats {
      let fitted = fitOnce(
        table, texts, targets, classes, questions, seed: seed &+ UInt64(number), endOfPass: endOfPass)
      for index in mean.values.indices { mean.values[index] += share * fitted.pieces.values[index] }
      for row in 0..<classes.count { vectors.add(share, fitted.classes, row, to: row) }
    }
    return (mean, vectors)
  }

  private func fitOnce(
    _ table: PieceTable, _ texts: TokenizedTexts, _ targets: VectorMatrix, _ classes: EntryClasses,
    _ questions: [Int], seed: UInt64, endOfPass: () -> Void
  ) -> (pieces: PieceTable, classes: FloatRows) {
    let passes = passCount(questions.count)
    let size = min(max(questions.count / 6, 32), largestBatch)
    let steps = passes * ((questions.count + size - 1) / size)
    var generator = SeededGenerator(seed: seed)
    let run = EntryFitRun(
      self, table, texts: texts, targets: targets, classes: classes, questions: questions, batch: size, steps: steps)
    var step = 0
    for _ in 0..<passes {
      let order = generator.permutation(questions.count)
      for range in ranges(of: order.count, size: size) {
        step += 1
        run.step(step, questions: range.map { questions[order[$0]] }, &generator)
      }
      endOfPass()
    }
    return run.finish(table)
  }

  /// The number of passes over so many questions.
  func passCount(_ questions: Int) -> Int {
    min(passes, max(maximumVisits / max(questions, 1), 2))
  }
}
