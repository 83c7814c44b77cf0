/// An encoder fitted to some of the questions, and the vectors of entries that were learned with it.
struct FoldEncoder: Sendable {
  /// The rows of the pieces.
  let pieces: QuantizedPieces
  /// The vectors of entries; `nil` if too few entries have several wordings. One whose questions were all hidden has none.
  let entryVectors: EntryVectors?

  /// The same with vectors only of entries that have one in `vectors`.
  func limited(to vectors: EntryVectors?) -> FoldEncoder {
    FoldEncoder(pieces: pieces, entryVectors: vectors.flatMap { entryVectors?.limited(to: $0) })
  }
}
