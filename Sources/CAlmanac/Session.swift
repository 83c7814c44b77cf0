// C names, as the header declares them.
// swift-format-ignore-file: AlwaysUseLowerCamelCase

import BundleFormat
import BundleReader
import CAlmanacHeader
import CKernels

/// What an `almanac_session_t` points to.
struct SessionMemory: ~Copyable {
  private let shared: SharedBundle
  private let slot: QuerySlot
  // What `session` asks, and its address. It is kept, though another may be current by now, so that no other generation can
  // come to lie there and be taken for it.
  private var generation: Generation
  private var address: UInt
  /// Answers the queries.
  private var session: QuerySession
  // The steps of scores that the bundle expects; `nil` if it says nothing of them.
  private var scores: ScoreHistogram?
  /// The texts of the last result, the answer excepted, which the session keeps.
  private var texts = ResultTexts()

  /// A session on the current bundle.
  init(_ shared: SharedBundle) {
    self.shared = shared
    slot = shared.takeSlot()
    address = shared.enter(slot)
    generation = SessionMemory.generation(at: address)
    session = QuerySession(generation.bundle)
    scores = generation.bundle.expectation.scores
    shared.leave(slot, address)
  }

  deinit { slot.giveBack() }
}

@c
@implementation
public func almanac_session_new(
  _ bundle: OpaquePointer?, _ session: UnsafeMutablePointer<OpaquePointer?>?
) -> almanac_status {
  unsafe session?.pointee = nil
  guard let bundle = unsafe SharedBundle.of(bundle), let session = unsafe session else {
    return ALMANAC_INVALID_ARGUMENT
  }
  let memory = UnsafeMutablePointer<SessionMemory>.allocate(capacity: 1)
  unsafe memory.initialize(to: SessionMemory(bundle))
  unsafe session.pointee = OpaquePointer(memory)
  return ALMANAC_OK
}

@c
@implementation
public func almanac_session_free(_ session: OpaquePointer?) {
  guard let session = unsafe session else { return }
  let memory = unsafe UnsafeMutablePointer<SessionMemory>(session)
  unsafe memory.deinitialize(count: 1)
  unsafe memory.deallocate()
}

@c
@implementation
public func almanac_query(
  _ session: OpaquePointer?, _ request: UnsafePointer<almanac_request>?, _ result: UnsafeMutablePointer<almanac_result>?
) -> almanac_status {
  guard let result = unsafe result, unsafe almanac_result.clear(result) else { return ALMANAC_INVALID_ARGUMENT }
  guard let session = unsafe session, let request = unsafe request.flatMap({ unsafe almanac_request.read($0) }),
    unsafe isReadable(request.text, request.text_length) && isReadable(request.vector, request.vector_length)
      && isReadable(request.vector_model, request.vector_model_length)
      && isReadable(request.scope, request.scope_length)
      && isReadable(request.variables, request.variables_length)
      && isReadable(request.prompt, request.prompt_length)
      && (request.prompt == nil || request.text == nil && request.vector == nil)
  else { return ALMANAC_INVALID_ARGUMENT }
  if let variables = unsafe Bytes(request.variables, request.variables_length) {
    guard variables.isUTF8 else { return ALMANAC_INVALID_UTF8 }
    guard variables.areVariables else { return ALMANAC_INVALID_ARGUMENT }
  }
  let memory = unsafe UnsafeMutablePointer<SessionMemory>(session)
  do throws(QueryError) {
    let answered = unsafe try memory.pointee.answerOnCurrent(request)
    unsafe answered.write(to: result)
    return ALMANAC_OK
  } catch {
    switch error {
    case .invalidUTF8: return ALMANAC_INVALID_UTF8
    case .wrongVectorLength: return ALMANAC_WRONG_VECTOR_LENGTH
    case .nothingAsked: return ALMANAC_NOTHING_ASKED
    }
  }
}

extension SessionMemory {
  // The generation that a slot holds; its address is never zero.
  private static func generation(at address: UInt) -> Generation {
    unsafe Generation.at(address).unsafelyUnwrapped.takeUnretainedValue()
  }

  /// Answers a request from the bundle that is current now, and counts it. The size of the result is not set.
  mutating func answerOnCurrent(_ request: almanac_request) throws(QueryError) -> almanac_result {
    let start = almanac_monotonic_nanoseconds()
    let now = shared.enter(slot)
    defer { shared.leave(slot, now) }
    if now != address {
      generation = Self.generation(at: now)
      address = now
      session = QuerySession(generation.bundle)
      scores = generation.bundle.expectation.scores
    }
    do throws(QueryError) {
      var result = try answer(request)
      result.bundle_version = session.bundle.footer.bundleVersion
      result.nanoseconds = almanac_monotonic_nanoseconds() &- start
      let kind: MatchKind? =
        result.outcome != ALMANAC_HIT ? nil : result.match == ALMANAC_MATCH_EXACT ? .exact : .semantic
      slot.counters.count(
        kind, FallbackReason(rawValue: UInt16(result.reason.rawValue)), nanoseconds: result.nanoseconds)
      return result
    } catch {
      slot.counters.countError()
      throw error
    }
  }

