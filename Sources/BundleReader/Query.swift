import BundleFormat

/// One request to a session. The windows must stay valid during the call.
public struct Query {
  /// The question as UTF-8. May be `nil` only if there is a vector.
  public var text: Bytes?
  /// The name of a prompt of the bundle; filled with `variables` it takes the place of `text`, and only a question equal to it is
  /// answered. There is no text and no vector then.
  public var prompt: Bytes?
  /// A vector of the bundle's embedding model: `dimensions` int8 components, at any positive scale.
  public var vector: Bytes?
  /// The time at which the answer must be valid, in seconds since 1970.
  public var now: Int64
  /// What the answer must be valid for, as scope text (see `ScopeText`); `nil` if the caller does not say.
  public var scope: Bytes?
  /// The values for the slots of answers, laid out like a scope; `nil` if there are none.
  public var variables: Bytes?
  /// The share of wrong answers the caller accepts, in millionths of all requests; can only tighten the bundle's own.
  public var maximumWrong: UInt32?
  /// The number of the message in its conversation, from 1.
  public var turn: UInt32

  public init(
    text: Bytes? = nil, vector: Bytes? = nil, now: Int64, scope: Bytes? = nil, variables: Bytes? = nil,
    maximumWrong: UInt32? = nil, turn: UInt32 = 1
  ) {
    self.text = text
    self.vector = vector
    self.now = now
    self.scope = scope
    self.variables = variables
    self.maximumWrong = maximumWrong
    self.turn = turn
  }
}

/// How an answer was found.
public enum MatchKind: Sendable {
  /// The query's normal form equals that of a stored question.
  case exact
  /// A stored question is near enough, and no other answer is.
  case semantic
}

/// A stored question that is near a query.
public struct Candidate: Sendable {
  /// The ordinal of the question.
  public var question: UInt32
  /// The ordinal of its entry, or of a distractor with `QuestionRecord.distractorFlag`.
  public var owner: UInt32
  /// The cosine in units of 1/65,536.
  public var similarity: Int64

  /// Whether the question must not be answered.
  public var isDistractor: Bool { owner & QuestionRecord.distractorFlag != 0 }
}

/// What became of a query.
public struct Outcome: Sendable {
  /// Why there is no answer; `nil` for a hit.
  public var reason: FallbackReason?
  /// The entry that answers (or, for `expired`, `notYetValid`, `missingVariable`, would).
  public var entry: UInt32?
  /// The stored question that matched.
  public var question: UInt32?
  /// How it was found; `nil` for a fallback.
  public var kind: MatchKind?
  /// One less the share of wrong answers measured at this score, in millionths.
  public var confidence: UInt32 = 0
  /// The index of the route for a fallback, or `EntryRecord.noRoute`.
  public var route: UInt16 = EntryRecord.noRoute
  // Whether that route is the one of the distractor or entry that matched.
  var hasOwnRoute = false
  /// The score that was compared with the threshold, if a candidate was scored.
  public var score: Int64?
  /// The candidate whose score that is.
  public var compared: Candidate?
  /// In what the nearest candidate contradicts the query, if it does.
  public var veto: VetoKind?
  /// The similarity of the best candidate and its margin over the best one with another answer.
  public var similarity: Int64 = 0
  public var margin: Int64 = 0
  /// The classes of the text that the best candidate's entry does not excuse: while there are any, no score suffices.
  public var barred: RuleClasses = []

  static func fallback(_ reason: FallbackReason, route: UInt16) -> Outcome {
    var outcome = Outcome()
    outcome.reason = reason
    outcome.route = route
    return outcome
  }
}
