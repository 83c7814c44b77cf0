import BundleFormat
import CKernels

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
  var storedNormalizer = TextNormalizer(maximumInput: maximumQuery)
  private var normalLength = 0
  var corrector: WordCorrector
  var encoder: QueryEncoder
  var search: PooledSearch
  var judge: Judge
  var weighed = 0
  var decoder: AnswerDecoder
  var filler = TemplateFiller()
  var promptFiller = TemplateFiller()
  var isFilled = false
  var scanner = MarkScanner()
  var queryMarks: Bytes
  var searched = false
  var scopeExcluded = false
  var routes: RouteExamples
  var rules = RuleMatcher(capacity: 3 * maximumQuery)

  /// The input mode of the last query, as in `AcceptancePoint.mode`: which operating point it was held against.
  public internal(set) var mode = AcceptancePoint.textMode
  /// After a fallback the best candidates with different answers, for a person to choose from, best first: at most three,
  /// and none below the bundle's floor.
  public internal(set) var suggestions: [Candidate] = []
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

  private mutating func resolve(_ query: Query) throws(BundleError) -> Outcome {
    if bundle.isIncomplete { return fallback(.damaged) }
    // What a layer replaces and withdraws is not known once its time has passed, so nothing of the pair may answer.
    if bundle.base != nil, query.now >= bundle.footer.expiry { return fallback(.damaged) }
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

  mutating func endStage(_ stage: StageTimes.Stage) {
    if measuresStages { stageTimes.end(stage) }
  }
}
