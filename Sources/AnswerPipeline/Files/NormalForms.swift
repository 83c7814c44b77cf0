import BundleCompiler
import BundleFormat

/// Makes normal forms of texts: what a reader compares when it looks for an exact match.
struct NormalForms: ~Copyable {
  private var normalizer: TextNormalizer

  /// For texts of at most `maximumInput` bytes.
  init(maximumInput: Int = InputLimits.standard.question) {
    normalizer = TextNormalizer(maximumInput: maximumInput)
  }

  /// The normal form of `text`; `nil` if it is too long, empty if nothing is left of it.
  mutating func of(_ text: String) -> String? {
    let length = try? Array(text.utf8).withBytes { try normalizer.normalize($0) }
    return length.map { _ in String(decoding: normalizer.output.copied, as: UTF8.self) }
  }
}
