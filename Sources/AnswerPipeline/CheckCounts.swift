import BundleReader

/// How often labelled queries came to each verdict.
public struct CheckCounts: Sendable, Equatable {
  /// Answered with the expected entry.
  public private(set) var right = 0
  /// Answered with another entry than the expected one.
  public private(set) var misdirected = 0
  /// Answered although no entry was expected.
  public private(set) var unwarranted = 0
  /// Not answered although an entry was expected.
  public private(set) var missed = 0
  /// Not answered, and no entry was expected: correct fallbacks.
  public private(set) var refused = 0

  /// Counts the verdicts of `checked`.
  public init(_ checked: some Sequence<CheckedQuery>) {
    for query in checked {
      switch query.verdict {
      case .right: right += 1
      case .wrong where query.query.expected == nil: unwarranted += 1
      case .wrong: misdirected += 1
      case .missed: missed += 1
      case .refused: refused += 1
      }
    }
  }

  /// All queries.
  public var requests: Int { hits + missed + refused }
  /// The queries that expect an entry.
  public var answerable: Int { right + misdirected + missed }
  /// The queries that were answered.
  public var hits: Int { right + wrong }
  /// The wrong answers of both kinds.
  public var wrong: Int { misdirected + unwarranted }

  /// The share of hits that are right; `nil` without hits.
  public var precision: Double? { Self.share(right, of: hits) }
  /// The share of all requests that are answered wrongly: FP/n.
  public var wrongShare: Double? { Self.share(wrong, of: requests) }
  /// The share of all requests that are answered.
  public var hitRate: Double? { Self.share(hits, of: requests) }
  /// The share of answerable requests that are answered rightly.
  public var served: Double? { Self.share(right, of: answerable) }

  private static func share(_ part: Int, of whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }
}
