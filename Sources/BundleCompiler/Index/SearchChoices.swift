import BundleFormat

/// The choices that are tried: margins that some share of the queries takes, numbers of places and of exact scores.
struct SearchChoices: Sendable {
  /// How many rows are scored exactly.
  struct Score {
    /// At most so many.
    var rerank: Int
    /// So many in any case.
    var least: Int
    /// Of the re-rank margins the one in this place.
    var margin: Int
  }

  /// The most lists that any choice probes.
  static let mostProbes = 256
  /// How many rows may be scored exactly in any case. Fewer would rarely reach an entry with another answer where entries have many
  /// wordings, and the decision needs one; more make choices steadier.
  static let leastReranks = [64, 128, 192, 256]

  /// Ways to read lists.
  let readings: [SearchTrace.Reading]
  /// Ways to score rows exactly.
  let scores: [Score]
  /// Margins of the stopping rule for exact scores.
  let rerankMargins: [UInt32]
  /// Whether places have codes; if not, every row of a list is scored.
  let hasCodes: Bool

  private let base: Double

  // Nanoseconds on a processor of 2024 with AVX-512: a list compared by its whole centroid, a list read, a place of 36 bytes from
  // memory, a row's share of choice, misses and score, a list in the choice by codes and by whole centroids, and what each search
  // does besides.
  private static let comparisonCost = 40.0
  private static let listCost = 30.0
  private static let placeCost = 1.9
  private static let exactCost = 65.0
  private static let roughCost = 0.7
  private static let wholeCost = 4.0
  private static let fixedCost = 2_500.0
  private static let rowCost = 10.0
  // The costs of one query in a hundred may be so many times those of the median. What else a machine does adds to the slowest
  // queries, so that three times the median time takes less than three times the cost.
  private static let steadiness = 2.1

  /// - Parameters:
  ///   - rows: The number of stored vectors.
  ///   - needs: What each query measured takes.
  ///   - previous: An earlier choice, which is tried too.
  init(_ index: TrainedIndex, rows: Int, needs: [SearchSample.Need], previous: IndexParameters?) {
    hasCodes = index.subquantizers > 0
    let lists = index.lists.count
    base = Self.fixedCost + Double(lists) * (hasCodes ? Self.roughCost : Self.wholeCost)
    let reranks = [64, 96, 128, 192, 256, 320, 384, 512, 768, 1024].filter { $0 == 64 || $0 <= rows }
    guard hasCodes else {
      let steps = [1, 2, 4, 8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256].filter { $0 < lists }
      let probes = steps + (lists <= Self.mostProbes ? [lists] : [])
      readings = probes.map { SearchTrace.Reading(margin: StoppingRule.greatestMargin, probes: $0, enough: 0) }
      rerankMargins = [StoppingRule.greatestMargin]
      scores =
        reranks.map { Score(rerank: $0, least: min($0, Self.leastReranks[0]), margin: 0) }
        + Self.scores(previous, margin: 0)
      return
    }
    let most = min(Self.mostProbes, lists)
    // The least margins are there to show what less effort would find.
    let probeMargins = Self.quantiles(
      [0.7, 0.9, 0.97, 0.985, 0.99, 0.993, 0.995, 0.997, 0.9985, 0.9993, 0.9997], of: needs.compactMap(\.probe))
    // Longer lists have more places for as many lists.
    let unit = max(1, index.lists.reduce(0) { $0 + Int($1.rowCount) } / lists / 128)
    let enough =
      [2_048, 3_072, 4_096, 6_144, 8_192, 10_240, 12_288, 14_336, 16_384, 20_480, 24_576, 32_768].map { $0 * unit }
      .filter { $0 < 2 * rows } + [0]
    var margins = Self.quantiles([0.98, 0.99, 0.995, 0.9975, 0.999, 0.9996], of: needs.compactMap(\.rerank))
    var readings: [SearchTrace.Reading] = []
    if let previous {
      margins.append(previous.rerankMargin)
      readings.append(
        SearchTrace.Reading(
          margin: previous.probeMargin, probes: Int(previous.probes), enough: Int(previous.enoughPlaces)))
    }
    rerankMargins = margins
    for margin in probeMargins {
      // A margin limits what is compared; without one the number of lists has to.
      let isEndless = margin == StoppingRule.greatestMargin
      for probes in isEndless ? Set([64, 128, most].map { min($0, most) }).sorted() : [most] {
        for enough in enough { readings.append(SearchTrace.Reading(margin: margin, probes: probes, enough: enough)) }
      }
    }
    self.readings = readings
    let scores = margins.enumerated().flatMap { place, margin in
      // Without a margin all rows are scored, whatever the least.
      let leasts = margin == StoppingRule.greatestMargin ? Array(Self.leastReranks.prefix(1)) : Self.leastReranks
      return leasts.flatMap { least in
        reranks.filter { $0 > least || least == Self.leastReranks[0] }.map {
          Score(rerank: $0, least: min($0, least), margin: place)
        }
      }
    }
    self.scores = scores + Self.scores(previous, margin: margins.count - 1)
  }

