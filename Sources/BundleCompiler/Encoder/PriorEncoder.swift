import BundleFormat

/// Encodes texts with the table that comes with the compiler, as a bundle without embeddings would.
package final class PriorEncoder: Sendable {
  let vocabulary: Vocabulary
  let pieces: QuantizedPieces
  let kernels: Kernels

  /// The encoder, read once for the whole process.
  package static let shared = Result { try PriorEncoder() }

  /// The number of pieces, the most common first.
  package var pieceCount: Int { vocabulary.pieces.count }

  /// Reads the table.
  ///
  /// - Throws: `WriteError` if the build holds a table this code does not know.
  package init() throws {
    let prior = try Prior()
    guard let kernels = Kernels() else {
      throw WriteError("this build has no kernels for this processor; build it on this machine")
    }
    self.kernels = kernels
    let builder = VocabularyBuilder(
      normalForms: [], prior: prior, stride: EncoderParameters.stride(dimensions: prior.dimensions), maximumBytes: .max)
    vocabulary = builder.vocabulary
    pieces = QuantizedPieces(PieceTable(builder, prior: prior, projection: nil), kernels: kernels)
  }

  /// The vectors of normal forms, in their order. About a microsecond each.
  package func vectors(of normalForms: [[UInt8]]) -> QuestionVectors {
    let texts = TokenizedTexts(normalForms: normalForms, vocabulary: vocabulary)
    return QuestionVectors(pieces.encode(texts, Array(0..<normalForms.count)), kernels)
  }

  /// How many pieces are more common than `word`; `nil` if the table knows it only in parts or not at all.
  package func rank(of word: [UInt8]) -> Int? {
    var lookup = vocabulary
    let hash = word.withBytes { KeyHash.of($0, domain: KeyHash.startPiece) }
    return word.withBytes { lookup.piece(hash, $0, isStart: true) }.map { Int($0) }
  }
}
