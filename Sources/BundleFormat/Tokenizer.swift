/// A vocabulary: it knows the number of each piece of a word.
public protocol PieceLookup {
  /// The number of the piece `text`, or `nil` if the vocabulary has no such piece.
  ///
  /// Pieces that start a word and pieces that continue one are different pieces, even with the same text. `hash` is the
  /// `KeyHash` of `text` in the domain `startPiece` or `continuationPiece`; an implementation confirms a match by
  /// comparing the text.
  ///
  /// - Throws: `BundleError` when the vocabulary turns out to be damaged.
  mutating func piece(_ hash: UInt64, _ text: Bytes, isStart: Bool) throws(BundleError) -> UInt32?
}

/// Splits a normal form into the pieces of a vocabulary.
///
/// Each word that `WordScanner` finds is split on its own, from left to right: of all pieces that match, the longest is
/// taken. Where none matches, one scalar is skipped. The first piece of a word is looked up as one that starts a word,
/// all that follow, also after a skipped scalar, as ones that continue it. A piece has at most `longestPiece` bytes and
/// ends at a scalar boundary.
///
/// A tokeniser holds the memory it needs and allocates nothing after `init`. It serves one thread at a time.
public struct Tokenizer: ~Copyable {
  /// The most bytes of a piece.
  public static var longestPiece: Int { 24 }

  /// The most pieces of a text; what comes after them is not looked at.
  public static var mostPieces: Int { 128 }

  /// The number of pieces of the text tokenised last.
  public internal(set) var count = 0

  @usableFromInline var scanner = WordScanner()
  @usableFromInline var pieces: FixedBuffer<UInt32>
  @usableFromInline var prefixHashes: FixedBuffer<UInt64>

  /// Makes a tokeniser that has seen no text.
  public init() {
    pieces = FixedBuffer(capacity: Tokenizer.mostPieces)
    prefixHashes = FixedBuffer(capacity: Tokenizer.longestPiece + 1)
  }

  /// The number of the piece at `index`, which is less than `count`, of the text tokenised last; zero beyond.
  public func piece(_ index: Int) -> UInt32 { index >= 0 && index < count ? pieces[index] : 0 }

  /// The numbers of all pieces of the text tokenised last, four bytes each. Valid until the next text.
  public var run: Bytes { unsafe Bytes(start: UnsafeRawPointer(pieces.unsafeStart), count: 4 * count) }

  /// Splits `normalForm` into pieces, to be had from `piece(_:)`, and returns how many there are.
  ///
  /// O(normalForm.count), with at most `longestPiece` lookups for each piece or skipped scalar. Nothing is looked up
  /// after the last piece there is room for.
  ///
  /// - Throws: what `lookup` throws. The pieces found before it remain.
  @inlinable
  public mutating func tokenize<Lookup: PieceLookup>(
    _ normalForm: Bytes, with lookup: inout Lookup
  ) throws(BundleError) -> Int {
    begin(normalForm)
    while let word = nextWord() {
      var position = 0
      while position < word.count {
        var length = hashPrefixes(of: word, from: position)
        var found: UInt32?
        while length > 0, let text = word.slice(position, length) {
          found = try lookup.piece(prefixHashes[length], text, isStart: position == 0)
          if found != nil { break }
          length = shorterPrefix(of: word, from: position, than: length)
        }
        if let found {
          guard append(found) else { return count }
          position += length
        } else {
          position = nextScalar(of: word, after: position)
        }
      }
    }
    return count
  }

  @usableFromInline
  mutating func begin(_ normalForm: Bytes) {
    scanner.begin(normalForm)
    count = 0
  }

  @usableFromInline
  mutating func nextWord() -> Bytes? { count < Tokenizer.mostPieces ? scanner.next()?.bytes : nil }

  /// Hashes all prefixes of `word` from `position` on that may be a piece, the hash of each at its length, and returns
  /// the length of the longest.
  @usableFromInline
  mutating func hashPrefixes(of word: Bytes, from position: Int) -> Int {
    var hash = KeyHash(domain: position == 0 ? KeyHash.startPiece : KeyHash.continuationPiece)
    var longest = 0
    for length in 1..<min(word.count - position, Tokenizer.longestPiece) + 1 {
      hash.add(word[position + length - 1])
      if word.isScalarBoundary(position + length) {
        prefixHashes[length] = hash.value
        longest = length
      }
    }
    return longest
  }

  @usableFromInline
  func shorterPrefix(of word: Bytes, from position: Int, than length: Int) -> Int {
    var shorter = length - 1
    while shorter > 0, !word.isScalarBoundary(position + shorter) { shorter -= 1 }
    return shorter
  }

  @usableFromInline
  func nextScalar(of word: Bytes, after position: Int) -> Int {
    var next = position + 1
    while !word.isScalarBoundary(next) { next += 1 }
    return next
  }

  /// Adds a piece and says whether there is room for more.
  @usableFromInline
  mutating func append(_ piece: UInt32) -> Bool {
    pieces[count] = piece
    count += 1
    return count < Tokenizer.mostPieces
  }
}