  private static func scores(_ previous: IndexParameters?, margin: Int) -> [Score] {
    previous.map { [Score(rerank: Int($0.rerank), least: Int($0.leastRerank), margin: margin)] } ?? []
  }

  private static func quantiles(_ shares: [Double], of margins: [UInt32]) -> [UInt32] {
    let sorted = margins.sorted()
    var chosen: [UInt32] = []
    for share in shares where !sorted.isEmpty {
      let margin = sorted[min(Int(share * Double(sorted.count)), sorted.count - 1)]
      if margin > (chosen.last ?? 0), margin < StoppingRule.greatestMargin { chosen.append(margin) }
    }
    return chosen + [StoppingRule.greatestMargin]
  }

  /// All combinations with what they do to the queries of each kind.
  func points(_ kinds: [SearchOutcomes], _ target: SearchTarget) -> [SearchTuning.Point] {
    let points = SharedArray<[SearchTuning.Point]>(count: readings.count, [])
    inParallel(readings.count) { reading in
      points[reading] = scores.indices.map { point(kinds, target, reading, $0) }
    }
    return points.array.flatMap { $0 }
  }

  /// Whether a choice treats the queries of each kind alike: one in a hundred may cost so many times the median and no more.
  func isSteady(_ point: SearchTuning.Point, _ kinds: [SearchOutcomes]) -> Bool {
    guard hasCodes else { return true }
    return kinds.allSatisfy { kind in
      let costs = (0..<kind.count).map { cost(kind.effort($0, point.reading, point.score)) }.sorted()
      return costs.isEmpty || costs[costs.count * 99 / 100] <= Self.steadiness * costs[costs.count / 2]
    }
  }

  private func point(
    _ kinds: [SearchOutcomes], _ target: SearchTarget, _ reading: Int, _ score: Int
  ) -> SearchTuning.Point {
    var lists = 0
    var scored = 0
    var cost = 0.0
    var queries = 0
    for kind in kinds {
      for query in 0..<kind.count {
        let effort = kind.effort(query, reading, score)
        lists += effort.lists
        scored += effort.scored
        cost += self.cost(effort)
      }
      queries += kind.count
    }
    let count = Double(max(queries, 1))
    return SearchTuning.Point(
      probes: readings[reading].probes, meanProbes: Self.tenths(Double(lists) / count),
      probeMargin: readings[reading].margin, enoughPlaces: readings[reading].enough, rerank: scores[score].rerank,
      meanRerank: Self.tenths(Double(scored) / count), leastRerank: scores[score].least,
      rerankMargin: rerankMargins[scores[score].margin], recall: kinds.map { $0.recall(reading, score) }.min() ?? 0,
      recallOfTen: SearchTarget.recallOfTen(of: kinds, reading, score), cost: cost / count,
      isEnough: target.isReached(by: kinds, reading, score), reading: reading, score: score)
  }

  private func cost(_ effort: SearchOutcomes.Effort) -> Double {
    base + Double(effort.compared) * (hasCodes ? Self.comparisonCost : 0) + Double(effort.lists) * Self.listCost
      + Double(effort.places) * (hasCodes ? Self.placeCost : Self.rowCost) + Double(effort.scored) * Self.exactCost
  }

  private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
