import BundleFormat

/// What becomes of each query of a sample with each choice of margin and probes.
struct SearchOutcomes: Sendable {
  /// With one choice of margin and probes.
  struct Outcome: Sendable {
    /// How many places come before the true neighbour; the maximum if its list is not read.
    var rank: Int32 = .max
    /// The re-rank margin that the true neighbour takes.
    var rerankMargin: UInt32 = 0
    /// The lists read and the places in them.
    var lists: Int32 = 0
    var places: Int32 = 0
  }

  /// The number of queries.
  let count: Int
  private let choices: SearchChoices
  private let outcomes: [Outcome]
  private let candidates: [Int32]

  /// Searches for every query of `sample` once.
  init(_ sample: SearchSample, _ choices: SearchChoices) {
    self.choices = choices
    count = sample.queries.count
    let width = choices.probeMargins.count * choices.probes.count
    let outcomes = SharedArray<Outcome>(count: count * width, Outcome())
    let candidates = SharedArray<Int32>(count: count * choices.rerankMargins.count, 0)
    inParallel(count) { query in
      let trace = sample.trace(query)
      let best = trace.steps.map(\.greatest).max() ?? 0
      for (place, margin) in choices.rerankMargins.enumerated() {
        candidates[query * choices.rerankMargins.count + place] = Int32(trace.count(within: margin, of: best))
      }
      outcomes.copy(Self.follow(trace, sample.places[query], choices), at: query * width)
    }
    self.outcomes = outcomes.array
    self.candidates = candidates.array
  }

  /// What becomes of a query with the margin and the probes at places of the choices.
  func outcome(_ query: Int, margin: Int, probes: Int) -> Outcome {
    outcomes[(query * choices.probeMargins.count + margin) * choices.probes.count + probes]
  }

  /// How many places of a query lie within the re-rank margin at a place of the choices.
  func candidates(_ query: Int, margin: Int) -> Int { Int(candidates[query * choices.rerankMargins.count + margin]) }

  // For each margin of the choices, with each number of probes.
  private static func follow(_ trace: SearchTrace, _ places: [ListPlace], _ choices: SearchChoices) -> [Outcome] {
    var outcomes: [Outcome] = []
    let found = places.compactMap { trace.value(at: $0) }
    // How many places of each list come before the neighbour, for each of its values.
    let before = found.map { found in trace.steps.map { trace.count(in: $0, from: found.value) } }
    for margin in choices.probeMargins {
      var outcome = Outcome()
      var ranks = [Int32](repeating: -1, count: found.count)
      var isRead = [Bool](repeating: false, count: found.count)
      var best: Int32 = 0
      var step = 0
      for probes in choices.probes {
        while step < min(probes, trace.steps.count) {
          let list = trace.steps[step]
          if list.margin <= margin {
            outcome.lists += 1
            outcome.places += Int32(list.places)
            best = max(best, list.greatest)
            for place in found.indices {
              ranks[place] += before[place][step]
              if found[place].step == step { isRead[place] = true }
            }
          }
          step += 1
        }
        outcome.rank = .max
        for place in found.indices where isRead[place] && ranks[place] < outcome.rank {
          outcome.rank = ranks[place]
          outcome.rerankMargin = trace.rerankMargin(found[place].value, best: best)
        }
        outcomes.append(outcome)
      }
    }
    return outcomes
  }
}
