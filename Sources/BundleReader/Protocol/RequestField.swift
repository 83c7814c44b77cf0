import BundleFormat

/// The keys of a request that have a meaning. Others are ignored.
public enum RequestField: UInt8, CaseIterable, Sendable {
  case id, query, vector, vectorModel, now, turn, scope, maximumWrong, variables, explain, prompt

  /// The key as it stands in a request.
  public var name: StaticString {
    switch self {
    case .id: "id"
    case .query: "query"
    case .vector: "vector"
    case .vectorModel: "vector_model"
    case .now: "now"
    case .turn: "turn"
    case .scope: "scope"
    case .maximumWrong: "max_wrong"
    case .variables: "variables"
    case .explain: "explain"
    case .prompt: "prompt"
    }
  }

  /// The field with this key, or `nil`.
  init?(key: Bytes) {
    for field in Self.allCases where key.equals(field.name) {
      self = field
      return
    }
    return nil
  }
}
