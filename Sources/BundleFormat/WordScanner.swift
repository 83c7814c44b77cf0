import CKernels

/// A word of a text: what the tokeniser splits into pieces.
public struct Word: Sendable {
  /// What a word is made of.
  public enum Kind: UInt8, Sendable {
    /// Letters, marks and numbers, with apostrophes between them.
    case letters
    /// One Han, Hiragana or Katakana scalar.
    case ideograph
    /// One symbol.
    case symbol
  }

  /// What the word is made of.
  public let kind: Kind

  /// The offset of the word's first byte in the text.
  public let start: Int

  /// The number of bytes the word takes in the text.
  public let length: Int

  /// What tokens are made from: the word with U+2019 written as U+0027, of that the first `longestWord` bytes, cut at a
  /// scalar boundary. Valid until the scanner is asked again and while the scanner and the text live.
  public let bytes: Bytes
}

/// Finds the words of a normal form, from the beginning to the end.
///
/// - Letters: the longest run of scalars of the general categories L, M and N is a word. An apostrophe, U+0027 or
///   U+2019, belongs to it when it stands between two such scalars.
/// - Ideographs: each scalar of the scripts Han, Hiragana and Katakana is a word of its own, whatever its category.
/// - Symbols: each scalar of the general categories Sm, Sc, So and Sk except U+0060, and each of `# % & @ * / \`, is a
///   word of its own.
/// - Everything else separates words: other punctuation, `_` and `-` among it, spaces, controls, unassigned code
///   points, bytes that are not UTF-8.
///
/// The classes come from the same pinned version of Unicode as the normal form.
public struct WordScanner: ~Copyable {
  /// The most bytes of a word that are looked at.
  public static var longestWord: Int { 64 }

  private var text: Bytes
  private var position = 0
  private var rewritten: FixedBuffer<UInt8>

  /// Makes a scanner that is at the end of an empty text.
  public init() {
    rewritten = FixedBuffer(capacity: WordScanner.longestWord)
    text = rewritten.bytes(0)
  }

  /// Goes to the beginning of `text`, whose owner keeps it alive and unchanged while it is scanned.
  public mutating func begin(_ text: Bytes) {
    self.text = text
    position = 0
  }

  /// The next word, or `nil` at the end of the text. O(bytes passed over).
  public mutating func next() -> Word? {
    while position < text.count {
      let scalar = text.scalar(at: position)
      switch scalar.wordClass {
      case UNICODE_CLASS_WORD: return takeLetters()
      case UNICODE_CLASS_IDEOGRAPH: return takeScalar(.ideograph, scalar.length)
      case UNICODE_CLASS_SYMBOL: return takeScalar(.symbol, scalar.length)
      default: position += max(scalar.length, 1)
      }
    }
    return nil
  }

  private mutating func takeScalar(_ kind: Word.Kind, _ length: Int) -> Word {
    let start = position
    position += length
    return Word(kind: kind, start: start, length: length, bytes: window(start, length))
  }

  private mutating func takeLetters() -> Word {
    let start = position
    var end = start
    var isRewritten = false
    while true {
      // Most of most questions: not worth a walk through the tables.
      while text[end] &- 0x61 < 26 { end += 1 }
      let scalar = text.scalar(at: end)
      let wordClass = scalar.wordClass
      if wordClass == UNICODE_CLASS_APOSTROPHE {
        guard text.scalar(at: end + scalar.length).wordClass == UNICODE_CLASS_WORD else { break }
        if scalar.value == 0x2019 { isRewritten = true }
      } else if wordClass != UNICODE_CLASS_WORD {
        break
      }
      end += scalar.length
    }
    position = end
    let bytes = isRewritten ? rewrite(start, end) : cut(start, end)
    return Word(kind: .letters, start: start, length: end - start, bytes: bytes)
  }

  private func cut(_ start: Int, _ end: Int) -> Bytes {
    var length = end - start
    if length > WordScanner.longestWord {
      length = WordScanner.longestWord
      while length > 0, !text.isScalarBoundary(start + length) { length -= 1 }
    }
    return window(start, length)
  }

  private func window(_ start: Int, _ length: Int) -> Bytes { text.slice(start, length) ?? rewritten.bytes(0) }

  /// Copies a word with its apostrophes written as U+0027.
  private mutating func rewrite(_ start: Int, _ end: Int) -> Bytes {
    var offset = start
    var length = 0
    while offset < end {
      let scalar = text.scalar(at: offset)
      let isApostrophe = scalar.value == 0x2019
      let added = isApostrophe ? 1 : scalar.length
      guard added > 0, length + added <= WordScanner.longestWord else { break }
      for index in 0..<added { rewritten[length + index] = isApostrophe ? 0x27 : text[offset + index] }
      offset += scalar.length
      length += added
    }
    return rewritten.bytes(length)
  }
}

extension DecodedScalar {
  /// One of `UNICODE_CLASS_*`; what is no scalar separates words.
  @inline(__always)
  fileprivate var wordClass: UInt32 { unicode_word_class(value) }
}
