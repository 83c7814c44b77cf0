/// How coverage grows with the number of answers: those of the bundle, the most used first, then those that would come next.
struct CoverageGrowth {
  /// A bundle of so many answers.
  struct Point {
    let answers: Int
    /// Its bytes, about.
    let bytes: Double
    /// What its answers cost; `nil` without prices.
    let spend: Double?
    /// The requests of the log that it answers.
    let requests: Double
  }

  /// A point for each number of answers, from none.
  let points: [Point]
  /// How many answers the bundle has, and how many of them no request of the log was answered with.
  let present: Int
  let unused: Int
  /// All requests of the log.
  let requests: Double
  /// How many of the next answers save more within the horizon than they cost, up to the first that does not; `nil` without
  /// prices.
  let paying: Int?
  /// The days of the horizon; `nil` if the log has no times, so that an answer must pay within one such log.
  let horizon: Double?

  init(
    _ contents: BundleContents, _ hits: [Double], _ next: NextAnswers, _ requests: Double, _ pricing: TokenPricing?,
    horizon: Double, days: Double?
  ) {
    self.requests = requests
    present = contents.entries.count
    unused = hits.count { $0 == 0 }
    self.horizon = days == nil ? nil : horizon
    var answers = 0
    var bytes = Double(contents.fixedBytes)
    var spend = 0.0
    var covered = 0.0
    var points = [Point(answers: 0, bytes: bytes, spend: pricing.map { _ in 0 }, requests: 0)]
    func add(_ more: Double, _ size: Double, _ cost: Double?) {
      answers += 1
      bytes += size
      spend += cost ?? 0
      covered += more
      points.append(Point(answers: answers, bytes: bytes, spend: cost.map { _ in spend }, requests: covered))
    }
    for entry in hits.indices.sorted(by: { hits[$0] != hits[$1] ? hits[$0] > hits[$1] : $0 < $1 }) {
      let cost = pricing.map { $0.inAdvance(CostReport.tokens(contents.entries[entry], $0)) }
      add(hits[entry], contents.bytes(of: entry), cost)
    }
    var paying = 0
    var isPaying = true
    for group in next.groups {
      let tokens = group.tokens ?? pricing?.assumed ?? (0, 0)
      let cost = pricing.map { $0.inAdvance(tokens) }
      add(group.gain, contents.meanBytes, cost)
      if let pricing, let cost {
        let repeats = days.map { horizon / $0 } ?? 1
        let live = pricing.live(tokens, model: pricing.table.model(ofRoute: group.fate.route))
        isPaying = isPaying && group.gain * repeats * live > cost
        if isPaying { paying += 1 }
      }
    }
    self.points = points
    self.paying = pricing == nil ? nil : paying
  }

  /// The share of requests answered at `point`; 0 of nothing.
  func coverage(_ point: Point) -> Double { requests > 0 ? point.requests / requests : 0 }

  /// Rows for a table: 1, 2, 5, 10, 20, 50 … answers, the present number, what still pays, and all.
  var milestones: [Point] {
    var numbers: Set<Int> = [present, points.count - 1]
    if let paying { numbers.insert(present + paying) }
    var step = 10
    while step < points.count {
      for factor in [1, 2, 5] { numbers.insert(step * factor) }
      step *= 10
    }
    return numbers.sorted().filter { $0 > 0 && $0 < points.count }.map { points[$0] }
  }
}
