/// Chooses what to answer in advance under a budget, so that the expected saving is greatest.
///
/// What a set of answers saves is the sum over all questions of their value times the surest cover that any answer of the set
/// gives them: a facility-location function, which is monotone and submodular, so that each further answer saves less than it
/// would have before. Choosing the greatest saving for its cost first, and again with what is left, is within 1 − 1/e of the
/// best for equal costs (Nemhauser, Wolsey, Fisher, 1978). A candidate's saving only shrinks, so it is computed again only when
/// it comes to the top of the queue (Minoux, 1978).
struct BudgetedChoice {
  /// An answer that was chosen.
  struct Choice: Equatable {
    let candidate: Int
    /// What it adds to the saving of those chosen before.
    let gain: Double
  }

  /// The choices, in their order.
  private(set) var choices: [Choice] = []
  /// For each question the surest cover, and the choice that gives it; -1 for none.
  private(set) var cover: [Float]
  private(set) var owner: [Int32]

  /// Chooses.
  ///
  /// - Parameters:
  ///   - values: What an answer to each question is worth.
  ///   - graph: What each candidate serves.
  ///   - costs: What each candidate costs, over 0, in parts of the whole budget.
  ///   - leastGain: A choice that adds less than this is not worth making.
  ///   - isAllowed: Asked when a candidate would be chosen, with what it would serve then; it is passed over for good if not.
  init(
    values: [Double], graph: CoverageGraph, costs: [Double], leastGain: Double,
    isAllowed: (Int, [CoverageGraph.Edge]) -> Bool
  ) {
    cover = [Float](repeating: 0, count: values.count)
    owner = [Int32](repeating: -1, count: values.count)
    var queue = GainQueue()
    for candidate in graph.served.indices {
      let gain = gain(candidate, values, graph)
      queue.push(GainQueue.Item(candidate: candidate, ratio: gain / costs[candidate], round: 0))
    }
    var spent = 0.0
    while let top = queue.pop() {
      let gain = gain(top.candidate, values, graph)
      if top.round != choices.count {
        queue.push(GainQueue.Item(candidate: top.candidate, ratio: gain / costs[top.candidate], round: choices.count))
        continue
      }
      // Sums of a thousand thousandths may miss one by a little.
      guard gain >= leastGain, spent + costs[top.candidate] <= 1 + 1e-9 else { continue }
      let new = graph.served[top.candidate].filter { $0.cover > cover[Int($0.question)] }
      // A wording of a question that was chosen is no question of its own.
      guard cover[top.candidate] < CoverageGraph.sameQuestion, isAllowed(top.candidate, new) else { continue }
      for edge in new {
        cover[Int(edge.question)] = edge.cover
        owner[Int(edge.question)] = Int32(choices.count)
      }
      spent += costs[top.candidate]
      choices.append(Choice(candidate: top.candidate, gain: gain))
    }
  }

  private func gain(_ candidate: Int, _ values: [Double], _ graph: CoverageGraph) -> Double {
    var gain = 0.0
    for edge in graph.served[candidate] where edge.cover > cover[Int(edge.question)] {
      gain += values[Int(edge.question)] * Double(edge.cover - cover[Int(edge.question)])
    }
    return gain
  }
}

/// A binary heap of candidates, the greatest ratio first, of equals the first candidate.
private struct GainQueue {
  struct Item {
    let candidate: Int
    let ratio: Double
    /// How many choices had been made when the ratio was computed.
    let round: Int
  }

  private var items: [Item] = []

  private func precedes(_ left: Item, _ right: Item) -> Bool {
    left.ratio != right.ratio ? left.ratio > right.ratio : left.candidate < right.candidate
  }

  mutating func push(_ item: Item) {
    items.append(item)
    var place = items.count - 1
    while place > 0, precedes(items[place], items[(place - 1) / 2]) {
      items.swapAt(place, (place - 1) / 2)
      place = (place - 1) / 2
    }
  }

  mutating func pop() -> Item? {
    guard let top = items.first, let last = items.popLast() else { return nil }
    guard !items.isEmpty else { return top }
    items[0] = last
    var place = 0
    while true {
      var best = place
      for child in [2 * place + 1, 2 * place + 2] where child < items.count && precedes(items[child], items[best]) {
        best = child
      }
      if best == place { return top }
      items.swapAt(place, best)
      place = best
    }
  }
}
