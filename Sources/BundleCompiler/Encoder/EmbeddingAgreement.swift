import BundleFormat
import CKernels

/// Whether embeddings that name the prior's own model can come from it, for the questions that they stand beside.
///
/// A wrong file, rows in another order, or another model under that name would otherwise be found out by nobody: the bundle
/// would answer next to nothing, or by its fitted rows alone. The prior makes of a question it knows about what
/// the model makes of it, so embedding and text must agree better than embedding and the text of another question.
struct EmbeddingAgreement {
  /// The fewest questions that say anything.
  static let fewest = 20
  /// About how many are compared at most, evenly spread.
  static let most = 1 << 16
  /// How much nearer, in cosine, a question's own embedding is on the whole than another's. Right files reach 0.5 and more.
  static let least = 0.1

  /// The number of questions compared.
  private(set) var compared = 0
  /// The mean cosine of the prior's vector with the question's own embedding, and with that of the next question compared.
  private(set) var own = 0.0
  private(set) var other = 0.0

  /// Compares the embedding of each question that consists of words the prior knows whole.
  ///
  /// - Parameters:
  ///   - texts: The pieces of the questions.
  ///   - table: The prior's rows for them, in the space of the embeddings.
  ///   - wordCounts: The number of words of each question.
  ///   - targets: The given embeddings; a question whose vector is zero is passed over.
  init(texts: TokenizedTexts, table: PieceTable, wordCounts: [Int], targets: VectorMatrix) {
    let dimensions = table.dimensions
    func unit(_ values: [Double]) -> [Double]? {
      var square = 0.0
      for value in values { square += value * value }
      return square > 0 ? values.map { $0 / square.squareRoot() } : nil
    }
    func cosine(_ first: [Double], _ second: [Double]) -> Double {
      var sum = 0.0
      for index in first.indices { sum += first[index] * second[index] }
      return sum
    }
    var first: (text: [Double], given: [Double])?
    var previous: [Double]?
    let step = max(1, texts.count / Self.most)
    for question in stride(from: 0, to: texts.count, by: step) where texts.range(question).count == wordCounts[question]
    {
      var sum = [Double](repeating: 0, count: dimensions)
      for piece in texts.pieces[texts.range(question)] {
        for component in sum.indices { sum[component] += Double(table.values[Int(piece) * dimensions + component]) }
      }
      let row = targets.row(question)
      guard let text = unit(sum), let given = unit((0..<dimensions).map { Double(row[$0]) }) else { continue }
      compared += 1
      own += cosine(text, given)
      if let previous { other += cosine(text, previous) }
      first = first ?? (text, given)
      previous = given
    }
    guard compared > 0, let first, let previous else { return }
    other += cosine(first.text, previous)
    own /= Double(compared)
    other /= Double(compared)
  }

  /// Whether the embeddings have nothing to do with the texts.
  var isRefused: Bool { compared >= Self.fewest && own < other + Self.least }
}
