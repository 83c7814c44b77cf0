/// How the trials of a campaign ended, by category.
struct Tally: Sendable {
  private(set) var counts: [String: [TrialOutcome: Int]] = [:]

  mutating func add(_ category: String, _ outcome: TrialOutcome) {
    counts[category, default: [:]][outcome, default: 0] += 1
  }

  mutating func add(_ other: Tally) {
    for (category, outcomes) in other.counts {
      for (outcome, count) in outcomes { counts[category, default: [:]][outcome, default: 0] += count }
    }
  }

  /// The number of trials that ended so.
  func total(_ outcome: TrialOutcome) -> Int { counts.values.reduce(0) { $0 + ($1[outcome] ?? 0) } }

  /// The number of trials.
  var trials: Int { TrialOutcome.allCases.reduce(0) { $0 + total($1) } }

  /// A table in Markdown: a line for each category, the last for all.
  func table(_ head: String) -> String {
    var lines = [
      "| \(head) | trials | refused at open | `damaged` | no effect | changed answers | crashes |",
      "|---|---:|---:|---:|---:|---:|---:|",
    ]
    func line(_ name: String, _ count: (TrialOutcome) -> Int) {
      let numbers = TrialOutcome.allCases.map { String(count($0)) }
      let trials = TrialOutcome.allCases.reduce(0) { $0 + count($1) }
      lines.append("| \(name) | \(trials) | \(numbers.joined(separator: " | ")) |")
    }
    for category in counts.keys.sorted() { line(category) { counts[category]?[$0] ?? 0 } }
    line("**all**") { total($0) }
    return lines.joined(separator: "\n") + "\n"
  }
}
