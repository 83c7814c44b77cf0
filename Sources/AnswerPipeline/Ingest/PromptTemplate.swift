/// A text around a question, such as `Answer briefly: {{question}}`: written when requests are made, taken off again when
/// results are joined to them.
public struct PromptTemplate: Sendable {
  private let before: String
  private let after: String

  /// Nothing around the question.
  public static let plain = PromptTemplate("{{question}}")!

  /// Reads a template; `nil` unless `{{question}}` stands in it exactly once.
  public init?(_ text: String) {
    let parts = text.components(around: "{{question}}")
    guard parts.count == 2 else { return nil }
    (before, after) = (parts[0], parts[1])
  }

  /// The prompt for `question`.
  public func prompt(_ question: String) -> String { before + question + after }

  /// The question in `prompt`; `nil` if that was not made with this template.
  public func question(in prompt: String) -> String? {
    guard prompt.utf8.count >= before.utf8.count + after.utf8.count, prompt.hasPrefix(before), prompt.hasSuffix(after)
    else { return nil }
    return String(prompt.dropFirst(before.count).dropLast(after.count))
  }
}

extension String {
  /// The parts of the text between occurrences of `separator`.
  func components(around separator: String) -> [String] {
    var parts: [String] = []
    var rest = self[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }
}
