import BundleFormat
import CKernels

/// Why a request could not be understood. Not an outcome: the caller made a mistake.
public enum QueryError: Error, Equatable, Sendable {
  /// The text is not UTF-8; the first wrong byte is at this offset.
  case invalidUTF8(offset: Int)
  /// The vector does not have the bundle's number of components.
  case wrongVectorLength(expected: Int, found: Int)
  /// There is neither text nor vector.
  case nothingAsked
}

/// Answers queries on one bundle, one at a time. Owns all working memory, so answering allocates nothing unless an
/// answer is longer than any before.
///
/// Any number of sessions may share a bundle, one for each thread or process.
public struct QuerySession: ~Copyable {
  /// The longest query in bytes of UTF-8.
  public static let maximumQuery = 4096
  /// The most suggestions after a fallback.
  public static let maximumSuggestions = 3

  /// The bundle that answers.
  public let bundle: Bundle
  private var normalizer = TextNormalizer(maximumInput: maximumQuery)
  private var storedNormalizer = TextNormalizer(maximumInput: maximumQuery)
  private var normalLength = 0
  var corrector: WordCorrector
  var encoder: QueryEncoder
  var search: PooledSearch
  var judge: Judge
  var weighed = 0
  private var decoder: AnswerDecoder
  private var filler = TemplateFiller()
  private var promptFiller = TemplateFiller()
  private var isFilled = false
  var scanner = MarkScanner()
  var queryMarks: Bytes
  var searched = false
  var scopeExcluded = false
  private var routes: RouteExamples
  var rules = RuleMatcher(capacity: 3 * maximumQuery)

  /// The input mode of the last query, as in `AcceptancePoint.mode`: which operating point it was held against.
  public private(set) var mode = AcceptancePoint.textMode
  /// After a fallback the best candidates with different answers, for a person to choose from, best first: at most three,
  /// and none below the bundle's floor.
  public private(set) var suggestions: [Candidate] = []
  /// How long each stage of the last query took; stays zero unless `measuresStages`.
  public private(set) var stageTimes = StageTimes()
  /// Whether `stageTimes` is filled in. Reading the clock adds about 0.2 µs to a query.
  public var measuresStages = false

  /// Makes a session for `bundle`. Only measurements search with another effort than the chosen one.
  public init(_ bundle: Bundle, effort: SearchEffort = .chosen) {
    self.bundle = bundle
    corrector = WordCorrector(maximumInput: 3 * Self.maximumQuery, letters: bundle.letters)
    encoder = QueryEncoder(bundle.base?.bundle ?? bundle)
    search = PooledSearch(bundle, effort: effort)
    judge = unsafe Judge(kernels: bundle.kernels, stride: bundle.encoder.stride)
    decoder = AnswerDecoder(bundle)
    routes = RouteExamples(bundle)
    queryMarks = normalizer.output
  }

  /// The answer of the last query if it was a hit, else empty. Valid until the next query.
  public var answer: Bytes { isFilled ? filler.text : decoder.answer }

  /// The variable for want of which the last query was a fallback with the reason `missingVariable`; else empty. Valid until
  /// the next query.
  public var missingVariable: Bytes { promptFiller.missing.count > 0 ? promptFiller.missing : filler.missing }

  /// The text that the last query's prompt became; empty if it named none. Valid until the next query.
  public var promptText: Bytes { promptFiller.text }

  /// The normal form of the last query's text. Valid until the next query.
  public var normalForm: Bytes { normalizer.output.slice(0, normalLength) ?? normalizer.output }

