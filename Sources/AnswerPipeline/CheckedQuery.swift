import BundleReader

/// What became of a labelled query.
public enum Verdict: String, Sendable, CaseIterable {
  /// Answered with the expected entry.
  case right
  /// Answered with another entry, or although none was expected.
  case wrong
  /// Not answered although an entry was expected.
  case missed
  /// Not answered, and no entry was expected: a correct fallback.
  case refused
}

/// A labelled query after it was asked.
public struct CheckedQuery: Sendable {
  /// What an answer to the query would be if the threshold were low enough.
  public struct Candidate: Sendable {
    /// The entry's ordinal.
    public let entry: UInt32
    /// Its score; `RiskCoverageCurve.exactScore` if the query equals a stored question, which no threshold excludes.
    public let score: Int64
  }

  /// The query and what it expects.
  public let query: LabelledQuery
  /// What the bundle said.
  public let outcome: Outcome
  /// The entry that would answer at a lower threshold, or does; `nil` if none would at any.
  public let best: Candidate?

  /// The entry that answered.
  public var answered: UInt32? { outcome.kind == nil ? nil : outcome.entry }

  /// What became of the query.
  public var verdict: Verdict {
    switch (query.expected, answered) {
    case (let expected?, let answered?) where expected == answered: .right
    case (_, .some): .wrong
    case (.some, nil): .missed
    case (nil, nil): .refused
    }
  }
}
