import BundleFormat

/// Evidence on the candidates of a query that has a text.
extension QuerySession {
  /// Gathers the evidence on the entries that the search found and that the query's scope allows.
  ///
  /// - Returns: False if the encoder cannot read the text.
  mutating func weigh(_ query: Query) throws(BundleError) -> Bool {
    let bundle = bundle
    if let vector = query.vector {
      // The judge compares texts in the encoder's space; the vector has found them in its own.
      let isKnown = try encoder.encode(corrected(coreText)) && corrector.isKnownLanguage
      if isKnown { try judge.begin(pieces: encoder.run, vector: encoder.vector, bundle) }
      // The route of a fallback follows the vector that was searched with.
      _ = encoder.take(vector)
      guard isKnown else { return false }
    } else {
      try judge.begin(pieces: encoder.run, vector: encoder.vector, bundle)
    }
    for index in 0..<search.count {
      let candidate = try candidate(index)
      if try contradictsScope(candidate.owner, query) {
        if judge.count == 0 { scopeExcluded = true }
        continue
      }
      let more = judge.add(
        question: candidate.question, owner: candidate.owner, similarity: candidate.similarity)
      if !more { break }
    }
    weighed = try judge.weigh(bundle)
    return true
  }

  /// Chooses by the judge's score; `nil` if there is no candidate. The margin is that of the similarity in the stored space.
  mutating func chooseJudged(_ query: Query) throws(BundleError) -> Choice? {
    guard let model = bundle.judge, weighed > 0 else { return nil }
    judge.scoreAll(model)
    var place = judge.best(below: nil)
    let nearest = weighedCandidate(place ?? 0)
    var veto: VetoKind?
    if let lexicon = bundle.lexicon, !nearest.isDistractor {
      queryMarks = scanner.scan(comparedText, with: lexicon)
      var choice = VetoChoice(QuestionMarks(queryMarks))
      while let offered = place, try !offer(weighedCandidate(offered), to: &choice) {
        place = judge.best(below: offered)
      }
      veto = choice.nearestVetoes.first
    }
    guard let place else { return Choice(best: nil, veto: veto) }
    return Choice(
      best: weighedCandidate(place), margin: Int64(judge.evidence(place, .givenMargin)),
      score: judge.score(place), clear: judge.clearScore(place, margin: bundle.decision.clearMargin, model), veto: veto)
  }

  // Offers the wording that fits best, then the entry's other wordings that the search found.
  private func offer(_ candidate: Candidate, to choice: inout VetoChoice) throws(BundleError) -> Bool {
    if candidate.isDistractor { return false }
    let slots = try bundle.entry(candidate.owner).slots
    if choice.offer(owner: candidate.owner, try bundle.marks(candidate.question), slots: slots) { return true }
    for index in 0..<min(search.count, VetoChoice.mostOffered) {
      let other = try self.candidate(index)
      if other.owner != candidate.owner || other.question == candidate.question { continue }
      if choice.offer(owner: other.owner, try bundle.marks(other.question), slots: slots) { return true }
    }
    return false
  }

  /// The score of the entry `owner`, if the judge scored it for the last query.
  func judgedScore(of owner: UInt32) -> Int64? {
    guard bundle.decision.isJudged else { return nil }
    for place in 0..<weighedCount where judge.owner(place) == owner { return judge.score(place) }
    return nil
  }

  /// The number of entries with evidence after the last query; zero if it did not come to that.
  public var weighedCount: Int { searched ? weighed : 0 }

  /// The judge's score of the weighed entry at `place`; `nil` if the bundle decides by similarity and margin.
  public func weighedScore(_ place: Int) -> Int64? {
    bundle.decision.isJudged && place < weighedCount ? judge.score(place) : nil
  }

  /// A piece of evidence on the weighed entry at `place`.
  public func evidence(_ place: Int, _ feature: Evidence) -> Int32 { judge.evidence(place, feature) }

  /// The weighed entry at `place`: its wording that fits best and the similarity of the nearest.
  public func weighedCandidate(_ place: Int) -> Candidate {
    Candidate(question: judge.question(place), owner: judge.owner(place), similarity: judge.similarity(place))
  }
}
