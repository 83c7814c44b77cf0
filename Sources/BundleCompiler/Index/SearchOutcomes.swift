import BundleFormat

/// What becomes of the queries of a sample with each choice: how many find their neighbours, and what it costs.
struct SearchOutcomes: Sendable {
  /// The number of queries.
  let count: Int
  private let choices: SearchChoices
  private let neighbours: Int
  // For each reading and score, the queries that find the nearest, those of the farther half, the neighbours that all queries find.
  private let found: [Int]
  // For each reading and query.
  private let lists: [Int32]
  private let places: [Int32]
  // For each re-rank margin, reading and query, the places within the margin.
  private let candidates: [Int32]

  private static let blockSize = 32
  private static let figures = 3

  /// Searches for every query of `sample` once.
  init(_ sample: SearchSample, _ choices: SearchChoices) {
    self.choices = choices
    let count = sample.queries.count
    self.count = count
    neighbours = sample.neighbours
    let readings = choices.readings.count
    let width = Self.figures * readings * choices.scores.count
    let blocks = ranges(of: count, size: Self.blockSize)
    let found = SharedArray<Int32>(count: blocks.count * width, 0)
    let lists = SharedArray<Int32>(count: readings * count, 0)
    let places = SharedArray<Int32>(count: readings * count, 0)
    let candidates = SharedArray<Int32>(count: choices.rerankMargins.count * readings * count, 0)
    inParallel(blocks.count) { block in
      for query in blocks[block] {
        let followed = FollowedQuery(sample.trace(query), sample.places[query], choices)
        for reading in 0..<readings {
          let outcome = followed.outcome(reading)
          lists[reading * count + query] = outcome.lists
          places[reading * count + query] = outcome.places
          for (margin, within) in outcome.candidates.enumerated() {
            candidates[(margin * readings + reading) * count + query] = within
          }
          for score in choices.scores.indices {
            let place = block * width + Self.figures * (reading * choices.scores.count + score)
            if outcome.isFound(0, choices.scores[score]) {
              found[place] += 1
              if sample.isFar[query] { found[place + 1] += 1 }
            }
            found[place + 2] += outcome.found(choices.scores[score])
          }
        }
      }
    }
    var sums = [Int](repeating: 0, count: width)
    for block in blocks.indices {
      for place in sums.indices { sums[place] += Int(found[block * width + place]) }
    }
    self.found = sums
    self.lists = lists.array
    self.places = places.array
    self.candidates = candidates.array
  }

  /// The share of queries that find their nearest neighbour.
  func recall(_ reading: Int, _ score: Int) -> Double {
    Double(found[Self.figures * (reading * choices.scores.count + score)]) / Double(max(count, 1))
  }

  /// The same of the half of the queries whose nearest neighbours are farthest.
  func recallOfFar(_ reading: Int, _ score: Int) -> Double {
    Double(found[Self.figures * (reading * choices.scores.count + score) + 1]) / Double(max((count + 1) / 2, 1))
  }

  /// The share of the nearest neighbours, ten for each query, that are found.
  func recallOfTen(_ reading: Int, _ score: Int) -> Double {
    Double(found[Self.figures * (reading * choices.scores.count + score) + 2]) / Double(max(neighbours, 1))
  }

  /// The lists, the places and the rows scored exactly of a query.
  func effort(_ query: Int, _ reading: Int, _ score: Int) -> (lists: Int, places: Int, scored: Int) {
    let score = choices.scores[score]
    let within = Int(candidates[(score.margin * choices.readings.count + reading) * count + query])
    return (
      Int(lists[reading * count + query]), Int(places[reading * count + query]),
      min(score.rerank, max(within, SearchTuning.leastRerank))
    )
  }
}

/// A query with everything that any choice asks about.
private struct FollowedQuery {
  /// What comes of one way to read lists.
  struct Outcome {
    var lists: Int32 = 0
    var places: Int32 = 0
    /// The places within each re-rank margin.
    var candidates: [Int32]
    // For each neighbour how many places come before it, the maximum if its lists are not read, and its value.
    fileprivate var ranks: [(rank: Int32, value: Int32)]
    // The least values that re-rank margins keep.
    fileprivate var floors: [Int32]

    /// Whether a neighbour is scored exactly.
    func isFound(_ neighbour: Int, _ score: SearchChoices.Score) -> Bool {
      guard neighbour < ranks.count else { return false }
      let (rank, value) = ranks[neighbour]
      return rank < score.rerank && (rank < SearchTuning.leastRerank || value >= floors[score.margin])
    }

    /// How many neighbours are scored exactly.
    func found(_ score: SearchChoices.Score) -> Int32 {
      ranks.indices.reduce(0) { $0 + (isFound($1, score) ? 1 : 0) }
    }
  }

  private let trace: SearchTrace
  private let choices: SearchChoices
  // The step and the value at each place of each neighbour, and how many places of each step have at least this value.
  private let found: [[(step: Int, value: Int32, before: [Int32])]]
  // For each re-rank margin how many places of each step are within it.
  private let within: [[Int32]]

  init(_ trace: SearchTrace, _ neighbours: [[ListPlace]], _ choices: SearchChoices) {
    self.trace = trace
    self.choices = choices
    found = neighbours.map { places in
      places.compactMap { trace.value(at: $0) }.map { place in
        (place.step, place.value, trace.steps.map { trace.count(in: $0, from: place.value) })
      }
    }
    let best = trace.steps.map(\.greatest).max() ?? 0
    within = choices.rerankMargins.map { margin in
      let floor = trace.floor(within: margin, of: best)
      return trace.steps.map { trace.count(in: $0, from: floor) }
    }
  }

  func outcome(_ reading: Int) -> Outcome {
    let read = trace.read(choices.readings[reading])
    var isRead = [Bool](repeating: false, count: trace.steps.count)
    var places = 0
    var best: Int32 = 0
    for step in read {
      isRead[step] = true
      places += trace.steps[step].places
      best = max(best, trace.steps[step].greatest)
    }
    let ranks = found.map { places in
      // Of a neighbour's places the one with the greatest value has the fewest before it.
      guard let place = places.filter({ isRead[$0.step] }).max(by: { $0.value < $1.value }) else {
        return (rank: Int32.max, value: Int32.min)
      }
      return (rank: Self.sum(place.before, read) - 1, value: place.value)
    }
    return Outcome(
      lists: Int32(read.count), places: Int32(places), candidates: within.map { Self.sum($0, read) }, ranks: ranks,
      floors: choices.hasCodes
        ? choices.rerankMargins.map { trace.floor(within: $0, of: best) }
        : [Int32](repeating: .min, count: choices.rerankMargins.count))
  }

  private static func sum(_ counts: [Int32], _ steps: [Int]) -> Int32 { steps.reduce(0) { $0 &+ counts[$1] } }
}
