import BundleFormat

/// The fixed weights of similarity and margin, chosen on the development sets (`tools/bench/decision.md`).
struct DecisionWeights: Sendable {
  /// The weight of the similarity.
  var similarity: Int64
  /// The weight of the margin.
  var margin: Int64

  /// The weights every bundle gets.
  static let standard = DecisionWeights(similarity: 256, margin: 128)
}

/// Scores by similarity and margin, as a reader does for queries that are a vector alone. Nothing is vetoed: there is no text.
struct SimilarityScorer: SelfTestScorer {
  let heldOut: VectorMatrix
  let strangers: VectorMatrix
  let owners: [UInt32]
  let weights: DecisionWeights

  func choose(_ nearest: [SelfTest.Neighbour], _ asked: SelfTest.Asked) -> SelfTest.Found? {
    guard let first = nearest.first, let last = nearest.last else { return nil }
    let rival = nearest.first { owners[$0.row] != owners[first.row] } ?? last
    let margin = Int64(first.similarity - rival.similarity)
    return SelfTest.Found(
      row: first.row, similarity: Int64(first.similarity),
      score: Int64(first.similarity) * weights.similarity + margin * weights.margin)
  }
}
