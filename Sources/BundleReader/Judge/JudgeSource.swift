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

/// One piece of the vocabulary as the judge sees it.
public struct JudgedPiece {
  /// The piece's row: `stride` int8 components.
  public var row: Bytes
  /// How much the piece says about what is asked: near zero for "the", near 65,535 for a rare name.
  public var weight: UInt16

  public init(row: Bytes, weight: UInt16) {
    self.row = row
    self.weight = weight
  }
}

/// What the judge asks a bundle for: one in a file, or one that is being compiled.
public protocol JudgeSource {
  /// The pieces of a stored question.
  func questionPieces(_ question: UInt32) throws(BundleError) -> QuestionPieces
  /// The row of a piece of the vocabulary, and its factor in a sum.
  func pieceRow(_ piece: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt16)
  /// A piece of the vocabulary.
  func judgedPiece(_ piece: UInt32) throws(BundleError) -> JudgedPiece
  /// Fills in the core of an entry; leaves it empty for one of few wordings and for a distractor.
  func fillCore(of owner: UInt32, _ core: inout EntryCore) throws(BundleError)
  /// The vector learned for an entry, or `nil` if it has none; the owner may be a distractor.
  func learnedVector(_ owner: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt32)?
}
