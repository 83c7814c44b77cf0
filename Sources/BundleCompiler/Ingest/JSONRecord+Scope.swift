extension JSONRecord {
  /// The pairs of the field `scope`, sorted by key; none if it is missing.
  func scope(_ limits: InputLimits) throws(InputError) -> [ScopePair] {
    guard let value = value("scope") else { return [] }
    guard case .object(let members) = value else { throw wrongType("scope", value, "an object") }
    guard members.count <= limits.scopeKeys else {
      throw place.error("the scope has \(members.count) keys, more than \(limits.scopeKeys)", do: "use fewer")
    }
    var pairs: [ScopePair] = []
    for member in members {
      try checkName(member.key, "a key of the scope", limit: limits.scopeText)
      let text: String
      switch member.value {
      case .string(let value): text = value
      case .integer(let value): text = String(value)
      case .number(let value): text = Int64(exactly: value).map(String.init) ?? value.description
      case .bool(let value): text = value ? "true" : "false"
      default:
        throw place.error(
          "the scope's \"\(member.key)\" is \(member.value.kind)", do: "write a string, a number, true or false")
      }
      try checkName(text, "the scope's \"\(member.key)\"", limit: limits.scopeText)
      pairs.append(ScopePair(key: member.key, value: text))
    }
    return pairs.sorted { ExactText.precedes($0.key, $1.key) }
  }
}

extension [ScopePair] {
  /// The pairs, sorted by key, in the form of `ScopeText`.
  var scopeText: [UInt8] {
    var text: [UInt8] = []
    for pair in self {
      for part in [pair.key, pair.value] {
        text.append(contentsOf: part.utf8)
        text.append(0)
      }
    }
    return text
  }
}
