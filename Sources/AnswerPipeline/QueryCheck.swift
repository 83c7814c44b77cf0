import BundleFormat
import BundleReader

/// Asks a bundle labelled queries, once each and in order.
public struct QueryCheck {
  private let bundle: Bundle
  private let now: Int64
  private let effort: SearchEffort

  /// Prepares to check `bundle`. `now` is the time of queries that do not state their own, in seconds since 1970.
  public init(_ bundle: Bundle, now: Int64, effort: SearchEffort = .chosen) {
    self.bundle = bundle
    self.now = now
    self.effort = effort
  }

  /// Asks every query and says what became of each.
  ///
  /// - Parameter progress: Called now and then with the number of queries that are done.
  /// - Throws: `BundleError` for a bundle that is damaged.
  public func run(_ queries: LabelledQueries, progress: (Int) -> Void = { _ in }) throws -> [CheckedQuery] {
    var session = QuerySession(bundle, effort: effort)
    var checked: [CheckedQuery] = []
    checked.reserveCapacity(queries.rows.count)
    for row in queries.rows {
      if checked.count % 1_024 == 0 { progress(checked.count) }
      checked.append(try ask(row, &session))
    }
    return checked
  }

  private func ask(_ row: LabelledQuery, _ session: inout QuerySession) throws -> CheckedQuery {
    try row.text.withBytes { text in
      try row.scope.withBytes { scope in
        // A window of no bytes stands for no vector: closures that may or may not be entered would be no clearer.
        try (row.vector ?? []).withBytes { vector in
          let query = Query(
            text: text, vector: row.vector == nil ? nil : vector, now: row.now ?? now,
            scope: row.scope.isEmpty ? nil : scope, turn: row.turn)
          let outcome = try session.answer(query)
          return CheckedQuery(query: row, outcome: outcome, best: try best(outcome, query))
        }
      }
    }
  }

  // What the threshold alone keeps from answering. Rules, distractors, entries that answer exact matches only, and entries out
  // of their time stay silent at any.
  private func best(
    _ outcome: Outcome, _ query: Query
  ) throws -> CheckedQuery.Candidate? {
    if outcome.kind != nil, let entry = outcome.entry {
      return CheckedQuery.Candidate(entry: entry, score: outcome.score ?? RiskCoverageCurve.exactScore)
    }
    guard let score = outcome.score, outcome.barred.isEmpty, let compared = outcome.compared else { return nil }
    if compared.isDistractor { return nil }
    let record = try bundle.entry(compared.owner)
    guard record.flags & EntryRecord.exactOnly == 0, query.now >= record.validFrom, query.now < record.validUntil else {
      return nil
    }
    return CheckedQuery.Candidate(entry: compared.owner, score: score)
  }
}
