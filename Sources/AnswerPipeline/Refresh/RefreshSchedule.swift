import BundleCompiler
import BundleFormat

/// Which answer is made anew on which day.
///
/// An answer is released a day before it is due, since batch services take up to a day, and what is due already on the first day. Of
/// what is released and not done the answers that are asked most come first, up to the budget of the day; the rest is carried over.
/// As each answer takes one place, this order makes the number of askings that meet a stale answer least (Smith's rule).
struct RefreshSchedule {
  /// An answer on its day.
  struct Item {
    let answer: DueAnswer
    /// The day, counted from 0.
    let day: Int
    /// The id of its request.
    let request: String
  }

  /// The answers to ask a model for, in the order of days and ranks.
  private(set) var items: [Item] = []
  /// Those that a model cannot be asked for by their question alone, and why: a person makes them anew.
  private(set) var byHand: [(answer: DueAnswer, reason: String)] = []

  /// Schedules `due`, answers of `entries`.
  init(_ due: [DueAnswer], now: Int64, budget: Int?, among entries: [DatedEntry]) {
    var forms = NormalForms()
    var wordings: [String: Int] = [:]
    for entry in entries { wordings[forms.of(entry.question) ?? "", default: 0] += 1 }
    var open: [(answer: DueAnswer, release: Int)] = []
    for answer in due.sorted(by: Self.precedes) {
      if answer.entry.isTemplate {
        byHand.append((answer, "the answer is a template"))
      } else if wordings[forms.of(answer.entry.question) ?? "", default: 0] > 1 {
        byHand.append((answer, "another entry has the same question"))
      } else {
        let (seconds, overflow) = answer.due.subtractingReportingOverflow(now)
        open.append((answer, overflow ? 0 : max(0, Int(seconds / 86_400) - 1)))
      }
    }
    var ids: Set<String> = []
    var day = 0
    while !open.isEmpty {
      day = max(day, open.map(\.release).min() ?? day)
      var left = budget ?? Int.max
      var later: [(answer: DueAnswer, release: Int)] = []
      for next in open {
        guard left > 0, next.release <= day else {
          later.append(next)
          continue
        }
        left -= 1
        items.append(Item(answer: next.answer, day: day, request: Self.request(next.answer.entry.id, &ids)))
      }
      open = later
      day += 1
    }
  }

  private static func precedes(_ first: DueAnswer, _ second: DueAnswer) -> Bool {
    if first.rate != second.rate { return first.rate > second.rate }
    let ranks = [first, second].map { DueReason.allCases.firstIndex(of: $0.reasons[0]) ?? 0 }
    if ranks[0] != ranks[1] { return ranks[0] < ranks[1] }
    return first.due != second.due ? first.due < second.due : ExactText.precedes(first.entry.id, second.entry.id)
  }

  // Letters and digits only, which every service takes, and no s, which begins the number of a sample. The same in every run.
  private static func request(_ id: String, _ known: inout Set<String>) -> String {
    var name = id
    while true {
      let hash = Array(name.utf8).withBytes { KeyHash.of($0, domain: KeyHash.entryID) }
      let request = "r" + String(hash, radix: 16)
      if known.insert(request).inserted { return request }
      name += "+"
    }
  }
}
