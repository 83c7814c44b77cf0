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
    /// See `IndexParameters.enoughPlaces`.
    var enoughPlaces = 0
    /// The most rows scored exactly, and how many are on average.
    var rerank: Int
    var meanRerank = 0.0
    /// See `IndexParameters.leastRerank`.
    var leastRerank = 0
    /// See `IndexParameters.rerankMargin`.
    var rerankMargin: UInt32 = 0
    /// The share of queries whose nearest neighbour was found, of the kind of queries that finds it least often.
    var recall: Double
    /// The share of the ten nearest neighbours that were found, of queries of all kinds.
    var recallOfTen = 1.0
    /// The mean cost in nanoseconds, as far as `SearchChoices` can tell.
    var cost: Double
    /// Whether all kinds of queries reach the target.
    var isEnough = true
    /// The places of reading and score among those of `SearchChoices`.
    var reading = 0
    var score = 0
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

  // What a steady choice may cost of the cheapest; more effort for every query would make any choice steady.
  private static let steadinessCost = 1.6

  /// The choice for a single list, which is scanned exactly and whole.
  init(singleList rerank: Int) {
    chosen = Point(
      probes: 1, rerank: rerank, leastRerank: min(rerank, SearchChoices.leastReranks[0]), recall: 1, cost: 0)
    frontier = [chosen]
    queryCount = 0
  }

  /// The same choice with no fewer than `least` rows scored exactly.
  func scoring(atLeast least: Int) -> SearchTuning {
    var raised = self
    raised.chosen.rerank = max(chosen.rerank, least)
    return raised
  }

  /// Measures `index` with each kind of `queries` against the exact scan of `vectors`, and chooses the cheapest steady point that
  /// surely reaches `target` for all kinds; or, where that costs much more, the cheapest unsteady one, or else the cheapest that
  /// reaches its recall at all, or the one with the highest recall.
  ///
  /// - Parameter previous: An index whose choice is taken as it is if it still reaches the target's recall, or as much as it did.
  init(
    _ index: TrainedIndex, vectors: VectorMatrix, queries: [Queries], target: SearchTarget,
    keeping previous: PreviousIndex? = nil,
    kernels: Kernels
  ) {
    queryCount = queries.reduce(0) { $0 + $1.vectors.count }
    let samples = queries.map { SearchSample(index, vectors, $0, kernels) }
    let choices = SearchChoices(
      index, rows: vectors.count, needs: samples.flatMap(\.needs), previous: previous?.parameters)
    let outcomes = samples.map { SearchOutcomes($0, choices) }
    let points = choices.points(outcomes, target).sorted {
      ($0.cost, $0.reading, $0.score) < ($1.cost, $1.reading, $1.score)
    }
    var best: [Point] = []
    for point in points where point.recall > (best.last?.recall ?? -1) { best.append(point) }
    let kept = previous.flatMap { previous in
      points.first {
        index.parameters($0) == index.parameters(previous.parameters)
          && $0.recall >= min(target.recall, previous.recall)
      }
    }
    let cheapest = points.first { $0.isEnough }
    let steady = points.first {
      $0.isEnough && $0.cost <= Self.steadinessCost * (cheapest?.cost ?? 0) && choices.isSteady($0, outcomes)
    }
    let chosen =
      kept ?? steady ?? cheapest ?? points.first { $0.recall >= target.recall } ?? best.last ?? points[0]
    self.chosen = chosen
    // What costs less and finds less than the choice, the choice, and what costs more and finds more.
    frontier =
      best.filter { $0.cost < chosen.cost && $0.recall < chosen.recall } + [chosen]
      + best.filter { $0.cost > chosen.cost && $0.recall > chosen.recall }
  }
}
