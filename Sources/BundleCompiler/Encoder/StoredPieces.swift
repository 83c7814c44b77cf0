import BundleFormat

/// The pieces of all stored questions as a bundle holds them: four bytes each, in memory that does not move.
final class StoredPieces: @unchecked Sendable {
  private let memory: UnsafeMutablePointer<UInt32>
  private let texts: TokenizedTexts
  private let count: Int

  /// Takes the pieces of `texts`.
  init(_ texts: TokenizedTexts) {
    self.texts = texts
    count = texts.pieces.count
    memory = .allocate(capacity: max(count, 1))
    for (index, piece) in texts.pieces.enumerated() { memory[index] = UInt32(piece).littleEndian }
  }

  deinit { memory.deallocate() }

  /// The run of a question. Valid while this lives.
  func run(_ question: Int) -> Bytes {
    let range = texts.range(question)
    precondition(range.upperBound <= count)
    return Bytes(start: UnsafeRawPointer(memory + range.lowerBound), count: 4 * range.count)
  }
}
