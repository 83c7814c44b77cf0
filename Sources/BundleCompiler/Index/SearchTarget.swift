/// What a search must find, and how surely.
struct SearchTarget: Sendable {
  /// The share of queries whose nearest neighbour must be found.
  var recall: Double

  /// The share of the ten nearest neighbours that must be found: decisions weigh the best against the next ones.
  static let recallOfTen = 0.95
  // The cheapest of thousands of choices is one that these very queries flatter.
  private static let errors = 2.0

  /// Whether queries of a kind reach the target, two standard errors to spare, and those of the half that lies farthest from what is
  /// stored do so too: stored questions have near ones beside them, and users ask for what is farther away.
  func isReached(by kind: SearchOutcomes, _ reading: Int, _ score: Int) -> Bool {
    kind.recall(reading, score) >= Self.raised(recall, Self.errors, kind.count)
      && kind.recallOfFar(reading, score) >= recall
      && kind.recallOfTen(reading, score) >= Self.raised(Self.recallOfTen, Self.errors / 2, kind.count)
  }

  private static func raised(_ recall: Double, _ errors: Double, _ count: Int) -> Double {
    min(recall + errors * (recall * (1 - recall) / Double(max(count, 1))).squareRoot(), 1)
  }
}
