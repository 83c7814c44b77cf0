import BundleFormat

/// The pieces of a stored question.
public struct QuestionPieces {
  /// The ordinals of its pieces, four bytes each.
  public var run: Bytes
  /// The number of wordings its owner has.
  public var wordings: UInt32

  public init(run: Bytes, wordings: UInt32) {
    self.run = run
    self.wordings = wordings
  }

  /// The number of pieces.
  public var count: Int { run.count / 4 }

  /// The ordinal of the piece at `index`.
  public subscript(index: Int) -> UInt32 { run.integer(at: 4 * index) ?? 0 }
}

/// What the judge asks a bundle for: one in a file, or one that is being compiled.
public protocol JudgeSource {
  /// The pieces of a stored question.
  func questionPieces(_ question: UInt32) throws(BundleError) -> QuestionPieces
  /// The row of a piece of the vocabulary, and its factor in a sum.
  func pieceRow(_ piece: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt16)
  /// How much a piece says about what is asked: near zero for "the", near 65,535 for a rare name.
  func pieceWeight(_ piece: UInt32) throws(BundleError) -> UInt16
  /// Fills in the core of an entry; leaves it empty for one of few wordings and for a distractor.
  func fillCore(of owner: UInt32, _ core: inout EntryCore) throws(BundleError)
  /// The vector learned for an entry, or `nil` if it has none; the owner may be a distractor.
  func learnedVector(_ owner: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt32)?
}
