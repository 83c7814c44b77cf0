/// What a search must find, and how surely.
struct SearchTarget: Sendable {
  /// The share of queries whose nearest neighbour must be found.
  var recall: Double

  /// The share of the ten nearest neighbours that must be found for queries of all kinds together: decisions weigh the best against
  /// the next ones. No share for each kind: of a query that is all but stored the next nine are far behind the best.
  static let recallOfTen = 0.95
  // Of the misses that the target allows. The cheapest of thousands of choices is one that these very queries flatter, and users ask
  // for what lies farther from what is stored than stored questions do.
  private static let missesTaken = 0.5

  /// Whether queries of every kind miss few enough of their nearest neighbours, and all together few enough of the ten nearest.
  func isReached(by kinds: [SearchOutcomes], _ reading: Int, _ score: Int) -> Bool {
    kinds.allSatisfy { 1 - $0.recall(reading, score) <= Self.missesTaken * (1 - recall) }
      && Self.recallOfTen(of: kinds, reading, score) >= Self.recallOfTen
  }

  /// The share of the ten nearest neighbours of queries of all kinds that is found.
  static func recallOfTen(of kinds: [SearchOutcomes], _ reading: Int, _ score: Int) -> Double {
    let found = kinds.reduce(0) { $0 + $1.foundOfTen(reading, score) }
    return Double(found) / Double(max(kinds.reduce(0) { $0 + $1.neighbours }, 1))
  }
}
