import BundleFormat

/// Which candidate may answer, when some contradict the query.
extension QuerySession {
  /// The outcome of a choice.
  struct Choice {
    /// The candidate that may answer; `nil` if all that could are vetoed.
    var best: Candidate?
    /// How far its similarity is above that of its nearest rival. Without one among the results, any other is at most as near as
    /// the last of them.
    var margin: Int64 = 0
    /// Its score, and the one it would have if no rival were near.
    var score: Int64 = 0
    var clear: Int64 = 0
    /// In what the nearest candidate contradicts the query.
    var veto: VetoKind?
  }

  /// Chooses by similarity and margin; `nil` if the query's scope excludes all candidates.
  mutating func chooseBySimilarity(_ query: Query) throws(BundleError) -> Choice? {
    guard let (found, rival) = try chooseNearest(query) else { return nil }
    var choice = found
    guard let best = choice.best else { return choice }
    let decision = bundle.decision
    choice.margin = best.similarity - rival
    choice.score = decision.score(similarity: best.similarity, margin: choice.margin)
    choice.clear = decision.score(similarity: best.similarity, margin: max(choice.margin, decision.clearMargin))
    return choice
  }

  // The choice and the similarity of its nearest rival. See `VetoChoice`.
  private mutating func chooseNearest(_ query: Query) throws(BundleError) -> (Choice, rival: Int64)? {
    guard let nearest = try nearest(from: 0, otherThan: nil, query) else { return nil }
    let last = search.similarity(search.count - 1)
    guard query.text != nil, let lexicon = bundle.lexicon, !nearest.isDistractor else {
      let rival = try self.nearest(from: 0, otherThan: nearest.owner, query)
      return (Choice(best: nearest, veto: nil), rival?.similarity ?? last)
    }
    queryMarks = scanner.scan(comparedText, with: lexicon)
    var choice = VetoChoice(QuestionMarks(queryMarks))
    var best: Candidate?
    var index = 0
    while index < min(search.count, VetoChoice.mostOffered), best == nil {
      let candidate = try candidate(index)
      index += 1
      if candidate.isDistractor { continue }
      if try contradictsScope(candidate.owner, query) { continue }
      let slots = try bundle.entry(candidate.owner).slots
      if choice.offer(owner: candidate.owner, try bundle.marks(candidate.question), slots: slots) { best = candidate }
    }
    let result = Choice(best: best, veto: choice.nearestVetoes.first)
    guard best != nil else { return (result, last) }
    index = 0
    while index < search.count {
      let candidate = try candidate(index)
      index += 1
      if try contradictsScope(candidate.owner, query) { continue }
      let slots = candidate.isDistractor ? VetoKinds.none : try bundle.entry(candidate.owner).slots
      if choice.isRival(owner: candidate.owner, try bundle.marks(candidate.question), slots: slots) {
        return (result, candidate.similarity)
      }
    }
    return (result, last)
  }

  /// In what the candidate at `index` of the last search contradicts the query's text, if it does.
  public func veto(_ index: Int) throws(BundleError) -> VetoKind? {
    guard queryMarks.count > 0, normalForm.count > 0 else { return nil }
    let candidate = try candidate(index)
    if candidate.isDistractor { return nil }
    return VetoRule.compare(
      QuestionMarks(queryMarks), try bundle.marks(candidate.question), slots: try bundle.entry(candidate.owner).slots)
  }
}
