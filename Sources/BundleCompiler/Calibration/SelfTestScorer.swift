import BundleFormat

/// Decides which of a question's nearest would answer it in a self-test, and with what score: as a reader does.
protocol SelfTestScorer: Sendable {
  /// The vectors to search with while a wording is hidden, one for each question asked.
  var heldOut: VectorMatrix { get }
  /// The vectors to search with while the entry is hidden; the same matrix if they do not differ.
  var strangers: VectorMatrix { get }

  /// Chooses among `nearest`, the best first; `nil` if none may answer.
  ///
  /// - Parameter asked: What is asked, and how.
  func choose(_ nearest: [SelfTest.Neighbour], _ asked: SelfTest.Asked) -> SelfTest.Found?
}

extension SelfTest {
  /// A stored vector near a question.
  typealias Neighbour = (similarity: Int32, row: Int)

  /// One way of asking a question.
  struct Asked {
    /// The ordinal of the question.
    var question: Int
    /// Its place among those asked.
    var place: Int
    /// Whether the encoder that asks knows none of the entry's questions, or only not this one.
    var isStranger: Bool
    /// The kinds of mark that vary among the entry's other wordings.
    var ownSlots: VetoKinds
  }

  /// The question that would answer.
  struct Found {
    /// Its row.
    var row: Int
    /// Its similarity in the space of the stored vectors.
    var similarity: Int64
    /// The score held against the threshold.
    var score: Int64
  }
}
