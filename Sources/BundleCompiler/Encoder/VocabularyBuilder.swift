import BundleFormat

/// Chooses the pieces of a bundle's encoder under a limit on its size: what the bundle's own questions need first, then
/// the prior in its order, so that words which only queries use are known too.
struct VocabularyBuilder {
  /// The vocabulary.
  private(set) var vocabulary: Vocabulary
  /// The row of each piece before fitting, in the prior's space: which prior pieces it is the sum of.
  private(set) var origins: [[Int]] = []

  /// The size of one piece in a bundle, in bytes: row, record, two slots, and its text.
  static func size(_ piece: Prior.Piece, stride: Int) -> Int {
    stride + PieceRecord.size + 2 * HashTable.slotSize + piece.text.count
  }

  /// Chooses pieces for these normal forms.
  ///
  /// A word that two or more questions share and that the prior only knows in parts becomes a piece of its own, which
  /// starts as the sum of the parts: the fit may then teach it what the parts could not say.
  init(normalForms: some Collection<[UInt8]>, prior: Prior, stride: Int, maximumBytes: Int) {
    var all = Vocabulary(capacity: prior.pieces.count)
    for piece in prior.pieces { _ = all.add(piece) }
    let own = Self.words(of: normalForms)
    vocabulary = Vocabulary(capacity: prior.pieces.count + own.count)
    let tokenized = TokenizedTexts(normalForms: normalForms, vocabulary: all)
    let used = tokenized.occurrences(vocabularySize: prior.pieces.count)
    var bytes = 0
    func admit(_ piece: Prior.Piece, _ origin: [Int], _ vocabulary: inout Vocabulary, _ origins: inout [[Int]]) {
      let size = Self.size(piece, stride: stride)
      guard bytes + size <= maximumBytes else { return }
      if vocabulary.add(piece) == origins.count {
        origins.append(origin)
        bytes += size
      }
    }
    for index in prior.pieces.indices where used[index] > 0 {
      admit(prior.pieces[index], [index], &vocabulary, &origins)
    }
    let split = TokenizedTexts(normalForms: own.map(\.text), vocabulary: all)
    for (index, word) in own.enumerated() where word.count > 1 && split.range(index).count != 1 {
      let parts = split.pieces[split.range(index)].map { Int($0) }
      admit(Prior.Piece(text: word.text, isStart: true), parts, &vocabulary, &origins)
    }
    for index in prior.pieces.indices where used[index] == 0 {
      admit(prior.pieces[index], [index], &vocabulary, &origins)
    }
  }

  /// Takes pieces that were chosen before, and finds out again which prior pieces each is the sum of.
  init(keeping pieces: [Prior.Piece], prior: Prior) {
    var all = Vocabulary(capacity: prior.pieces.count + pieces.count)
    for piece in prior.pieces { _ = all.add(piece) }
    let split = TokenizedTexts(normalForms: pieces.map(\.text), vocabulary: all)
    vocabulary = Vocabulary(capacity: pieces.count)
    for (index, piece) in pieces.enumerated() {
      _ = vocabulary.add(piece)
      let known = all.add(piece)
      origins.append(known < prior.pieces.count ? [known] : split.pieces[split.range(index)].map { Int($0) })
    }
  }

  // The distinct words that could be pieces, with the number of texts that have them, in order of first appearance.
  static func words(of texts: some Collection<[UInt8]>) -> [(text: [UInt8], count: Int)] {
    var words: [(text: [UInt8], count: Int)] = []
    var places: [[UInt8]: Int] = [:]
    var lastText: [Int] = []
    var scanner = WordScanner()
    for (number, text) in texts.enumerated() {
      text.withBytes { bytes in
        scanner.begin(bytes)
        while let word = scanner.next() {
          guard word.bytes.count <= Tokenizer.longestPiece else { continue }
          let key = word.bytes.copied
          if let place = places[key] {
            if lastText[place] != number { words[place].count += 1 }
            lastText[place] = number
          } else {
            places[key] = words.count
            words.append((key, 1))
            lastText.append(number)
          }
        }
      }
    }
    return words
  }
}