  /// Answers a query, or says why not.
  ///
  /// - Throws: `QueryError` if the request itself is wrong. Damage in the bundle is an outcome, not an error.
  public mutating func answer(_ query: Query) throws(QueryError) -> Outcome {
    clearAnswer()
    normalLength = 0
    corrector.clear()
    searched = false
    weighed = 0
    suggestions = []
    scopeExcluded = false
    rules.clear()
    queryMarks = queryMarks.slice(0, 0) ?? queryMarks
    if measuresStages { stageTimes.begin() }
    if let vector = query.vector, vector.count != Int(bundle.encoder.dimensions) {
      throw .wrongVectorLength(expected: Int(bundle.encoder.dimensions), found: vector.count)
    }
    if query.text == nil, query.vector == nil, query.prompt == nil { throw .nothingAsked }
    if let prompt = query.prompt, let reason = fillPrompt(prompt, query.variables) { return fallback(reason) }
    if let text = query.prompt == nil ? query.text : promptFiller.text {
      do throws(NormalizationError) {
        normalLength = try normalizer.normalize(text)
      } catch {
        switch error {
        case .invalidUTF8(let offset): throw .invalidUTF8(offset: offset)
        case .tooLong: return fallback(.queryTooLong)
        }
      }
      if normalLength == 0, query.vector == nil { return fallback(.emptyQuery) }
      endStage(.normalize)
    }
    mode = bundle.decision.mode(hasText: normalLength > 0, hasVector: query.vector != nil)
    do throws(BundleError) {
      var outcome = try resolve(query)
      if outcome.kind == nil { endStage(.decide) }
      if outcome.kind == nil, searched {
        try collectSuggestions(query)
        try chooseRoute(of: &outcome)
      }
      return outcome
    } catch {
      // Whatever was found before the damage is worth nothing.
      searched = false
      suggestions = []
      clearAnswer()
      return fallback(.damaged)
    }
  }

  // MARK: The path of a query

  private mutating func resolve(_ query: Query) throws(BundleError) -> Outcome {
    if bundle.isIncomplete { return fallback(.damaged) }
    if query.now >= bundle.expiry { return fallback(.expired) }
    if normalLength > 0 {
      if let outcome = try exact(normalForm, query) { return outcome }
      if query.prompt != nil { return fallback(.noMatch) }
      if applyRules(), let outcome = try exact(coreText, query) { return outcome }
      endStage(.rules)
    }
    if needsEarlierMessages(query) { return fallback(.needsContext) }
    if let vector = query.vector {
      guard encoder.take(vector) else { return fallback(.noMatch) }
    } else {
      let text = try corrected(coreText)
      guard corrector.isKnownLanguage, try encoder.encode(text) else { return fallback(reasonWithoutMatch(.noMatch)) }
    }
    endStage(.encode)
    try search.search(encoder.vector)
    searched = true
    endStage(.search)
    return try decide(query)
  }

  private mutating func endStage(_ stage: StageTimes.Stage) {
    if measuresStages { stageTimes.end(stage) }
  }

  // Several entries may have the same question if their scopes differ, so all equal keys are looked at.
  private mutating func exact(_ key: Bytes, _ query: Query) throws(BundleError) -> Outcome? {
    let bundle = bundle
    var match: Candidate?
    var rival = false
    var excluded = false
    let hash = KeyHash.of(key, domain: KeyHash.question)
    try bundle.visitQuestions(hash) { ordinal throws(BundleError) in
      guard try isStored(key, as: ordinal) else { return }
      let owner = try bundle.question(ordinal).owner
      if try contradictsScope(owner, query) {
        excluded = true
      } else if let match {
        rival = rival || match.owner != owner
      } else {
        match = Candidate(question: ordinal, owner: owner, similarity: DecisionParameters.unit)
      }
    }
    endStage(.exact)
    guard let match else {
      scopeExcluded = excluded
      return excluded ? fallback(.scope) : nil
    }
    if match.isDistractor { return try distracted(by: match) }
    if rival { return fallback(.ambiguous) }
    var outcome = Outcome()
    outcome.kind = .exact
    outcome.entry = match.owner
    outcome.question = match.question
    outcome.confidence = 1_000_000
    outcome.similarity = DecisionParameters.unit
    return try deliver(outcome, query)
  }

  private mutating func isStored(_ key: Bytes, as question: UInt32) throws(BundleError) -> Bool {
    let text = try bundle.questionText(question)
    do throws(NormalizationError) {
      let length = try storedNormalizer.normalize(text)
      return storedNormalizer.output.slice(0, length)?.equals(key) ?? false
    } catch {
      throw .malformedSection(.questionText)
    }
  }

