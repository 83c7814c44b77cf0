import BundleFormat

extension Prior {
  /// A prior that speaks the space of a Model2Vec model, in pieces of the bundle's own kind: the model's tokeniser is asked here,
  /// once, so that a reader needs none but its own.
  ///
  /// Pieces are the words of the bundle's questions, each with the vector that the model gives the word by itself, then
  /// the entries of the model's vocabulary in their order. A sum over the words of a text then points where
  /// the model's mean over its tokens does, but for punctuation, which pieces leave out.
  ///
  /// - Parameters:
  ///   - model: The model.
  ///   - words: The distinct words of the questions, the most important first.
  ///   - most: The most pieces that can be of use. Half of them at the most are words.
  /// - Throws: An error if the model cannot be read.
  init(_ model: Model2VecDirectory, words: [[UInt8]], most: Int) throws(InputError) {
    var pieces: [Piece] = []
    var tokens: [[Int]] = []
    var known = Vocabulary(capacity: most)
    func add(_ piece: Piece, _ ids: [Int]) {
      guard pieces.count < most, !ids.isEmpty, known.add(piece) == pieces.count else { return }
      pieces.append(piece)
      tokens.append(ids)
    }
    for word in words where pieces.count < (most + 1) / 2 {
      add(Piece(text: word, isStart: true), model.tokenizer.ids(String(decoding: word, as: UTF8.self)))
    }
    // Entries that are whole words in normal form first, so that one that only folds to the same text comes second.
    for isFolded in [false, true] {
      for (id, entry) in model.tokenizer.entries.enumerated() {
        guard let entry, let piece = Self.piece(entry, model.tokenizer, isFolded: isFolded) else { continue }
        add(piece, [id])
      }
    }
    var rows: [Float] = []
    rows.reserveCapacity(pieces.count * model.dimensions)
    for ids in tokens {
      var sum = [Double](repeating: 0, count: model.dimensions)
      try model.add(ids, to: &sum)
      guard sum.allSatisfy({ $0.isFinite }) else {
        throw InputError(
          file: model.name, problem: "model.safetensors holds values that are not finite",
          remedy: "download the model again")
      }
      for value in sum { rows.append(Float(value)) }
    }
    self.init(pieces: pieces, dimensions: model.dimensions, model: model.name, rows: rows)
  }

  /// The piece that an entry of the vocabulary is, if it can be one: a word, or a part of one, of at most `longestPiece` bytes.
  ///
  /// - Parameter isFolded: Whether to take the entries that are not in normal form, or those that are.
  private static func piece(_ entry: [UInt8], _ tokenizer: TokenizerFile, isFolded: Bool) -> Piece? {
    var text = entry
    var isStart: Bool
    if let prefix = tokenizer.continuationPrefix {
      isStart = !text.starts(with: prefix) || text.count == prefix.count
      if !isStart { text.removeFirst(prefix.count) }
    } else {
      isStart = text.starts(with: tokenizer.startMark)
      if isStart { text.removeFirst(tokenizer.startMark.count) }
    }
    var normalizer = TextNormalizer(maximumInput: 256)
    guard !text.isEmpty, text.count <= 256,
      (try? text.withBytes({ try normalizer.normalize($0) })) != nil
    else { return nil }
    let form = normalizer.output.copied
    guard isFolded == (form != text), form.count <= Tokenizer.longestPiece else { return nil }
    // What the scanner does not take for one word never reaches the vocabulary.
    var scanner = WordScanner()
    return form.withBytes { bytes in
      scanner.begin(bytes)
      guard let word = scanner.next(), word.length == form.count else { return nil }
      // Each ideograph is a word of its own.
      if word.kind != .letters { isStart = true }
      return Piece(text: word.bytes.copied, isStart: isStart)
    }
  }
}
