import BundleCompiler

/// Why an answer is to be made anew.
public enum DueReason: String, Sendable, CaseIterable {
  /// What it was made from has changed, so that it may be wrong while it is served.
  case changed
  /// Its validity has ended, or will: it is not served then.
  case expired
  /// Its cadence has passed since it was made, or will have; or it has one and does not say when it was made.
  case cadence
}

/// An answer that is due.
struct DueAnswer {
  let entry: DatedEntry
  /// The reasons that hold by the end of the time looked at, the gravest first.
  let reasons: [DueReason]
  /// The moment at which the first of them holds, in seconds since 1970; `now` for what has no time of its own.
  let due: Int64
  /// How often it is asked on a day.
  private(set) var rate = 0.0

  /// `nil` if the entry is not due by `until`.
  init?(_ entry: DatedEntry, sources: SourceDigests?, now: Int64, until: Int64) {
    var found: [(reason: DueReason, due: Int64)] = []
    if let sources, let digest = entry.freshness.sourceDigest, !sources.contains(digest) {
      found.append((.changed, now))
    }
    if let end = entry.validUntil { found.append((.expired, end)) }
    if entry.freshness.cadence != nil { found.append((.cadence, entry.freshness.due ?? now)) }
    found.removeAll { $0.due > until }
    guard let due = found.map(\.due).min() else { return nil }
    self.entry = entry
    self.due = due
    reasons = found.map(\.reason)
  }

  /// The same with how often it is asked.
  func asked(_ rate: Double) -> DueAnswer {
    var answer = self
    answer.rate = rate
    return answer
  }
}
