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
    var marks: [[UInt8]] = []
    scan(normalForms) { marks.append($0) }
    return marks
  }

  /// Calls `body` with the encoded marks of each normal form, in the same order. O(bytes).
  func scan(_ normalForms: some Collection<[UInt8]>, _ body: ([UInt8]) -> Void) {
    var scanner = MarkScanner()
    return lexicon.withBytes { bytes in
      let lexicon = MarkLexicon(bytes)
      for form in normalForms {
        body(lexicon.map { lexicon in form.withBytes { scanner.scan($0, with: lexicon).copied } } ?? [])
      }
    }
  }
}
