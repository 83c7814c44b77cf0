import BundleFormat
import CKernels

/// Answers requests of the reader protocol on one bundle, one at a time: a line in, a line out.
///
/// Owns all the memory it needs, which grows only with the longest reply so far: at most 13 MB, for an answer of 1 MiB
/// that is all escapes. Serves one thread at a time.
public final class Responder {
  /// The session that answers.
  public var session: QuerySession
  /// What requests that do not say get.
  public let defaults: RequestDefaults
  private var request = ProtocolRequest()
  private var writer = ReplyWriter()

  /// Makes a responder for `bundle`.
  public init(_ bundle: Bundle, defaults: consuming RequestDefaults = RequestDefaults()) {
    session = QuerySession(bundle)
    self.defaults = defaults
  }

  /// What became of the last request; `nil` if it was not understood.
  public var outcome: Outcome? { writer.outcome }
  /// The text of the last request that was understood; `nil` if it had none. Valid until the next request.
  public private(set) var text: Bytes?
  /// How long the last request that was understood took, in nanoseconds.
  public private(set) var nanoseconds: UInt64 = 0

  /// Answers from another bundle from now on. What belongs to the last request goes.
  public func use(_ bundle: Bundle) {
    text = nil
    session = QuerySession(bundle)
  }

  /// The last reply: one line of JSON with its newline. Valid until the next request.
  public var reply: Bytes { writer.line }

  /// Answers the request in `line`, which holds no newline. The reply is to be had from `reply`.
  public func respond(to line: Bytes) -> ReplyStatus {
    do throws(RequestError) {
      try request.parse(line)
    } catch {
      return writer.write(error, id: request.id)
    }
    var query = Query(
      text: request.text, vector: request.vector, now: request.now ?? now, scope: request.scope ?? defaults.scopeText,
      variables: request.variables ?? defaults.variablesText,
      maximumWrong: request.maximumWrong ?? defaults.maximumWrong, turn: request.turn)
    query.prompt = request.prompt
    if let own = query.maximumWrong, let limit = defaults.maximumWrong { query.maximumWrong = min(own, limit) }
    return respond(
      to: query, id: request.id, isMismatched: query.vector != nil && !isFromModel(request.vectorModel),
      isExplained: request.isExplained || defaults.isExplained)
  }

  /// Answers a question without a line around it, with the defaults. Its id is `null`.
  public func respond(toText text: Bytes) -> ReplyStatus {
    respond(to: query(text), id: Bytes("null"), isMismatched: false, isExplained: defaults.isExplained)
  }

  /// Answers the prompt of this name, filled with the default variables. The reply's id is `null`.
  public func respond(toPrompt name: Bytes) -> ReplyStatus {
    respond(to: query(prompt: name), id: Bytes("null"), isMismatched: false, isExplained: defaults.isExplained)
  }

  /// Makes the reply to a line that was longer than a request may be.
  public func respondToLongLine() -> ReplyStatus {
    writer.write(RequestError(.lineTooLong), id: Bytes("null"))
  }

  /// The query that `text` becomes with the defaults.
  public func query(_ text: Bytes) -> Query {
    Query(
      text: text, now: now, scope: defaults.scopeText, variables: defaults.variablesText,
      maximumWrong: defaults.maximumWrong)
  }

  /// The query that the prompt of this name becomes with the defaults.
  public func query(prompt name: Bytes) -> Query {
    var query = query(name)
    query.text = nil
    query.prompt = name
    return query
  }

  private var now: Int64 { defaults.now ?? almanac_unix_seconds() }

  private func respond(
    to query: Query, id: Bytes, isMismatched: Bool, isExplained: Bool
  ) -> ReplyStatus {
    let start = almanac_monotonic_nanoseconds()
    do throws(QueryError) {
      let outcome = isMismatched ? try refuseModel(query) : try session.answer(query)
      nanoseconds = almanac_monotonic_nanoseconds() &- start
      text = query.prompt == nil ? query.text : session.promptText
      return writer.write(
        outcome, of: query, id: id, nanoseconds: nanoseconds, isExplained: isExplained, by: &session)
    } catch {
      return writer.write(RequestError(from: error), id: id)
    }
  }

  private func refuseModel(_ query: Query) throws(QueryError) -> Outcome {
    // An empty query leaves nothing in the session of the query before.
    var outcome = try session.answer(Query(text: Bytes(""), now: query.now))
    outcome.reason = .encoderMismatch
    return outcome
  }

  private func isFromModel(_ model: Bytes?) -> Bool {
    guard let model else { return false }
    return session.bundle.encoder.model.withBytes { $0.equals(model) }
  }
}

extension RequestError {
  /// The same error as a reply states it.
  public init(from error: QueryError) {
    switch error {
    case .invalidUTF8(let offset): self.init(.invalidUTF8, field: .query, offset: offset)
    case .wrongVectorLength(let expected, let found):
      self.init(.wrongVectorLength(expected: expected, found: found), field: .vector)
    case .nothingAsked: self.init(.nothingAsked)
    }
  }
}
