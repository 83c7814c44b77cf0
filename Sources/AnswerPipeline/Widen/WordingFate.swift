/// What became of one proposed wording. Every one has exactly one fate.
public enum WordingFate: String, Sendable, CaseIterable {
  /// It is a further wording of its entry.
  case variant
  /// It is a question that must not be answered.
  case distractor
  /// It waits for a person, in the review file.
  case doubtful
  /// Its entry has it already, or it was proposed twice.
  case duplicate
  /// It is nearer another entry than its own, or equal to a question of one.
  case nearerAnother = "nearer-another"
  /// Nothing is left of it when it is normalised, or it is no text.
  case empty
  /// Its entry was planned, but none of the answers became an entry of that id.
  case noEntry = "no-entry"
  /// It is longer than a bundle takes.
  case overLong = "over-long"

  /// What it makes of a line on which nothing fared better.
  var ofLine: LineFate {
    switch self {
    case .variant, .distractor: .wordings
    case .doubtful: .held(.doubtful)
    case .duplicate: .dropped(.duplicate)
    case .nearerAnother: .dropped(.nearerAnother)
    case .empty: .dropped(.empty)
    case .noEntry: .dropped(.noEntry)
    case .overLong: .dropped(.overLong)
    }
  }
}