  private mutating func decide(_ query: Query) throws(BundleError) -> Outcome {
    var isJudged = mode != AcceptancePoint.vectorMode && bundle.hasEvidence
    if isJudged, try !weigh(query) {
      // The vector stands for a text that the encoder cannot read.
      mode = AcceptancePoint.vectorMode
      isJudged = false
    }
    let found = isJudged && bundle.decision.isJudged ? try chooseJudged(query) : try chooseBySimilarity(query)
    guard let choice = found else {
      return fallback(scopeExcluded ? .scope : reasonWithoutMatch(.noMatch))
    }
    guard let best = choice.best else {
      var outcome = fallback(reasonWithoutMatch(.noMatch))
      outcome.veto = choice.veto
      return outcome
    }
    let decision = bundle.decision
    let threshold = decision.threshold(mode: mode)
    let score = choice.score
    var outcome = Outcome()
    // The questions of an entry that answers exact matches only stand in the way of others, but are no answer.
    var isAnswer = !best.isDistractor
    var barred: RuleClasses = []
    var route = EntryRecord.noRoute
    if isAnswer {
      let record = try bundle.entry(best.owner)
      isAnswer = record.flags & EntryRecord.exactOnly == 0
      barred = rules.classes.intersection(.excusable).subtracting(record.excused)
      route = record.route
    }
    // Only what is near enough to be suggested can be meant.
    let isNear = choice.clear >= threshold && best.similarity >= decision.suggestionFloor
    if best.isDistractor, isNear {
      outcome = try distracted(by: best)
    } else if score < threshold || !isAnswer {
      var isUnclear = isAnswer && isNear && threshold != DecisionParameters.never
      if isAnswer, !isUnclear, best.similarity >= decision.suggestionFloor {
        isUnclear = try isAmbiguousInScope(best, query)
      }
      outcome = fallback(reasonWithoutMatch(isUnclear ? .ambiguous : .noMatch))
    } else if let reason = barred.reason {
      outcome = fallback(reason)
      outcome.hasOwnRoute = route != EntryRecord.noRoute
      if outcome.hasOwnRoute { outcome.route = route }
    } else {
      outcome.confidence = confidence(score: score, mode: mode)
      outcome.kind = .semantic
      outcome.entry = best.owner
      outcome.question = best.question
    }
    if outcome.kind != nil, try isAmbiguousInScope(best, query) { outcome = fallback(.ambiguous) }
    if outcome.kind != nil, let limit = query.maximumWrong, !isWithin(limit, confidence: outcome.confidence) {
      outcome = fallback(.noMatch)
    }
    outcome.score = score
    outcome.compared = best
    outcome.veto = choice.veto
    outcome.similarity = best.similarity
    outcome.margin = choice.margin
    outcome.barred = barred
    return outcome.kind == nil ? outcome : try deliver(outcome, query)
  }

  private mutating func deliver(_ found: Outcome, _ query: Query) throws(BundleError) -> Outcome {
    guard let entry = found.entry else { return fallback(.noMatch) }
    let record = try bundle.entry(entry)
    if query.now < record.validFrom || query.now >= record.validUntil {
      return withheld(found, query.now < record.validFrom ? .notYetValid : .expired, record)
    }
    endStage(.decide)
    try decoder.decode(record, of: entry, in: bundle)
    if record.flags & EntryRecord.template != 0, try !fill(query.variables, of: entry) {
      decoder.clear()
      return withheld(found, .missingVariable, record)
    }
    endStage(.decompress)
    return found
  }

  // Fills the prompt of this name. A reason if that gives no question.
  private mutating func fillPrompt(_ name: Bytes, _ variables: Bytes?) -> FallbackReason? {
    guard let template = bundle.promptTemplate(name) else { return .noMatch }
    do throws(TemplateError) {
      switch try promptFiller.fill(template, variables, limit: Self.maximumQuery) {
      case .filled: return nil
      case .missing: return .missingVariable
      case .tooLong: return .queryTooLong
      }
    } catch {
      return .damaged
    }
  }

