extension Tokenizer {
  /// The number of bytes of `word` that the vocabulary knows: all of them if it is a piece that starts a word, else
  /// those in pieces of at least `longEnough` bytes.
  ///
  /// From left to right: of the pieces of at least that length that match, the longest is taken; where none matches, one
  /// scalar is skipped.
  ///
  /// - Throws: What `lookup` throws.
  @inlinable
  mutating func knownBytes<Lookup: PieceLookup>(
    of word: Bytes, with lookup: inout Lookup, longEnough: Int
  ) throws(BundleError) -> Int {
    var known = 0
    var position = 0
    while position < word.count {
      var length = hashPrefixes(of: word, from: position)
      var isFound = false
      while !isFound, length >= longEnough || length == word.count, let text = word.slice(position, length) {
        isFound = try lookup.piece(prefixHashes[length], text, isStart: position == 0) != nil
        if !isFound { length = shorterPrefix(of: word, from: position, than: length) }
      }
      known += isFound ? length : 0
      position = isFound ? position + length : nextScalar(of: word, after: position)
    }
    return known
  }
}
