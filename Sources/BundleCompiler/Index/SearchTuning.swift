import BundleFormat
import CKernels

/// Chooses how many lists a query probes and how many rows it re-ranks, and measures the recall of the choice.
///
/// The queries are questions as an encoder sees them that was not fitted to them; the truth is the exact scan. For each
/// query it is found out at which probe the true neighbour's list comes, and how many rows of the lists so far the codes
/// put before it; from that the recall of every choice follows.
struct SearchTuning {
  /// A choice and what it does.
  struct Point: Sendable {
    /// The number of lists probed.
    var probes: Int
    /// The number of rows scored exactly.
    var rerank: Int
    /// The share of queries whose nearest neighbour was found.
    var recall: Double
    /// The cost in the units of the scan of one row of codes.
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
  let chosen: Point
  /// The least costly choices for growing recall, the chosen one among them.
  let frontier: [Point]
  /// The number of queries measured.
  let queryCount: Int

  // Fewer would rarely reach an entry with another answer where entries have many wordings, and the decision needs one.
  private static let rerankChoices = [64, 96, 128, 192, 256, 384, 512, 1024]
  // In the scan of one place of codes: a place chosen for the re-rank, with its share of scattered rows, and a list probed.
  // Counted from bytes touched, 36 for a place and 384 for a row, and the misses that scattered ones cost.
  private static let exactCost = 20.0
  private static let listCost = 12.0

  /// How many lists have their whole centroid compared if `probes` of `lists` are probed.
  static func coarseCandidates(probes: Int, lists: Int) -> Int { min(lists, 2 * probes + 32) }

  /// Measures `index` with each kind of `queries` against the exact scan of `vectors`, and chooses the cheapest point of at least
  /// `recall` and one standard error, or else the one with the highest recall. Without the standard error the choice among many
  /// points on the queries that score them would promise more than new queries get.
  ///
  /// - Parameter previous: An index whose choice is taken as it is if it still reaches `recall`, or as much as it did.
  init(
    _ index: TrainedIndex, vectors: VectorMatrix, queries: [Queries], recall: Double,
    keeping previous: PreviousIndex? = nil,
    kernels: UnsafePointer<almanac_kernels>
  ) {
    queryCount = queries.reduce(0) { $0 + $1.vectors.count }
    let lists = index.lists.count
    let probeChoices = Self.probeChoices(lists)
    let ranks = queries.map { Self.ranks(index, vectors, $0, probeChoices, kernels) }
    let places = index.lists.reduce(0) { $0 + Int($1.rowCount) }
    let meanPlaces = Double(places) / Double(lists)
    let reranks = Self.rerankChoices.filter { $0 == Self.rerankChoices[0] || $0 <= vectors.count }
    var points: [Point] = []
    for (choice, probes) in probeChoices.enumerated() {
      for rerank in reranks {
        // Each kind has to be found as often as the recipe says.
        let recalls = zip(queries, ranks).map { kind, ranks in
          var found = 0
          for query in 0..<kind.vectors.count where ranks[query * probeChoices.count + choice] < Int32(rerank) {
            found += 1
          }
          return Double(found) / Double(max(kind.vectors.count, 1))
        }
        points.append(
          Point(
            probes: probes, rerank: rerank, recall: recalls.min() ?? 0,
            cost: Double(probes) * (meanPlaces + Self.listCost) + Double(rerank) * Self.exactCost))
      }
    }
    points.sort { ($0.cost, $0.probes) < ($1.cost, $1.probes) }
    var best: [Point] = []
    for point in points where point.recall > (best.last?.recall ?? -1) { best.append(point) }
    frontier = best
    let fewest = queries.map(\.vectors.count).min() ?? 0
    let margin = (recall * (1 - recall) / Double(max(fewest, 1))).squareRoot()
    let kept = previous.flatMap { previous in
      points.first {
        $0.probes == Int(previous.parameters.probes) && $0.rerank == Int(previous.parameters.rerank)
          && $0.recall >= min(recall, previous.recall)
      }
    }
    chosen = kept ?? best.first { $0.recall >= min(recall + margin, 1) } ?? best.last ?? points[0]
  }

  private static func probeChoices(_ lists: Int) -> [Int] {
    var choices: [Int] = []
    for probes in [1, 2, 3, 4, 6, 8, 12, 16, 20, 24, 28, 32, 36, 40, 48, 56, 64, 80, 96, 128, 192, 256]
    where probes < lists {
      choices.append(probes)
    }
    return choices + [lists]
  }

  // For each query and choice of probes the number of places before the true neighbour; the maximum if it is not reached.
  private static func ranks(
    _ index: TrainedIndex, _ vectors: VectorMatrix, _ queries: Queries, _ choices: [Int],
    _ kernels: UnsafePointer<almanac_kernels>
  ) -> [Int32] {
    let ranks = SharedArray<Int32>(count: queries.vectors.count * choices.count, Int32.max)
    let rows = SharedArray<UInt32>(count: vectors.count, 0)
    for (row, vector) in index.order.enumerated() { rows[vector] = UInt32(row) }
    let table = KernelTable(kernels)
    let exact = ExactScan(vectors, table)
    let given = queries.vectors
    let own = queries.own
    let nearest = SharedArray<UInt32>(count: given.count, 0)
    inParallel(given.count) { query in
      nearest[query] = rows[exact.nearest(given.row(query), except: own.isEmpty ? nil : own[query])]
    }
    let truths = nearest.array
    let places = ListPlace.all(of: Set(truths), in: index)
    inParallel(given.count) { query in
      var scan = ListScan(index, vectors, query: given.row(query), table)
      for (choice, probes) in choices.enumerated() {
        ranks[query * choices.count + choice] = scan.rank(of: places[truths[query]] ?? [], probes: probes)
      }
    }
    return ranks.array
  }
}
