import BundleCompiler
import BundleFormat
import BundleReader

/// Holds the routes on which a bundle sends its fallbacks against examples of which the cheapest sufficient tier is known.
public struct RouteAudit: Sendable {
  /// A request of which the cheapest tier that answers it well is known.
  public struct Example: Sendable {
    public let query: String
    /// The place of that tier among the tiers.
    public let sufficient: Int
    /// The tokens of an answer, if the row states them.
    let tokens: (input: Double, output: Double)?
    public let line: Int
  }

  /// An example that fell back, and the tier it was sent to.
  public struct Fallback: Sendable {
    public let example: Example
    /// The place of the tier of its route; the dearest if the bundle names none.
    public let sent: Int
    public let isNamed: Bool
  }

  /// A share of the fallbacks, with the two-sided Clopper-Pearson interval for the share that it is a sample of.
  public struct Share: Sendable, Equatable {
    public let count: Int
    public let sample: Int
    public let low: Double
    public let high: Double

    init(_ count: Int, of sample: Int, confidence: Double) {
      self.count = count
      self.sample = sample
      let oneSided = (1 + confidence) / 2
      low = sample == 0 ? 0 : BinomialBound.lower(count, of: sample, confidence: oneSided)
      high = sample == 0 ? 1 : BinomialBound.upper(count, of: sample, confidence: oneSided)
    }

    /// The share; `nil` of nothing.
    public var value: Double? { sample == 0 ? nil : Double(count) / Double(sample) }
  }

  /// What a thousand fallbacks cost. Each policy asks again at the sufficient tier where it was too cheap.
  public struct Cost: Sendable {
    public let currency: String
    /// Everything to the dearest tier, by the bundle's routes, and each to its cheapest sufficient tier.
    public let dearest: Double
    public let policy: Double
    public let ideal: Double
    /// What the policy saves of the cost of the dearest tier, with the percentile interval of 2,000 seeded bootstrap samples.
    public let saved: Double
    public let low: Double
    public let high: Double
  }

  /// The names of the tiers, the cheapest first.
  public let tiers: [String]
  /// The examples, and those of them that the bundle answers itself.
  public let examples: Int
  public let hits: Int
  public let fallbacks: [Fallback]
  /// Rows that could not be used, and the first of them.
  public let malformed: Int
  public let firstMalformed: InputError?
  /// How many fallbacks were sent to a tier (row) of which another is the cheapest sufficient one (column).
  public let matrix: [[Int]]
  /// Fallbacks without a route of their own, which count as sent to the dearest tier.
  public let unnamed: Int
  /// Those for which a cheaper tier than the dearest suffices.
  public let couldBeCheaper: Share
  /// Those that the routes do send to a cheaper tier than the dearest which suffices.
  public let rightlyCheaper: Share
  /// Those sent to a tier that does not suffice, and those sent to a dearer one than needed.
  public let tooCheap: Share
  public let tooDear: Share
  /// `nil` without prices.
  public let cost: Cost?

  /// Asks `bundle` the examples of the file at `path`.
  ///
  /// - Parameters:
  ///   - tiers: The names of the tiers, the cheapest first; those of the price table's routes if `nil`.
  ///   - now: The time at which answers must be valid, in seconds since 1970.
  ///   - confidence: Of the intervals, from 0.5 up to, not including, 1.
  /// - Throws: `InputError` for a file that cannot be read, unknown tiers, or routes of the bundle that are no tier.
  public init(
    _ bundle: Bundle, examples path: String, tiers: [String]?, prices: PriceTable?, now: Int64, confidence: Double
  ) throws {
    let names = try tiers ?? Self.tiers(of: prices, path)
    let file = try RouteExampleFile(path: path, tiers: names)
    let fates = QuestionFate.all(file.examples.map(\.query), of: bundle, now: now) { _ in }
    var fallbacks: [Fallback] = []
    for (example, fate) in zip(file.examples, fates) where !fate.isHit {
      guard let route = fate.route else {
        fallbacks.append(Fallback(example: example, sent: names.count - 1, isNamed: false))
        continue
      }
      guard let sent = names.firstIndex(of: route) else {
        throw InputError(
          file: path, line: example.line,
          problem:
            "the bundle sends this query to the route \"\(route)\", which is none of the tiers \(names.joined(separator: ", "))",
          remedy: "name all routes with --tiers, the cheapest first")
      }
      fallbacks.append(Fallback(example: example, sent: sent, isNamed: true))
    }
    self.tiers = names
    self.fallbacks = fallbacks
    self.examples = file.examples.count
    hits = file.examples.count - fallbacks.count
    malformed = file.malformed
    firstMalformed = file.firstMalformed
    var matrix = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
    for fallback in fallbacks { matrix[fallback.sent][fallback.example.sufficient] += 1 }
    self.matrix = matrix
    unnamed = fallbacks.count { !$0.isNamed }
    let last = names.count - 1
    func share(_ isCounted: (Fallback) -> Bool) -> Share {
      Share(fallbacks.count(where: isCounted), of: fallbacks.count, confidence: confidence)
    }
    couldBeCheaper = share { $0.example.sufficient < last }
    rightlyCheaper = share { $0.sent < last && $0.sent >= $0.example.sufficient }
    tooCheap = share { $0.sent < $0.example.sufficient }
    tooDear = share { $0.sent > $0.example.sufficient }
    cost = try prices.flatMap { try RouteCosts($0, names).cost(fallbacks, confidence: confidence) }
  }

  // The routes of the price table in the order of what an answer of its usual length costs.
  private static func tiers(of prices: PriceTable?, _ path: String) throws(InputError) -> [String] {
    guard let prices, prices.routes.count > 1 else {
      throw InputError(
        file: path, problem: "the order of the tiers is not known",
        remedy: "give --tiers small,large, the cheapest first, or a price table with 'routes'")
    }
    func price(_ model: Int) -> Double {
      prices.models[model].live.of(input: prices.tokens.input, output: prices.tokens.output)
    }
    return prices.routes.sorted {
      price($0.model) != price($1.model) ? price($0.model) < price($1.model) : $0.name < $1.name
    }.map(\.name)
  }
}