  /// Answers a request. The size of the result is not set.
  private mutating func answer(_ request: almanac_request) throws(QueryError) -> almanac_result {
    texts.clear()
    var query = unsafe Query(
      text: Bytes(request.text, request.text_length), vector: Bytes(request.vector, request.vector_length),
      now: request.now == 0 ? almanac_unix_seconds() : request.now, scope: Bytes(request.scope, request.scope_length),
      variables: Bytes(request.variables, request.variables_length),
      maximumWrong: request.maximum_wrong == 0 ? nil : request.maximum_wrong, turn: max(request.turn, 1))
    query.prompt = unsafe Bytes(request.prompt, request.prompt_length)
    if query.vector != nil, !isOwnModel(unsafe Bytes(request.vector_model, request.vector_model_length)) {
      return fallback(.encoderMismatch)
    }
    let outcome = try session.answer(query)
    do throws(BundleError) {
      return try result(of: outcome, query)
    } catch {
      // Whatever was found before the damage is worth nothing.
      texts.clear()
      return fallback(.damaged)
    }
  }

  private func isOwnModel(_ name: Bytes?) -> Bool {
    guard let name else { return false }
    return session.bundle.encoder.model.withUnsafeBytes { unsafe Bytes($0).equals(name) }
  }

  private mutating func fallback(_ reason: FallbackReason) -> almanac_result {
    var result = almanac_result()
    result.outcome = ALMANAC_NEEDS_FALLBACK
    result.reason = almanac_reason(UInt32(reason.rawValue))
    let route = texts.add(session.bundle.routeName(session.bundle.decision.defaultRoute))
    result.setTexts(texts, entry: .none, question: .none, source: .none, route: route, usage: .none)
    return result
  }

  private mutating func result(of outcome: Outcome, _ query: Query) throws(BundleError) -> almanac_result {
    var result = almanac_result()
    result.outcome = outcome.reason == nil ? ALMANAC_HIT : ALMANAC_NEEDS_FALLBACK
    result.reason = almanac_reason(UInt32(outcome.reason?.rawValue ?? 0))
    switch outcome.kind {
    case .exact: result.match = ALMANAC_MATCH_EXACT
    case .semantic: result.match = ALMANAC_MATCH_SEMANTIC
    case nil: result.match = ALMANAC_MATCH_NONE
    }
    result.confidence = outcome.confidence
    if session.mode == AcceptancePoint.textMode, let score = outcome.score, let scores {
      result.score_step = UInt32(scores.step(score) + 1)
    }

    // Texts are copied, since the bundle's own lie in a mapped file. Their addresses are known once all are there.
    let bundle = session.bundle
    var entry = TextRange.none
    var source = TextRange.none
    var usage = TextRange.none
    if let ordinal = outcome.entry {
      let text = try bundle.entryText(try bundle.entry(ordinal))
      entry = texts.add(text.id)
      source = texts.add(text.source)
      if outcome.reason == nil { usage = texts.add(text.usage) }
    }
    var question = TextRange.none
    if let ordinal = outcome.question { question = texts.add(try bundle.questionText(ordinal)) }
    let route = outcome.reason == nil ? TextRange.none : texts.add(bundle.routeName(outcome.route))
    var suggested: [(entry: TextRange, question: TextRange, confidence: UInt32)] = []
    if outcome.reason != nil {
      for candidate in session.suggestions {
        let text = try bundle.matchedText(candidate.question)
        guard let id = text.entry else { continue }
        suggested.append(
          (texts.add(id), texts.add(text.question), session.confidence(of: candidate, after: outcome, to: query)))
      }
    }

    result.setTexts(texts, entry: entry, question: question, source: source, route: route, usage: usage)
    if outcome.reason == nil { result.answer = almanac_text(session.answer) }
    if outcome.reason == .missingVariable { result.variable = almanac_text(session.missingVariable) }
    result.suggestion_count = UInt64(suggested.count)
    for (index, each) in suggested.enumerated() {
      let suggestion = almanac_suggestion(
        entry: texts.text(each.entry), question: texts.text(each.question), confidence: each.confidence, reserved: 0)
      switch index {
      case 0: result.suggestions.0 = suggestion
      case 1: result.suggestions.1 = suggestion
      default: result.suggestions.2 = suggestion
      }
    }
    return result
  }
}

extension almanac_result {
  fileprivate mutating func setTexts(
    _ texts: borrowing ResultTexts, entry: TextRange, question: TextRange, source: TextRange, route: TextRange,
    usage: TextRange
  ) {
    self.entry = texts.text(entry)
    self.question = texts.text(question)
    self.answer = texts.text(.none)
    self.source = texts.text(source)
    self.route = texts.text(route)
    self.usage = texts.text(usage)
    variable = texts.text(.none)
  }
}

extension Bytes {
  /// Whether the bytes are pairs of name and value, each ended by a zero byte, within the limits of the header.
  fileprivate var areVariables: Bool {
    guard count <= ReaderProtocol.maximumVariables else { return false }
    var offset = 0
    while offset < count {
      guard let pair = ScopeText.next(self, &offset), pair.value.count <= TemplateScanner.maximumValue else {
        return false
      }
    }
    return true
  }
}
