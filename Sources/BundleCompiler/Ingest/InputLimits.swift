/// The largest inputs a compile accepts. Lengths are in bytes of UTF-8.
///
/// Each limit guards something concrete: the widths of fields in the bundle, the reader's fixed buffers, or the memory of
/// the compile itself. Tests lower them to reach the errors without gigabytes of input.
package struct InputLimits: Sendable {
  /// The longest line of a JSONL file: the most that one line can make the compiler hold at once.
  package var line = 16 << 20
  /// The longest stored question; a reader accepts queries of twice that.
  package var question = 2_048
  /// The longest answer.
  package var answer = 1 << 20
  /// The longest entry id.
  package var id = 512
  /// The longest `source` of an entry.
  package var source = 4_096
  /// The longest name of a route.
  package var route = 64
  /// The longest key or value of a scope.
  package var scopeText = 256
  /// The most keys of one scope. With `scopeText`, keeps a scope within the bundle's 16-bit length.
  package var scopeKeys = 32
  /// The longest `usage` of an entry, as compact JSON.
  package var usage = 4_096
  /// The most stored questions, distractors included: ordinals have 31 bits.
  package var questions = (1 << 31) - 1
  /// The fewest and the most components of an embedding.
  package var width = 8...4_096
  /// The most examples of routes: a fallback is compared with each of them.
  package var routeExamples = 4_096
  /// The longest recipe.
  package var recipe = 1 << 20

  /// The limits that users meet.
  package static let standard = InputLimits()

  /// `bytes` as people say it: `2,048 bytes`, `1 MiB`.
  package static func text(_ bytes: Int) -> String {
    if bytes >= 1 << 20, bytes % (1 << 20) == 0 { return "\(bytes >> 20) MiB" }
    return "\(grouped(bytes)) bytes"
  }

  /// A number with commas between groups of three digits.
  package static func grouped(_ number: Int) -> String {
    var digits = Array(String(number))
    var index = digits.count - 3
    while index > (number < 0 ? 1 : 0) {
      digits.insert(",", at: index)
      index -= 3
    }
    return String(digits)
  }
}
