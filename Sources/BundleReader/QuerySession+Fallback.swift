import BundleFormat

/// What is said where no answer is given: reason, route and suggestions.
extension QuerySession {
  func fallback(_ reason: FallbackReason) -> Outcome {
    .fallback(reason, route: bundle.decision.defaultRoute)
  }

  func distracted(by candidate: Candidate) throws(BundleError) -> Outcome {
    let record = try bundle.distractor(candidate.owner)
    var outcome = fallback(record.fallbackReason)
    if record.route != EntryRecord.noRoute {
      outcome.route = record.route
      outcome.hasOwnRoute = true
    }
    outcome.question = candidate.question
    return outcome
  }

  // What the matched distractor or entry says itself comes first, then the labelled examples, then the entry nearby.
  mutating func chooseRoute(of outcome: inout Outcome) throws(BundleError) {
    if outcome.hasOwnRoute { return }
    if let route = try routes.route(of: encoder.vector) {
      outcome.route = route
    } else if let nearest = suggestions.first {
      let route = try bundle.entry(nearest.owner).route
      if route != EntryRecord.noRoute { outcome.route = route }
    }
  }

  // Entries that the query's scope or time excludes are left out, and questions that contradict it.
  mutating func collectSuggestions(_ query: Query) throws(BundleError) {
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
