/// Why a query was not answered. The raw values stand in bundles and in the C interface and never change.
public enum FallbackReason: UInt16, CaseIterable, Sendable {
  /// Nothing stored is near enough.
  case noMatch = 1
  /// Two different answers are near, and nothing tells which is meant.
  case ambiguous = 2
  /// A rule forbids an answer from a bundle (personal, live or action requests).
  case guarded = 3
  /// The nearest stored question is one that must not be answered.
  case distractor = 4
  /// The query cannot be understood without what was said before.
  case needsContext = 5
  /// The message holds more than one request.
  case severalQuestions = 6
  /// What was found is valid for another scope.
  case scope = 7
  /// The answer's time, or the whole bundle's, has passed.
  case expired = 8
  /// The answer's time has not come yet.
  case notYetValid = 9
  /// The answer needs a variable that the request does not give.
  case missingVariable = 10
  /// The request's vector comes from another embedding model.
  case encoderMismatch = 11
  /// The query has no text left after normalisation.
  case emptyQuery = 12
  /// The query is longer than the reader accepts.
  case queryTooLong = 13
  /// A damaged chunk lies on the query's path.
  case damaged = 14

  /// The reason's name in the reader protocol.
  public var name: StaticString {
    switch self {
    case .noMatch: "no-match"
    case .ambiguous: "ambiguous"
    case .guarded: "guard"
    case .distractor: "distractor"
    case .needsContext: "needs-context"
    case .severalQuestions: "several-questions"
    case .scope: "scope"
    case .expired: "expired"
    case .notYetValid: "not-yet-valid"
    case .missingVariable: "missing-variable"
    case .encoderMismatch: "encoder-mismatch"
    case .emptyQuery: "empty-query"
    case .queryTooLong: "query-too-long"
    case .damaged: "damaged"
    }
  }
}
