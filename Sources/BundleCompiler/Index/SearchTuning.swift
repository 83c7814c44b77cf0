import BundleFormat

/// Chooses how far a search goes, from the recall that each choice reaches on queries.
///
/// The queries are questions as an encoder sees them that was not fitted to them; the truth is the exact scan. For each query it
/// is found out which margin of the stopping rule the list of the true neighbour takes, how many places the codes put before
/// the neighbour, and by how much; from that the recall of every choice follows.
struct SearchTuning {
  /// A choice and what it does.
  struct Point: Sendable {
    /// The most lists probed, and how many are on average.
    var probes: Int
    var meanProbes = 0.0
    /// See `IndexParameters.probeMargin`.
    var probeMargin: UInt32 = 0
    /// The most rows scored exactly, and how many are on average.
    var rerank: Int
    var meanRerank = 0.0
    /// See `IndexParameters.rerankMargin`.
    var rerankMargin: UInt32 = 0
    /// The share of queries whose nearest neighbour was found, of the kind of queries that finds it least often.
    var recall: Double
    /// The mean cost in the units of the scan of one row of codes.
    var cost: Double
  }

  /// Queries of one kind: vectors, and for those that are themselves stored, which stored vector is not to be found.
  struct Queries {
    /// The vectors.
    var vectors: VectorMatrix
    /// The stored vector that each is; empty if none is stored.
    var own: [Int] = []
  }

  /// The choice taken.
  private(set) var chosen: Point
  /// The least costly choices for growing recall, the chosen one among them.
  let frontier: [Point]
  /// The number of queries measured.
  let queryCount: Int

  /// How many lists are read before the stopping rule is asked: enough to know about how near the nearest neighbour is.
  static let firstProbes = 12
  /// How many rows are scored exactly in any case. Fewer would rarely reach an entry with another answer where entries have many
  /// wordings, and the decision needs one.
  static let leastRerank = 64

  /// The choice for a single list, which is scanned exactly and whole.
  init(singleList rerank: Int) {
    chosen = Point(probes: 1, rerank: rerank, recall: 1, cost: 0)
    frontier = [chosen]
    queryCount = 0
  }

  /// The same choice with no fewer than `least` rows scored exactly.
  func scoring(atLeast least: Int) -> SearchTuning {
    var raised = self
    raised.chosen.rerank = max(chosen.rerank, least)
    return raised
  }

  /// Measures `index` with each kind of `queries` against the exact scan of `vectors`, and chooses the cheapest point of at least
  /// `recall` and one standard error, or else the one with the highest recall. Without the standard error the choice among many
  /// points on the queries that score them would promise more than new queries get.
  ///
  /// - Parameter previous: An index whose choice is taken as it is if it still reaches `recall`, or as much as it did.
  init(
    _ index: TrainedIndex, vectors: VectorMatrix, queries: [Queries], recall: Double,
    keeping previous: PreviousIndex? = nil,
    kernels: Kernels
  ) {
    queryCount = queries.reduce(0) { $0 + $1.vectors.count }
    let samples = queries.map { SearchSample(index, vectors, $0, kernels) }
    let choices = SearchChoices(index, rows: vectors.count, needs: samples.flatMap(\.needs))
    let outcomes = samples.map { SearchOutcomes($0, choices) }
    let points = choices.points(outcomes).sorted {
      ($0.cost, $0.probes, $0.probeMargin, $0.rerank, $0.rerankMargin)
        < ($1.cost, $1.probes, $1.probeMargin, $1.rerank, $1.rerankMargin)
    }
    var best: [Point] = []
    for point in points where point.recall > (best.last?.recall ?? -1) { best.append(point) }
    frontier = best
    let fewest = queries.map(\.vectors.count).min() ?? 0
    let margin = (recall * (1 - recall) / Double(max(fewest, 1))).squareRoot()
    let kept = previous.flatMap { previous in
      let before = previous.parameters
      let like = points.filter {
        $0.probes == Int(before.probes) && $0.rerank == Int(before.rerank)
          && $0.recall >= min(recall, previous.recall)
      }
      // Margins are learned from the queries, so the very same ones are tried only if little has changed.
      return like.first { $0.probeMargin == before.probeMargin && $0.rerankMargin == before.rerankMargin } ?? like.first
    }
    chosen = kept ?? best.first { $0.recall >= min(recall + margin, 1) } ?? best.last ?? points[0]
  }
}
