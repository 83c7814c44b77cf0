import BundleFormat

/// A pattern of words: `^ could|can you please? <tell> me $`.
///
/// Tokens stand between spaces. A word stands for itself, `a|b` for either, `<name>` for any word of a set, `_` for any one
/// word, `*` for up to three of any; `?` after a word or alternatives makes it optional. `^` at the beginning and `$` at the
/// end bind the match to where a part of a sentence begins or ends.
struct RulePattern: Hashable, Sendable {
  /// One place of a pattern.
  struct Element: Hashable, Sendable {
    /// The words that fit, in order; empty if any word does.
    var words: [String]
    /// Whether the place may stay empty.
    var isOptional: Bool
  }

  /// What a match says.
  let kind: RuleKind
  /// The anchors as `RuleTable.accepted` counts them: 1 for the beginning, 2 for the end.
  let anchors: UInt8
  /// The places, the first of which names words.
  let elements: [Element]

  /// The most words that `*` stands for.
  private static let longestGap = 3

  /// Reads a pattern.
  ///
  /// - Parameter sets: The words of each named set, or `nil` for an unknown name.
  /// - Throws: `InputError` at the line's place.
  init(_ line: RecipeRules.Line, sets: (String) -> [String]?) throws(InputError) {
    var tokens = line.pattern.split(separator: " ").map(String.init)
    var anchors: UInt8 = 0
    if tokens.first == "^" {
      anchors |= 1
      tokens.removeFirst()
    }
    if tokens.last == "$" {
      anchors |= 2
      tokens.removeLast()
    }
    func refuse(_ problem: String, _ remedy: String) -> InputError {
      line.place.error("the pattern '\(line.pattern)' \(problem)", do: remedy)
    }
    var elements: [Element] = []
    for token in tokens {
      switch token {
      case "_", "_?": elements.append(Element(words: [], isOptional: token == "_?"))
      case "*":
        elements += Array(repeating: Element(words: [], isOptional: true), count: Self.longestGap)
      default:
        let isOptional = token.hasSuffix("?")
        var words: [String] = []
        for part in (isOptional ? String(token.dropLast()) : token).split(
          separator: "|", omittingEmptySubsequences: false)
        {
          if part.hasPrefix("<"), part.hasSuffix(">") {
            guard let set = sets(String(part.dropFirst().dropLast())) else {
              throw refuse("names the set \(part), which is unknown", "name a set of the tables, or write the words")
            }
            words += set
          } else {
            words.append(String(part))
          }
        }
        for word in words where !Self.isWord(word) {
          throw refuse("has '\(word)', which is no word in its normal form", "write single words in small letters")
        }
        elements.append(
          Element(words: Set(words).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, isOptional: isOptional))
      }
    }
    guard elements.contains(where: { !$0.isOptional }) else {
      throw refuse("matches nothing in particular", "write at least one word that must be there")
    }
    // Words that no pattern names would otherwise have to be looked at one by one.
    for element in elements {
      guard !element.words.isEmpty else { throw refuse("begins with any word", "begin with words") }
      if !element.isOptional { break }
    }
    guard elements.count <= RuleTable.longestMatch else {
      throw refuse("is longer than \(RuleTable.longestMatch) words", "shorten it")
    }
    kind = line.kind
    self.anchors = anchors
    self.elements = elements
  }

  /// The pattern that keeps the words of a normal form from being cut; `nil` if they are too many.
  init?(keeping words: [UInt8]) {
    var elements: [Element] = []
    var scanner = WordScanner()
    words.withBytes { bytes in
      scanner.begin(bytes)
      while let word = scanner.next() {
        elements.append(Element(words: [String(decoding: word.bytes.copied, as: UTF8.self)], isOptional: false))
      }
    }
    guard !elements.isEmpty, elements.count <= RuleTable.longestMatch else { return nil }
    kind = .kept
    anchors = 0
    self.elements = elements
  }

  // Whether the scanner finds exactly this word in it, and normalisation leaves it as it is.
  private static func isWord(_ word: String) -> Bool {
    let utf8 = Array(word.utf8)
    guard !utf8.isEmpty, utf8.count <= WordScanner.longestWord else { return false }
    var normalizer = TextNormalizer(maximumInput: WordScanner.longestWord)
    var scanner = WordScanner()
    return utf8.withBytes { bytes in
      guard (try? normalizer.normalize(bytes)) != nil, normalizer.output.equals(bytes) else { return false }
      scanner.begin(bytes)
      guard let first = scanner.next() else { return false }
      return first.bytes.equals(bytes) && scanner.next() == nil
    }
  }
}
