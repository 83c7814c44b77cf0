import BundleFormat
import BundleReader

/// All that labelled queries say about a bundle.
public struct CheckReport: Sendable {
  /// The queries of one kind.
  public struct Kind: Sendable {
    /// The kind; `nil` for queries without one.
    public let name: String?
    /// Their verdicts.
    public let counts: CheckCounts
  }

  /// The fallbacks with one reason.
  public struct Fallback: Sendable {
    /// The reason.
    public let reason: FallbackReason
    /// Those that expected an entry.
    public let missed: Int
    /// Those that did not.
    public let refused: Int
  }

  /// Every query, in the file's order.
  public let queries: [CheckedQuery]
  /// The verdicts of all queries.
  public let counts: CheckCounts
  /// The verdicts of exact hits.
  public let exact: CheckCounts
  /// The verdicts of semantic hits.
  public let semantic: CheckCounts
  /// The verdicts of each kind, by name; queries without a kind last.
  public let kinds: [Kind]
  /// The fallbacks, the most frequent reason first.
  public let fallbacks: [Fallback]
  /// What other thresholds would give.
  public let curve: RiskCoverageCurve

  /// Sums up checked queries.
  public init(_ queries: [CheckedQuery]) {
    self.queries = queries
    counts = CheckCounts(queries)
    exact = CheckCounts(queries.lazy.filter { $0.outcome.kind == .exact })
    semantic = CheckCounts(queries.lazy.filter { $0.outcome.kind == .semantic })
    kinds = Dictionary(grouping: queries, by: \.query.kind)
      .map { Kind(name: $0.key, counts: CheckCounts($0.value)) }
      .sorted { first, second in
        guard let name = first.name, let other = second.name else { return first.name != nil && second.name == nil }
        return name < other
      }
    fallbacks = FallbackReason.allCases
      .map { reason in
        let counts = CheckCounts(queries.lazy.filter { $0.outcome.kind == nil && $0.outcome.reason == reason })
        return Fallback(reason: reason, missed: counts.missed, refused: counts.refused)
      }
      .filter { $0.missed + $0.refused > 0 }
      .sorted { ($1.missed + $1.refused, $0.reason.rawValue) < ($0.missed + $0.refused, $1.reason.rawValue) }
    curve = RiskCoverageCurve(
      queries.lazy.compactMap { query in
        query.best.map { RiskCoverageCurve.Candidate(score: $0.score, isRight: $0.entry == query.query.expected) }
      }, requests: counts.requests, answerable: counts.answerable)
  }

  /// At most `count` wrong answers, the most confident first: then by score, exact hits before others, then by line.
  public func worst(_ count: Int) -> [CheckedQuery] {
    let mistakes = queries.filter { $0.verdict == .wrong }.sorted { first, second in
      let (mine, other) = (first.outcome, second.outcome)
      if mine.confidence != other.confidence { return mine.confidence > other.confidence }
      let (score, otherScore) = (first.best?.score ?? 0, second.best?.score ?? 0)
      return score == otherScore ? first.query.line < second.query.line : score > otherScore
    }
    return Array(mistakes.prefix(count))
  }
}
