import BundleFormat

/// What becomes of the queries of a sample with each choice: how many find their neighbours, and what it costs.
struct SearchOutcomes: Sendable {
  /// What a search does for a query.
  struct Effort {
    /// Lists compared with the query by their whole centroids.
    var compared: Int
    /// Lists read, and places in them.
    var lists: Int
    var places: Int
    /// Rows scored exactly.
    var scored: Int
  }

  /// The number of queries.
  let count: Int
  private let choices: SearchChoices
  /// The number of neighbours that the queries have.
  let neighbours: Int
  // For each reading and score, the queries that find the nearest, and the neighbours that all queries find.
  private let found: [Int]
  // For each reading and query.
  private let compared: [Int32]
  private let lists: [Int32]
  private let places: [Int32]
  // For each re-rank margin, reading and query, the places within the margin.
  private let candidates: [Int32]

  private static let blockSize = 64
  fileprivate static let figures = 2

  // Where the figures of a score begin, or, without one, those of what is found whatever is scored.
  fileprivate static func place(_ choices: SearchChoices, _ reading: Int, _ score: Int?) -> Int {
    figures * (reading * (choices.scores.count + 1) + (score ?? choices.scores.count))
  }

  /// Searches for every query of `sample` once.
  init(_ sample: SearchSample, _ choices: SearchChoices) {
    self.choices = choices
    let count = sample.queries.count
    self.count = count
    neighbours = sample.neighbours
    let readings = choices.readings.count
    let width = Self.figures * readings * (choices.scores.count + 1)
    let blocks = ranges(of: count, size: Self.blockSize)
    let found = SharedArray<Int32>(count: blocks.count * width, 0)
    let compared = SharedArray<Int32>(count: readings * count, 0)
    let lists = SharedArray<Int32>(count: readings * count, 0)
    let places = SharedArray<Int32>(count: readings * count, 0)
    let candidates = SharedArray<Int32>(count: choices.rerankMargins.count * readings * count, 0)
    inParallel(blocks.count) { block in
      var sums = [Int32](repeating: 0, count: width)
      for query in blocks[block] {
        let followed = FollowedQuery(sample.trace(query), sample.places[query], choices)
        var order: ReadOrder?
        for (reading, way) in choices.readings.enumerated() {
          let current = order.flatMap { $0.serves(way) ? $0 : nil } ?? followed.order(way)
          order = current
          let read = current.length(way)
          compared[reading * count + query] = Int32(current.lists)
          lists[reading * count + query] = Int32(read)
          places[reading * count + query] = current.places[read]
          for margin in choices.rerankMargins.indices {
            candidates[(margin * readings + reading) * count + query] = current.within[margin][read]
          }
          followed.count(current, read, reading, into: &sums)
        }
      }
      for place in 0..<width { found[block * width + place] = sums[place] }
    }
    var sums = [Int](repeating: 0, count: width)
    for block in blocks.indices {
      for place in sums.indices { sums[place] += Int(found[block * width + place]) }
    }
    // What is found whatever is scored was counted once.
    for reading in 0..<readings {
      for score in choices.scores.indices {
        for figure in 0..<Self.figures {
          sums[Self.place(choices, reading, score) + figure] += sums[Self.place(choices, reading, nil) + figure]
        }
      }
    }
    self.found = sums
    self.compared = compared.array
    self.lists = lists.array
    self.places = places.array
    self.candidates = candidates.array
  }

  /// The share of queries that find their nearest neighbour.
  func recall(_ reading: Int, _ score: Int) -> Double {
    Double(found[Self.place(choices, reading, score)]) / Double(max(count, 1))
  }

  /// How many of the nearest neighbours, ten for each query, are found.
  func foundOfTen(_ reading: Int, _ score: Int) -> Int { found[Self.place(choices, reading, score) + 1] }

  /// What is done for a query.
  func effort(_ query: Int, _ reading: Int, _ score: Int) -> Effort {
    let score = choices.scores[score]
    let within = Int(candidates[(score.margin * choices.readings.count + reading) * count + query])
    let place = reading * count + query
    return Effort(
      compared: Int(compared[place]), lists: Int(lists[place]), places: Int(places[place]),
      scored: min(score.rerank, max(within, score.least)))
  }
}

