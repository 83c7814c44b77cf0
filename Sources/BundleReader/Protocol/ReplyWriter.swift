import BundleFormat

/// What a reply says.
public enum ReplyStatus: UInt8, Sendable {
  case hit
  case needsFallback
  case error
}

/// Writes replies of the reader protocol, each a line of JSON, into memory that serves again for the next.
public struct ReplyWriter: ~Copyable {
  var buffer = ReplyBuffer()
  /// What the last reply says of its query; damage met while it was written is what it then says.
  private(set) var outcome: Outcome?

  public init() {}

  /// The last reply with its newline. Valid until the next is written.
  public var line: Bytes { buffer.bytes }

  /// Writes the reply to a query that `session` has just answered.
  ///
  /// If a damaged chunk is met while the reply's texts are read, the reply is the fallback `damaged`.
  ///
  /// - Parameters:
  ///   - id: The request's id as JSON.
  ///   - nanoseconds: How long answering took.
  ///   - isExplained: Whether the reply ends with an explanation.
  /// - Returns: `hit` or `needsFallback`.
  public mutating func write(
    _ outcome: Outcome, of query: Query, id: Bytes, nanoseconds: UInt64, isExplained: Bool,
    by session: inout QuerySession
  ) -> ReplyStatus {
    var outcome = outcome
    do throws(BundleError) {
      if outcome.reason == nil {
        try hit(outcome, id: id, session)
      } else {
        try fallback(outcome, of: query, id: id, &session)
      }
    } catch {
      outcome = .fallback(.damaged, route: session.bundle.decision.defaultRoute)
      begin(id: id, status: "needs-fallback")
      reasonAndRoute(outcome, entry: nil, variable: nil, session.bundle)
      buffer.key("suggestions")
      buffer.write("[]")
    }
    buffer.key("micros")
    buffer.microseconds(nanoseconds)
    if isExplained { explain(outcome, of: query, session) }
    end()
    self.outcome = outcome
    return outcome.reason == nil ? .hit : .needsFallback
  }

  /// Writes the reply to a request that was not understood.
  public mutating func write(_ error: RequestError, id: Bytes) -> ReplyStatus {
    begin(id: id, status: "error")
    buffer.key("error")
    buffer.write(UInt8(ascii: "\""))
    buffer.write(error)
    buffer.write(UInt8(ascii: "\""))
    end()
    outcome = nil
    return .error
  }

  // MARK: Parts of a reply

  private mutating func begin(id: Bytes, status: StaticString) {
    buffer.rewind(to: 0)
    buffer.write("{")
    buffer.key("id")
    buffer.write(id)
    buffer.key("status")
    buffer.string(Bytes(status))
  }

  private mutating func end() { buffer.write("}\n") }

  private mutating func hit(_ outcome: Outcome, id: Bytes, _ session: borrowing QuerySession) throws(BundleError) {
    guard let question = outcome.question, let kind = outcome.kind else { throw .malformedSection(.questionRecords) }
    let text = try session.bundle.matchedText(question)
    guard let entry = text.entry else { throw .malformedSection(.questionRecords) }
    begin(id: id, status: "hit")
    buffer.key("entry")
    buffer.string(entry)
    buffer.key("question")
    buffer.string(text.question)
    buffer.key("answer")
    buffer.string(session.answer)
    if text.source.count > 0 {
      buffer.key("source")
      buffer.string(text.source)
    }
    buffer.key("confidence")
    buffer.share(outcome.confidence)
    buffer.key("via")
    buffer.write(kind == .exact ? "\"exact\"" : "\"semantic\"")
  }

  private mutating func fallback(
    _ outcome: Outcome, of query: Query, id: Bytes, _ session: inout QuerySession
  ) throws(BundleError) {
    var entry: Bytes?
    if let ordinal = outcome.entry { entry = try session.bundle.entryText(try session.bundle.entry(ordinal)).id }
    begin(id: id, status: "needs-fallback")
    let variable = outcome.reason == .missingVariable ? session.missingVariable : nil
    reasonAndRoute(outcome, entry: entry, variable: variable, session.bundle)
    buffer.key("suggestions")
    buffer.write("[")
    for candidate in session.suggestions {
      let text = try session.bundle.matchedText(candidate.question)
      guard let id = text.entry else { continue }
      buffer.element()
      buffer.write("{")
      buffer.key("entry")
      buffer.string(id)
      buffer.key("question")
      buffer.string(text.question)
      buffer.key("confidence")
      buffer.share(session.confidence(of: candidate, after: outcome, to: query))
      buffer.write("}")
    }
    buffer.write("]")
  }

  private mutating func reasonAndRoute(_ outcome: Outcome, entry: Bytes?, variable: Bytes?, _ bundle: Bundle) {
    buffer.key("reason")
    buffer.string(Bytes((outcome.reason ?? .damaged).name))
    if let entry {
      buffer.key("entry")
      buffer.string(entry)
    }
    if let variable, variable.count > 0 {
      buffer.key("variable")
      buffer.string(variable)
    }
    if let route = bundle.routeName(outcome.route) {
      buffer.key("route")
      route.withBytes { buffer.string($0) }
    }
  }
}

extension QuerySession {
  /// The confidence that a suggestion after a fallback would have had as an answer, in millionths.
  public func confidence(of candidate: Candidate, after outcome: Outcome, to query: Query) -> UInt32 {
    if mode != AcceptancePoint.vectorMode, bundle.decision.isJudged {
      return judgedScore(of: candidate.owner).map { confidence(score: $0, mode: mode) } ?? 0
    }
    // Only the best candidate is ahead of its rival; to all others it is the rival.
    let isBest = candidate.similarity == outcome.similarity
    let margin = isBest ? outcome.margin : candidate.similarity - outcome.similarity
    let score = bundle.decision.score(similarity: candidate.similarity, margin: margin)
    return confidence(score: score, mode: mode)
  }
}

extension ReplyBuffer {
  /// Writes an error as `what, where; what to do`. No byte of it needs an escape.
  mutating func write(_ error: RequestError) {
    if let field = error.field {
      write(field.name)
      write(" ")
    }
    write(error.statement)
    if case .wrongVectorLength(let expected, let found) = error.problem {
      write(": ")
      integer(UInt64(max(found, 0)))
      write(" instead of ")
      integer(UInt64(max(expected, 0)))
    }
    if let offset = error.offset {
      write(", at byte ")
      integer(UInt64(max(offset, 0)))
    }
    write("; ")
    write(error.advice)
  }
}
