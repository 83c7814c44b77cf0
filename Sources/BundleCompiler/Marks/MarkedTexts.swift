import BundleFormat

/// Finds the marks of questions with the lexicon that a bundle gets.
public struct MarkedTexts: Sendable {
  /// The bytes of `decision/marks-lexicon`.
  public let lexicon: [UInt8]

  /// Takes the lexicon that comes with the compiler.
  ///
  /// - Throws: `InputError` if the build holds a lexicon with a mistake.
  public init() throws { lexicon = try MarkLexiconSource.standard() }

  /// Takes a lexicon in its readable form from `file`.
  ///
  /// - Throws: `InputError` naming the line with a mistake.
  public init(source: String, file: String) throws {
    lexicon = try MarkLexiconSource.compile(source, file: file)
  }

  /// The encoded marks of each normal form, in the same order. O(bytes).
  public func marks(_ normalForms: [[UInt8]]) -> [[UInt8]] {
    var scanner = MarkScanner()
    return lexicon.withBytes { bytes in
      guard let lexicon = MarkLexicon(bytes) else { return normalForms.map { _ in [] } }
      return normalForms.map { form in form.withBytes { scanner.scan($0, with: lexicon).copied } }
    }
  }
}
