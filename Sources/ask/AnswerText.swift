import BundleFormat
import BundleReader

/// What a person reads after a question.
struct AnswerText {
  /// The answer, or why there is none.
  private(set) var body = ""
  /// Where the answer comes from and how sure it is, or what to do instead; for the quiet line below.
  private(set) var remarks = ""
  /// The stored questions offered instead of an answer, best first.
  private(set) var suggestions: [String] = []
  /// Whether there is an answer.
  private(set) var isAnswer = false

  /// Puts an outcome of `session` in words. Damage met in its texts makes it the fallback `damaged`.
  init(_ outcome: Outcome, _ query: Query, nanoseconds: UInt64, _ session: inout QuerySession) {
    let time = "\(ReplyFigures.microseconds(nanoseconds)) µs"
    do throws(BundleError) {
      guard outcome.reason == nil, let question = outcome.question else {
        try fallBack(outcome, query, time, &session)
        return
      }
      let text = try session.bundle.matchedText(question)
      var parts = ["matched \"\(text.question.string)\"", text.entry?.string ?? ""]
      if text.source.count > 0 { parts.append(text.source.string) }
      parts.append("confidence \(ReplyFigures.share(outcome.confidence))")
      parts.append(outcome.kind == .exact ? "exact" : "semantic")
      parts.append(time)
      body = session.answer.string
      remarks = parts.joined(separator: " · ")
      isAnswer = true
    } catch {
      body = FallbackReason.damaged.sentence(ofBundle: false)
      remarks = time
      suggestions = []
    }
  }

  private mutating func fallBack(
    _ outcome: Outcome, _ query: Query, _ time: String, _ session: inout QuerySession
  ) throws(BundleError) {
    let reason = outcome.reason ?? .damaged
    body = reason.sentence(ofBundle: outcome.entry == nil)
    var parts: [String] = []
    if let entry = outcome.entry {
      parts.append(try session.bundle.entryText(try session.bundle.entry(entry)).id.string)
    }
    if reason == .missingVariable, session.missingVariable.count > 0 {
      parts.append("give --variable \(session.missingVariable.string)=VALUE")
    }
    if let route = session.bundle.routeName(outcome.route) {
      parts.append("ask the \(String(decoding: route, as: UTF8.self)) model instead")
    }
    parts.append(time)
    remarks = parts.joined(separator: " · ")
    var lines: [String] = []
    for candidate in session.suggestions {
      let question = try session.bundle.questionText(candidate.question).string
      let confidence = session.confidence(of: candidate, after: outcome, to: query)
      suggestions.append(question)
      // Three digits are enough to choose by.
      lines.append("  \(suggestions.count). \(question)  (\(ReplyFigures.share(confidence / 1000 * 1000)))")
    }
    if !lines.isEmpty { body += "\nDid you mean:\n" + lines.joined(separator: "\n") }
  }
}

extension Bytes {
  /// The bytes as text; what is not UTF-8 becomes U+FFFD.
  var string: String { String(decoding: copied, as: UTF8.self) }
}
