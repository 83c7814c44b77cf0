import BundleCompiler

/// The text in which a model is asked for further wordings of an entry's question, and for questions it must not be mistaken for.
///
/// Slots are `{{question}}`, `{{wordings}}` (all stored wordings, one a line), `{{answer}}`, `{{rewordings}}` and
/// `{{near_misses}}` (how many are wanted). What is put into them is never searched for slots again.
public struct WideningPrompt: Sendable {
  private enum Slot: String, CaseIterable {
    case question
    case wordings
    case answer
    case rewordings
    case nearMisses = "near_misses"
  }

  private enum Part: Sendable {
    case text(String)
    case slot(Slot)
  }

  private let parts: [Part]

  /// The longest answer that is put into a prompt whole, in bytes: the beginning says what it is about.
  static let longestAnswer = 4_000

  /// What is asked if a recipe says nothing else.
  public static let standard = WideningPrompt(
    """
    People ask one question in many ways. Below is a question with the only answer that may be given to it.

    Question: {{question}}
    Known wordings:
    {{wordings}}
    Answer:
    {{answer}}

    Write {{rewordings}} rewordings of the question, in its language, as different people would type them: long and short, \
    formal and careless, a few words only, other words for the same thing. The answer above must answer each of them in full. \
    Change no number, name, place or condition, and repeat no known wording.
    Write {{near_misses}} near misses: questions that share most of their words with the question, but that the answer above does \
    not answer, such as its opposite, or the same about another number, product, place, person or step.

    Reply with one JSON object and nothing else:
    {"rewordings": ["…"], "near_misses": ["…"]}
    """)!

  /// Reads a template; `nil` if `{{question}}` does not stand in it, or a slot of another name does.
  public init?(_ text: String) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstRange(of: "{{") {
      guard let close = rest[open.upperBound...].firstRange(of: "}}"),
        let slot = Slot(rawValue: String(rest[open.upperBound..<close.lowerBound]))
      else { return nil }
      parts.append(.text(String(rest[..<open.lowerBound])))
      parts.append(.slot(slot))
      rest = rest[close.upperBound...]
    }
    parts.append(.text(String(rest)))
    self.parts = parts
    let asks = parts.contains { if case .slot(.question) = $0 { true } else { false } }
    guard asks else { return nil }
  }

  /// The prompt for `entry`.
  func prompt(_ entry: WidenedEntry, rewordings: Int, nearMisses: Int) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .slot(.question): entry.questions[0]
      case .slot(.wordings): entry.questions.map { "- \($0)" }.joined(separator: "\n")
      case .slot(.answer): Self.beginning(entry.answer)
      case .slot(.rewordings): "\(rewordings)"
      case .slot(.nearMisses): "\(nearMisses)"
      }
    }.joined()
  }

  private static func beginning(_ answer: String) -> String {
    guard answer.utf8.count > longestAnswer else { return answer }
    var text = ""
    var size = 0
    for character in answer {
      size += character.utf8.count
      if size > longestAnswer { break }
      text.append(character)
    }
    return text + "…"
  }
}
