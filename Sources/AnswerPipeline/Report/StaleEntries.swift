import BundleFormat

/// The entries whose validity ended, ends soon or has not begun, and how often they are asked.
struct StaleEntries {
  enum State: String {
    case expired, due
    case notYetValid = "not yet valid"
  }

  struct Item {
    let state: State
    let id: String
    let question: String
    /// When it expires, or begins, in seconds since 1970.
    let time: Int64
    /// The requests of the log that it answers, or would.
    let requests: Double
  }

  /// The most asked first.
  let items: [Item]

  /// - Parameters:
  ///   - asOf: The time, in seconds since 1970.
  ///   - horizon: Entries are due that expire within so many days.
  init(
    _ contents: BundleContents, _ questions: [LogTally.Question], _ fates: [QuestionFate], asOf: Int64, horizon: Double
  ) {
    var asked = [Double](repeating: 0, count: contents.entries.count)
    for (question, fate) in zip(questions, fates) {
      guard let entry = fate.entry, Int(entry) < asked.count,
        fate.isHit || fate.reason == .expired || fate.reason == .notYetValid
      else { continue }
      asked[Int(entry)] += question.count
    }
    let last = Double(asOf) + horizon * 86_400
    items = contents.entries.enumerated().compactMap { ordinal, entry -> Item? in
      let state: State
      if entry.validUntil <= asOf {
        state = .expired
      } else if entry.validFrom > asOf {
        state = .notYetValid
      } else if Double(entry.validUntil) <= last {
        state = .due
      } else {
        return nil
      }
      return Item(
        state: state, id: entry.id, question: entry.question,
        time: state == .notYetValid ? entry.validFrom : entry.validUntil, requests: asked[ordinal])
    }.sorted { $0.requests != $1.requests ? $0.requests > $1.requests : $0.time < $1.time }
  }

  func count(_ state: State) -> Int { items.count { $0.state == state } }
}
