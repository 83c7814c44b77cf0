import BundleReader

extension OperatingPoint {
  // Ten steps tell kinds of traffic apart, and each still gets a hundred of a thousand requests.
  private static var stepCount: Int { 10 }

  /// How the scores of requests are expected to be spread, in about ten steps of like share: the questions with their entry left out
  /// and those with their wording left out, mixed at the assumed share of requests without an answer. `nil` if no entry has
  /// several wordings, since nothing then tells what requests with an answer score.
  var expectedScores: ScoreHistogram? {
    let known = wordingScores
    guard !strangerScores.isEmpty, !known.isEmpty else { return nil }
    // Each score with its weight; the two kinds have the weights of the mix.
    var scored = strangerScores.map { (score: $0, weight: outOfScope / Double(strangerScores.count)) }
    scored += known.map { (score: $0, weight: (1 - outOfScope) / Double(known.count)) }
    scored.sort { $0.score < $1.score }
    let total = scored.reduce(0) { $0 + $1.weight }
    var edges: [Int64] = []
    var shares: [UInt32] = []
    var sum = 0.0
    var begun = 0.0
    var place = 0
    while place < scored.count {
      // Equal scores lie in one step.
      let score = scored[place].score
      // Sums of many small weights may fall short by a little.
      let isFull = sum > begun && sum / total * Double(Self.stepCount) > Double(edges.count + 1) - 0.001
      if isFull, edges.count < Self.stepCount - 1 {
        edges.append(score)
        shares.append(UInt32(((sum - begun) / total * 1_000_000).rounded()))
        begun = sum
      }
      while place < scored.count, scored[place].score == score {
        sum += scored[place].weight
        place += 1
      }
    }
    shares.append(UInt32(((sum - begun) / total * 1_000_000).rounded()))
    return ScoreHistogram(edges: edges, shares: shares)
  }
}
