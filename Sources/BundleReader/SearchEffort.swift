/// How much of an index a search looks at, where a measurement wants something else than what the compiler chose.
///
/// Answers to users always come from `chosen`: thresholds were set for it.
public struct SearchEffort: Sendable {
  /// The number of lists looked at; `nil`: the bundle's own. At most all lists are.
  public var probes: Int?
  /// The number of rows scored exactly; `nil`: the bundle's own.
  public var rerank: Int?
  /// Whether every row of every list is scored exactly, with codes left aside. As many results are kept as otherwise.
  public var isExhaustive: Bool

  /// What the compiler chose.
  public static let chosen = SearchEffort()

  /// An effort; what is not named is as the compiler chose it.
  public init(probes: Int? = nil, rerank: Int? = nil, isExhaustive: Bool = false) {
    self.probes = probes
    self.rerank = rerank
    self.isExhaustive = isExhaustive
  }
}
