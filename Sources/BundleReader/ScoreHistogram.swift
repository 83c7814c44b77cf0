/// How scores are spread: the share of them between each two of some edges.
public struct ScoreHistogram: Equatable, Sendable {
  /// The most edges that are read.
  public static let maximumEdges = 32

  /// Growing scores. Step 0 lies below the first; step i from edge i - 1 up to edge i.
  public let edges: [Int64]
  /// The share of each step in millionths: one more than there are edges.
  public let shares: [UInt32]

  /// A histogram, or `nil` if edges do not grow or there are not as many shares as steps.
  public init?(edges: [Int64], shares: [UInt32]) {
    guard edges.count <= Self.maximumEdges, shares.count == edges.count + 1, shares.allSatisfy({ $0 <= 1_000_000 })
    else {
      return nil
    }
    for index in edges.indices.dropFirst() where edges[index] <= edges[index - 1] { return nil }
    self.edges = edges
    self.shares = shares
  }

  /// The step in which a score lies. O(edges).
  public func step(_ score: Int64) -> Int {
    var step = 0
    while step < edges.count, score >= edges[step] { step += 1 }
    return step
  }

  /// The total variation distance, in millionths, to counted scores: the share of them that would have to lie in another step.
  /// `nil` if nothing was counted.
  public func distance(_ counts: (Int) -> UInt64) -> UInt32? {
    var total: UInt64 = 0
    for step in shares.indices { total &+= counts(step) }
    guard total > 0 else { return nil }
    var distance: UInt64 = 0
    for step in shares.indices {
      let share = counts(step) * 1_000_000 / total
      let expected = UInt64(shares[step])
      distance += share > expected ? share - expected : expected - share
    }
    return UInt32(min(distance / 2, 1_000_000))
  }
}
