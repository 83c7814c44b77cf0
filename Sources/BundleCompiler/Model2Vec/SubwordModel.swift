/// How a tokeniser splits one word into the entries of its vocabulary.
enum SubwordModel {
  case wordPiece(WordPieceModel)
  case unigram(UnigramModel)

  /// The ids of the parts of `word`; a part that the vocabulary does not have is left out.
  func ids(_ word: [UInt8]) -> [Int] {
    switch self {
    case .wordPiece(let model): model.ids(word)
    case .unigram(let model): model.ids(word)
    }
  }
}

/// WordPiece: from left to right the longest entry that matches; a word that cannot be split so to its end is unknown.
struct WordPieceModel {
  /// The entries with their ids.
  let vocabulary: [[UInt8]: Int]
  /// What marks an entry that continues a word.
  let prefix: [UInt8]
  /// The most scalars of a word that is split.
  let longestWord: Int

  /// The ids of the parts of `word`, none if it is unknown.
  func ids(_ word: [UInt8]) -> [Int] {
    guard word.count(where: { $0 & 0xC0 != 0x80 }) <= longestWord else { return [] }
    var ids: [Int] = []
    var start = 0
    while start < word.count {
      var end = word.count
      var found: Int?
      while end > start, found == nil {
        found = vocabulary[(start > 0 ? prefix : []) + word[start..<end]]
        if found == nil { end -= 1 }
      }
      guard let found else { return [] }
      ids.append(found)
      start = end
    }
    return ids
  }
}

/// Unigram: of all ways to split a word the one with the greatest sum of scores, the earlier found among equals.
struct UnigramModel {
  /// The entries with their ids.
  let vocabulary: [[UInt8]: Int]
  /// The score of each entry: the logarithm of a probability.
  let scores: [Double]
  /// The id that stands for scalars without an entry.
  let unknown: Int?
  private let longest: Int
  private let unknownScore: Double

  /// Takes the entries of a vocabulary in the order of their ids.
  init(_ entries: [(text: [UInt8], score: Double)], unknown: Int?) {
    var vocabulary: [[UInt8]: Int] = [:]
    for (id, entry) in entries.enumerated() where vocabulary[entry.text] == nil { vocabulary[entry.text] = id }
    self.vocabulary = vocabulary
    scores = entries.map(\.score)
    self.unknown = unknown
    longest = entries.map(\.text.count).max() ?? 0
    // What sentencepiece takes off.
    unknownScore = (scores.min() ?? 0) - 10
  }

  /// The ids of the parts of `word`.
  func ids(_ word: [UInt8]) -> [Int] {
    var best = [(score: Double, start: Int, id: Int?)?](repeating: nil, count: word.count + 1)
    best[0] = (0, 0, nil)
    var start = 0
    while start < word.count {
      var next = start + 1
      while next < word.count, word[next] & 0xC0 == 0x80 { next += 1 }
      if let before = best[start]?.score {
        var hasSingle = false
        for end in (start + 1)..<min(start + longest, word.count) + 1 {
          guard let id = vocabulary[Array(word[start..<end])] else { continue }
          if end == next { hasSingle = true }
          let score = before + scores[id]
          if best[end].map({ score > $0.score }) ?? true { best[end] = (score, start, id) }
        }
        let score = before + unknownScore
        if !hasSingle, best[next].map({ score > $0.score }) ?? true { best[next] = (score, start, nil) }
      }
      start = next
    }
    var ids: [Int] = []
    var end = word.count
    while end > 0, let step = best[end] {
      if let id = step.id, id != unknown { ids.append(id) }
      end = step.start
    }
    return ids.reversed()
  }
}
