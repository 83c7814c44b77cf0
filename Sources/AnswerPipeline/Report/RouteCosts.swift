import BundleCompiler

/// What fallbacks cost under one policy of routes or another.
struct RouteCosts {
  private let prices: PriceTable
  /// The model of each tier.
  private let models: [Int]

  private static let samples = 2_000
  private static let seed: UInt64 = 1

  /// - Throws: `InputError` if the table has no model for a tier.
  init(_ prices: PriceTable, _ tiers: [String]) throws(InputError) {
    self.prices = prices
    var models: [Int] = []
    for tier in tiers {
      guard let route = prices.routes.first(where: { $0.name == tier }) else {
        throw InputError(
          file: prices.name, problem: "no model answers the tier '\(tier)'", remedy: "add it to 'routes'")
      }
      models.append(route.model)
    }
    self.models = models
  }

  /// The costs of a thousand fallbacks like these.
  func cost(_ fallbacks: [RouteAudit.Fallback], confidence: Double) -> RouteAudit.Cost? {
    guard !fallbacks.isEmpty else { return nil }
    let dearest = fallbacks.map { price($0, models.count - 1) }
    let policy = fallbacks.map {
      price($0, $0.sent) + ($0.sent < $0.example.sufficient ? price($0, $0.example.sufficient) : 0)
    }
    let ideal = fallbacks.map { price($0, $0.example.sufficient) }
    let scale = 1_000 / Double(fallbacks.count)
    let all = dearest.reduce(0, +)
    func saved(_ dearest: Double, _ policy: Double) -> Double { dearest > 0 ? (dearest - policy) / dearest : 0 }
    var random = BootstrapOrder(seed: Self.seed)
    var results: [Double] = []
    for _ in 0..<Self.samples {
      var sums = (dearest: 0.0, policy: 0.0)
      for _ in fallbacks.indices {
        let place = random.next(below: fallbacks.count)
        sums.dearest += dearest[place]
        sums.policy += policy[place]
      }
      results.append(saved(sums.dearest, sums.policy))
    }
    results.sort()
    let tail = (1 - confidence) / 2
    let low = results[min(Int(tail * Double(Self.samples)), Self.samples - 1)]
    let high = results[min(Int((1 - tail) * Double(Self.samples)), Self.samples - 1)]
    return RouteAudit.Cost(
      currency: prices.currency, dearest: all * scale, policy: policy.reduce(0, +) * scale,
      ideal: ideal.reduce(0, +) * scale, saved: saved(all, policy.reduce(0, +)), low: low, high: high)
  }

  private func price(_ fallback: RouteAudit.Fallback, _ tier: Int) -> Double {
    let tokens = fallback.example.tokens ?? prices.tokens
    return prices.models[models[tier]].live.of(input: tokens.input, output: tokens.output)
  }
}

/// Which examples a bootstrap sample has: SplitMix64 (Steele, Lea, Flood, 2014), the same in every run.
struct BootstrapOrder {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// The next number from 0 up to, not including, `bound`.
  mutating func next(below bound: Int) -> Int {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return Int((mixed ^ (mixed >> 31)).multipliedFullWidth(by: UInt64(bound)).high)
  }
}
