import BundleFormat

/// One stored question of a compile.
struct QuestionInput: Equatable, Sendable {
  /// The wording as given: 1 to 2,048 bytes, with something left after normalisation.
  let text: String
  /// Whom it belongs to.
  let owner: QuestionOwner
  /// Where the wording comes from. `written` for canonical questions and inline variants.
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

/// An example of the queries that belong to a route.
struct RouteExampleInput: Equatable, Sendable {
  /// The query: 1 to 2,048 bytes, with something left after normalisation.
  let text: String
  /// The name of its route.
  let route: String
}

/// What the recipe's author decided about a pair of entries that the self-test had confused.
struct PairInput: Equatable, Sendable {
  /// The decision.
  enum Decision: String, Sendable {
    /// Both entries are one answer: that of the first.
    case merge
    /// They differ; the pair is not shown again.
    case keep
    /// The question is no longer answered.
    case distractor
  }

  let decision: Decision
  /// The ordinals of the two entries.
  let first: UInt32
  let second: UInt32
  /// The question of the first that became a distractor; `nil` for other decisions.
  let question: String?
  /// Where the decision stands, for errors.
  let place: InputPlace
}

/// A labelled query, for calibration.
struct QueryInput: Equatable, Sendable {
  /// The query: 1 to 2,048 bytes, with something left after normalisation.
  let text: String
  /// The ordinal of the entry that answers it; `nil` if it must fall back.
  var expected: UInt32?
  /// What kind of query its author calls it.
  let kind: String?
  /// Where it comes from; `written` unless stated, since only what is known to be sampled may certify.
  let origin: WordingOrigin
  /// What its answer must be valid for, in the form of `ScopeText`; empty if the row does not say.
  var scope: [UInt8] = []
  /// The number of the message in its conversation, from 1.
  var turn: UInt32 = 1
  /// Its row in the embeddings of the queries, or `nil` if no embedding was given for it.
  let embeddingRow: UInt32?
}
