import BundleFormat

/// Whether the best candidate may answer.
extension QuerySession {
  mutating func decide(_ query: Query) throws(BundleError) -> Outcome {
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
}
