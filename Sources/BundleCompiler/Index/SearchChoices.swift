import BundleFormat

/// The choices that are tried: margins that some share of the queries takes, numbers of probes and of exact scores.
struct SearchChoices: Sendable {
  /// The most lists that any choice probes.
  static let mostProbes = 256

  /// Margins of the stopping rule for lists, the last of them so large that nothing stops.
  let probeMargins: [UInt32]
  /// Most lists probed.
  let probes: [Int]
  /// Margins of the stopping rule for exact scores.
  let rerankMargins: [UInt32]
  /// Most rows scored exactly.
  let reranks: [Int]

  private let hasCodes: Bool
  private let base: Double

  // Costs in the scan of one place of codes, about 0.9 ns on a processor of 2024 with AVX-512: a list and its centroid, a row's
  // share of choice, misses and score, a list in the coarse choice, and what each search does besides.
  private static let listCost = 28.0
  private static let exactCost = 45.0
  private static let roughCost = 1.4
  private static let wholeCost = 4.5
  private static let fixedCost = 3_000.0
  private static let rowCost = 10.0
  // A choice must not let one query in a hundred take more than so many times as long as half of them.
  private static let steadiness = 3.0

  /// - Parameters:
  ///   - rows: The number of stored vectors.
  ///   - needs: What each query measured takes.
  init(_ index: TrainedIndex, rows: Int, needs: [SearchSample.Need]) {
    hasCodes = index.subquantizers > 0
    let lists = index.lists.count
    let steps = [1, 2, 4, 8, 12, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 192, 256].filter { $0 < lists }
    probes = steps + (lists <= Self.mostProbes ? [lists] : [])
    reranks = [64, 96, 128, 192, 256, 384, 512, 1024].filter { $0 == 64 || $0 <= rows }
    base = Self.fixedCost + Double(lists) * (index.coarse.count > 0 ? Self.roughCost : Self.wholeCost)
    guard hasCodes else {
      probeMargins = [StoppingRule.greatestMargin]
      rerankMargins = [StoppingRule.greatestMargin]
      return
    }
    probeMargins = Self.quantiles(
      [0.95, 0.97, 0.98, 0.985, 0.99, 0.993, 0.995, 0.9965, 0.9975, 0.9985, 0.9993], of: needs.compactMap(\.probe))
    rerankMargins = Self.quantiles([0.98, 0.99, 0.995, 0.9975, 0.999], of: needs.map(\.rerank))
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
  func points(_ kinds: [SearchOutcomes]) -> [SearchTuning.Point] {
    let pairs = probeMargins.count * probes.count
    let width = reranks.count * rerankMargins.count
    let points = SharedArray<SearchTuning.Point?>(count: pairs * width, nil)
    inParallel(pairs) { pair in
      var costs: [Double] = []
      for (place, rerank) in reranks.enumerated() {
        for margin in rerankMargins.indices {
          points[pair * width + place * rerankMargins.count + margin] = point(
            kinds, pair / probes.count, pair % probes.count, rerank, margin, &costs)
        }
      }
    }
    let steady = points.array.compactMap { $0 }
    return steady.isEmpty
      ? [SearchTuning.Point(probes: probes.last ?? 1, rerank: reranks.last ?? 1, recall: 0, cost: 0)] : steady
  }

  // `nil` if some queries would take far longer than most.
  private func point(
    _ kinds: [SearchOutcomes], _ margin: Int, _ most: Int, _ rerank: Int, _ rerankMargin: Int, _ costs: inout [Double]
  ) -> SearchTuning.Point? {
    costs.removeAll(keepingCapacity: true)
    var recall = 1.0
    var lists = 0
    var scored = 0
    for kind in kinds {
      var found = 0
      for query in 0..<kind.count {
        let outcome = kind.outcome(query, margin: margin, probes: most)
        let candidates = kind.candidates(query, margin: rerankMargin)
        let exact = min(rerank, max(candidates, SearchTuning.leastRerank))
        let isKept = outcome.rerankMargin <= rerankMargins[rerankMargin] || outcome.rank < SearchTuning.leastRerank
        if outcome.rank < rerank, isKept { found += 1 }
        lists += Int(outcome.lists)
        scored += exact
        costs.append(
          base + Double(outcome.lists) * Self.listCost + Double(outcome.places) * (hasCodes ? 1 : Self.rowCost)
            + Double(exact) * Self.exactCost)
      }
      recall = min(recall, Double(found) / Double(max(kind.count, 1)))
    }
    let count = Double(max(costs.count, 1))
    let mean = costs.reduce(0, +) / count
    costs.sort()
    if hasCodes, let longest = costs.last, longest > Self.steadiness * costs[costs.count / 2],
      costs[costs.count * 99 / 100] > Self.steadiness * costs[costs.count / 2]
    {
      return nil
    }
    return SearchTuning.Point(
      probes: probes[most], meanProbes: Self.tenths(Double(lists) / count), probeMargin: probeMargins[margin],
      rerank: rerank,
      meanRerank: Self.tenths(Double(scored) / count), rerankMargin: rerankMargins[rerankMargin], recall: recall,
      cost: mean)
  }

  private static func tenths(_ value: Double) -> Double { (value * 10).rounded() / 10 }
}