  // The fallback that a hit becomes because of its entry alone.
  private func withheld(_ found: Outcome, _ reason: FallbackReason, _ record: EntryRecord) -> Outcome {
    var outcome = found
    outcome.kind = nil
    outcome.confidence = 0
    outcome.reason = reason
    outcome.hasOwnRoute = record.route != EntryRecord.noRoute
    outcome.route = outcome.hasOwnRoute ? record.route : bundle.decision.defaultRoute
    return outcome
  }

  // Fills the decoded template. False if a variable is missing.
  private mutating func fill(_ variables: Bytes?, of entry: UInt32) throws(BundleError) -> Bool {
    let result: TemplateFiller.Result
    do throws(TemplateError) {
      result = try filler.fill(decoder.answer, variables, limit: AnswerDecoder.maximumAnswer)
    } catch {
      throw .damagedAnswer(entry: entry)
    }
    switch result {
    case .filled: isFilled = true
    case .missing: isFilled = false
    // The compiler leaves room for the longest values.
    case .tooLong: throw .damagedAnswer(entry: entry)
    }
    return isFilled
  }

  private mutating func clearAnswer() {
    decoder.clear()
    filler.clear()
    promptFiller.clear()
    isFilled = false
  }

  // What the matched distractor or entry says itself comes first, then the labelled examples, then the entry nearby.
  private mutating func chooseRoute(of outcome: inout Outcome) throws(BundleError) {
    if outcome.hasOwnRoute { return }
    if let route = try routes.route(of: encoder.vector) {
      outcome.route = route
    } else if let nearest = suggestions.first {
      let route = try bundle.entry(nearest.owner).route
      if route != EntryRecord.noRoute { outcome.route = route }
    }
  }

  private func distracted(by candidate: Candidate) throws(BundleError) -> Outcome {
    let record = try bundle.distractor(candidate.owner)
    var outcome = fallback(record.fallbackReason)
    if record.route != EntryRecord.noRoute {
      outcome.route = record.route
      outcome.hasOwnRoute = true
    }
    outcome.question = candidate.question
    return outcome
  }

  private func fallback(_ reason: FallbackReason) -> Outcome {
    .fallback(reason, route: bundle.decision.defaultRoute)
  }

  // MARK: Candidates

  mutating func nearest(
    from first: Int, otherThan owner: UInt32?, _ query: Query
  ) throws(BundleError) -> Candidate? {
    var index = first
    while index < search.count {
      let candidate = try candidate(index)
      if candidate.owner != owner {
        if try !contradictsScope(candidate.owner, query) { return candidate }
        if owner == nil { scopeExcluded = true }
      }
      index += 1
    }
    return nil
  }

  func contradictsScope(_ owner: UInt32, _ query: Query) throws(BundleError) -> Bool {
    guard let asked = query.scope, owner & QuestionRecord.distractorFlag == 0 else { return false }
    let record = try bundle.entry(owner)
    if record.scopeLength == 0 { return false }
    return ScopeText.contradicts(entry: try bundle.entryText(record).scope, request: asked)
  }

  // Entries that the query's scope or time excludes are left out, and questions that contradict it.
  private mutating func collectSuggestions(_ query: Query) throws(BundleError) {
    var index = 0
    while index < candidateCount, suggestions.count < Self.maximumSuggestions {
      let candidate = try candidate(index)
      index += 1
      if candidate.similarity < bundle.decision.suggestionFloor { break }
      if candidate.isDistractor || suggestions.contains(where: { $0.owner == candidate.owner }) { continue }
      let record = try bundle.entry(candidate.owner)
      if query.now < record.validFrom || query.now >= record.validUntil { continue }
      if try contradictsScope(candidate.owner, query) { continue }
      if try veto(index - 1) != nil { continue }
      suggestions.append(candidate)
    }
  }
}
