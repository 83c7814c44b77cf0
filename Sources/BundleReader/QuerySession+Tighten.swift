import BundleFormat

/// What keeps a candidate above the threshold from being the answer.
extension QuerySession {
  // Two entries that differ in scope may have nearly the same question; a margin that says less is no evidence.
  private static let scopeMargin = DecisionParameters.unit / 32

  /// Whether an answer with this confidence keeps the share of wrong answers that the caller accepts.
  ///
  /// Wrong answers come from requests without an answer here, so their share of all requests is estimated as the share at
  /// this score times the share of such requests. Where labelled traffic has shown that the bundle's own budget holds at a
  /// threshold whose estimate is greater, the estimates are too great by that factor. Only ever tightens.
  func isWithin(_ limit: UInt32, confidence: UInt32) -> Bool {
    let decision = bundle.decision
    let outOfScope = UInt64(decision.assumedOutOfScope)
    let wrong = UInt64(1_000_000 - min(confidence, 1_000_000)) * outOfScope
    // Shares of both kinds are at most 10⁶, so these products stay below 2⁶⁴.
    let budget = UInt64(decision.maximumWrong)
    let threshold = decision.threshold(mode: mode)
    guard decision.level(mode: mode) == .certified, budget > 0 else { return wrong <= UInt64(limit) * 1_000_000 }
    if limit >= decision.maximumWrong { return true }
    let atThreshold = UInt64(1_000_000 - min(self.confidence(score: threshold, mode: mode), 1_000_000)) * outOfScope
    return wrong * budget <= UInt64(limit) * max(atThreshold, budget * 1_000_000)
  }

  /// Whether another entry, as near as `best` and valid for another scope, could be meant as well, because the request
  /// does not say which scope it wants.
  func isAmbiguousInScope(_ best: Candidate, _ query: Query) throws(BundleError) -> Bool {
    let record = try bundle.entry(best.owner)
    if record.scopeLength == 0 { return false }
    let scope = try bundle.entryText(record).scope
    for index in 0..<candidateCount {
      let other = try candidate(index)
      if other.similarity < best.similarity - Self.scopeMargin { break }
      if other.owner == best.owner || other.isDistractor { continue }
      let rival = try bundle.entry(other.owner)
      if rival.scopeLength == 0 { continue }
      if ScopeText.contradicts(entry: try bundle.entryText(rival).scope, request: scope),
        try !contradictsScope(other.owner, query)
      {
        return true
      }
    }
    return false
  }
}
