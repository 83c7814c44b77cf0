/// Answers that begin as models decline, though the service reports a complete answer.
///
/// A list of English openings. It finds the usual ones and no others, so such answers are held back for a person and not
/// dropped: some real answers begin with an apology too.
enum RefusalText {
  private static let openings = [
    "i'm sorry, but i can", "i'm sorry, but i don", "i am sorry, but i can", "i am sorry, but i don",
    "sorry, but i can",
    "sorry, i can", "i'm sorry, i can", "i cannot", "i can't", "i can’t", "i am unable", "i'm unable", "i'm not able",
    "i am not able", "as an ai", "i'm an ai", "i am an ai", "as a language model", "i don't have access",
    "i do not have access", "i don't have real-time", "i do not have real-time", "i won't", "i will not",
    "unfortunately, i can", "i apologize, but i", "i must decline", "i'm not comfortable",
  ]

  /// Whether `answer` begins like a refusal.
  static func begins(_ answer: String) -> Bool {
    let start = String(answer.trimmed.prefix(80)).lowercased().components(around: "’").joined(separator: "'")
    return openings.contains { start.hasPrefix($0) }
  }
}
