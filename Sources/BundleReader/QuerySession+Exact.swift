import BundleFormat

/// Finding a question by its normal form.
extension QuerySession {
  // Several entries may have the same question if their scopes differ, so all equal keys are looked at.
  mutating func exact(_ key: Bytes, _ query: Query) throws(BundleError) -> Outcome? {
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
}
