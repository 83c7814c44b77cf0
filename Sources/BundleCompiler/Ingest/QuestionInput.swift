import BundleFormat

/// One stored question of a compile.
struct QuestionInput: Equatable, Sendable {
  /// The wording as given: 1 to 2,048 bytes, with something left after normalisation.
  let text: String
  /// Whom it belongs to.
  let owner: QuestionOwner
  /// Where the wording comes from. `written` for canonical questions, inline variants and distractors.
  let origin: WordingOrigin
  /// Its row in the embeddings of the questions, or `nil` if no embedding was given for it.
  let embeddingRow: UInt32?
}

/// Whom a stored question belongs to.
enum QuestionOwner: Equatable, Sendable {
  /// The ordinal of the entry that answers it.
  case entry(UInt32)
  /// The ordinal of the distractor that it is.
  case distractor(UInt32)
}

/// Where a wording or a labelled query comes from. Only sampled queries can certify a budget.
enum WordingOrigin: String, Equatable, Sendable {
  /// Drawn from real traffic.
  case sampled
  /// Written by a person.
  case written
  /// Written by a model.
  case generated
  /// Asked by a user and accepted as another wording by a person.
  case accepted
}

/// A stored question that must not be answered. Its wording is among the questions.
struct DistractorInput: Equatable, Sendable {
  /// The reason that a match gives.
  let reason: FallbackReason
  /// The route that a match gives; `nil` for the recipe's default.
  let route: String?
}

/// A labelled query, for calibration.
struct QueryInput: Equatable, Sendable {
  /// The query: 1 to 2,048 bytes, with something left after normalisation.
  let text: String
  /// The ordinal of the entry that answers it; `nil` if it must fall back.
  let expected: UInt32?
  /// What kind of query its author calls it.
  let kind: String?
  /// Where it comes from; `written` unless stated, since only what is known to be sampled may certify.
  let origin: WordingOrigin
  /// Its row in the embeddings of the queries, or `nil` if no embedding was given for it.
  let embeddingRow: UInt32?
}
