/// What a search must find, and how surely.
struct SearchTarget: Sendable {
  /// The share of queries whose nearest neighbour must be found.
  var recall: Double

  /// The share of the ten nearest neighbours that must be found: decisions weigh the best against the next ones.
  static let recallOfTen = 0.95
  // The cheapest of thousands of choices is one that these very queries flatter, and users ask for what lies farther from what is
  // stored than stored questions do.
  private static let errors = 3.0

  /// Whether queries of a kind reach the target, three standard errors to spare.
  func isReached(by kind: SearchOutcomes, _ reading: Int, _ score: Int) -> Bool {
    kind.recall(reading, score) >= Self.raised(recall, Self.errors, kind.count)
      && kind.recallOfTen(reading, score) >= Self.raised(Self.recallOfTen, Self.errors / 2, kind.count)
  }

  private static func raised(_ recall: Double, _ errors: Double, _ count: Int) -> Double {
    min(recall + errors * (recall * (1 - recall) / Double(max(count, 1))).squareRoot(), 1)
  }
}