/// A query with everything that any choice asks about.
private struct FollowedQuery {
  private let trace: SearchTrace
  private let choices: SearchChoices
  // For each place of each neighbour the step at which it comes, its value, and how many places of each step have at least this value.
  private let neighbours: [[(step: Int, value: Int32, before: [Int32])]]
  // For each re-rank margin how many places of each step are within it.
  private let within: [[Int32]]

  init(_ trace: SearchTrace, _ neighbours: [[ListPlace]], _ choices: SearchChoices) {
    self.trace = trace
    self.choices = choices
    self.neighbours = neighbours.map { places in
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

  /// The order in which lists are read by a way of reading and by all that differ from it in the number of places only.
  func order(_ reading: SearchTrace.Reading) -> ReadOrder {
    var endless = reading
    endless.enough = 0
    let steps = trace.read(endless)
    var order = ReadOrder(reading)
    order.places = ReadOrder.sums(steps.map { Int32(trace.steps[$0].places) })
    order.best = steps.reduce(into: [0]) { $0.append(max($0[$0.count - 1], trace.steps[$1].greatest)) }
    order.within = within.map { counts in ReadOrder.sums(steps.map { counts[$0] }) }
    order.neighbours = neighbours.map { places in
      places.compactMap { place in
        steps.firstIndex(of: place.step).map { ($0, place.value, ReadOrder.sums(steps.map { place.before[$0] })) }
      }
    }
    return order
  }

  /// Adds what is found of the neighbours when `read` lists have been read to the figures of a reading.
  func count(_ order: ReadOrder, _ read: Int, _ reading: Int, into sums: inout [Int32]) {
    for (neighbour, places) in order.neighbours.enumerated() {
      // Of a neighbour's places the one with the greatest value has the fewest before it.
      var chosen: (value: Int32, rank: Int32)?
      for place in places where place.position < read && chosen.map({ place.value > $0.value }) ?? true {
        chosen = (place.value, place.before[read] - 1)
      }
      guard let (value, rank) = chosen else { continue }
      if rank < SearchChoices.leastReranks[0] {
        add(neighbour, at: SearchOutcomes.place(choices, reading, nil), to: &sums)
        continue
      }
      let floors = choices.rerankMargins.map {
        choices.hasCodes ? trace.floor(within: $0, of: order.best[read]) : .min
      }
      for (score, limit) in choices.scores.enumerated()
      where rank < limit.rerank && (rank < limit.least || value >= floors[limit.margin]) {
        add(neighbour, at: SearchOutcomes.place(choices, reading, score), to: &sums)
      }
    }
  }

  private func add(_ neighbour: Int, at place: Int, to sums: inout [Int32]) {
    if neighbour == 0 { sums[place] += 1 }
    sums[place + 1] += 1
  }
}

/// The lists that a query reads with one margin, in order, and what the first so many of them hold.
private struct ReadOrder {
  private let reading: SearchTrace.Reading
  /// How many places the first lists hold.
  var places: [Int32] = []
  /// The greatest value in them.
  var best: [Int32] = []
  /// For each re-rank margin the places within it.
  var within: [[Int32]] = []
  /// For each place of each neighbour the number of lists before its own, its value, and how many places have at least this value.
  var neighbours: [[(position: Int, value: Int32, before: [Int32])]] = []

  init(_ reading: SearchTrace.Reading) { self.reading = reading }

  /// How many lists there are.
  var lists: Int { places.count - 1 }

  /// Whether another way of reading goes through the lists in this order.
  func serves(_ other: SearchTrace.Reading) -> Bool { other.margin == reading.margin && other.probes == reading.probes }

  /// How many lists are read.
  func length(_ reading: SearchTrace.Reading) -> Int {
    guard reading.enough > 0 else { return lists }
    var read = min(SearchTuning.firstProbes, reading.probes, lists)
    while read < lists, places[read] < reading.enough { read += 1 }
    return read
  }

  static func sums(_ counts: [Int32]) -> [Int32] {
    counts.reduce(into: [0]) { $0.append($0[$0.count - 1] &+ $1) }
  }
}
