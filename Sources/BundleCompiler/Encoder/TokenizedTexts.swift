import BundleFormat

/// The pieces of many texts, by ordinal: compressed rows.
struct TokenizedTexts: Sendable {
  /// The pieces of all texts, one text after the other.
  private(set) var pieces: [Int32] = []
  private var starts: [Int] = [0]

  /// The number of texts.
  var count: Int { starts.count - 1 }

  /// Where the pieces of text `index` stand in `pieces`.
  func range(_ index: Int) -> Range<Int> { starts[index]..<starts[index + 1] }

  /// The pieces of text `index` as a bundle holds them, four bytes each.
  func encoded(_ index: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(4 * range(index).count)
    for piece in pieces[range(index)] { bytes.append(littleEndian: UInt32(piece)) }
    return bytes
  }

  /// Tokenises the normal forms of `texts` with a vocabulary.
  init(normalForms texts: some Collection<[UInt8]>, vocabulary: Vocabulary) {
    var vocabulary = vocabulary
    var tokenizer = Tokenizer()
    starts.reserveCapacity(texts.count + 1)
    for text in texts {
      // A vocabulary in memory throws nothing; only one in a file does.
      let count = (try? text.withBytes { bytes in try tokenizer.tokenize(bytes, with: &vocabulary) }) ?? 0
      for index in 0..<count { pieces.append(Int32(tokenizer.piece(index))) }
      starts.append(pieces.count)
    }
  }

  /// How often each of `vocabularySize` pieces occurs.
  func occurrences(vocabularySize: Int) -> [Int] {
    var counts = [Int](repeating: 0, count: vocabularySize)
    for piece in pieces { counts[Int(piece)] += 1 }
    return counts
  }
}
