/// Why an input line gives no entry, question or embedding.
public enum DropReason: String, Sendable, CaseIterable {
  /// Not JSON, not CSV, or not of a form that the services or owners write.
  case malformed
  /// No request file and no plan has its id, so its question is unknown.
  case unknownRequest = "unknown-request"
  /// The service reports an error, a cancellation or an expiry.
  case error
  /// The model declined, or a content filter stepped in.
  case refusal
  /// The answer was cut off at the token limit.
  case truncated
  /// The model called a tool instead of answering.
  case toolCall = "tool-call"
  /// There is no answer text, or no question.
  case empty
  /// The same answer to the same question stands on an earlier line.
  case duplicate
  /// The question or the answer is longer than a bundle takes, or than was allowed.
  case overLong = "over-long"
  /// A person rated the answer below the gate.
  case ratedBad = "rated-bad"
  /// An embedding of a text that no entry and no wording has.
  case unusedEmbedding = "unused-embedding"
  /// A rewording that is nearer another entry than its own, or equal to a question of one.
  case nearerAnother = "nearer-another"
  /// A wording of a planned entry that has no answer.
  case noEntry = "no-entry"
  /// A person has not accepted the wording.
  case notAccepted = "not-accepted"
}

/// Why an answer or wording waits for a person instead of going into the entries.
public enum HoldReason: String, Sendable, CaseIterable {
  /// Several samples of one question do not say the same.
  case disagreement
  /// It begins like a refusal, though the service did not call it one.
  case readsAsRefusal = "reads-as-refusal"
  /// A rewording that is hardly nearer its own entry than another, or far from both.
  case doubtful
}

/// What became of one input line. Every line that is not blank has exactly one fate.
public enum LineFate: Sendable, Hashable {
  /// Its answer is an entry's.
  case entry
  /// It bears out an entry's answer: another sample of the same question.
  case sample
  /// It gave wordings of entries, distractors, or both.
  case wordings
  /// Its vectors belong to entries or wordings.
  case embedding
  /// It waits for a person.
  case held(HoldReason)
  /// It is left out.
  case dropped(DropReason)

  /// The fate as reports name it.
  public var name: String {
    switch self {
    case .entry: "entry"
    case .sample: "sample"
    case .wordings: "wordings"
    case .embedding: "embedding"
    case .held(let reason): reason.rawValue
    case .dropped(let reason): reason.rawValue
    }
  }
}
