extension JSONRecord {
  /// The pairs of the field `scope`, sorted by key; none if it is missing.
  func scope(_ limits: InputLimits) throws(InputError) -> [ScopePair] {
    let pairs = try self.pairs("scope", owner: "the scope's") { _ throws(InputError) in }
    guard pairs.count <= limits.scopeKeys else {
      throw place.error("the scope has \(pairs.count) keys, more than \(limits.scopeKeys)", do: "use fewer")
    }
    for pair in pairs {
      try checkName(pair.key, "a key of the scope", limit: limits.scopeText)
      try checkName(pair.value, "the scope's \"\(pair.key)\"", limit: limits.scopeText)
    }
    return pairs
  }

  /// The members of the object in the field `key` as texts, sorted by key; none if it is missing. `owner` names it
  /// in errors, `check` refuses values.
  func pairs(
    _ key: String, owner: String, _ check: (String) throws(InputError) -> Void
  ) throws(InputError) -> [ScopePair] {
    guard let value = value(key) else { return [] }
    guard case .object(let members) = value else { throw wrongType(key, value, "an object") }
    var pairs: [ScopePair] = []
    for member in members {
      let text: String
      switch member.value {
      case .string(let value): text = value
      case .integer(let value): text = String(value)
      case .number(let value): text = Int64(exactly: value).map(String.init) ?? value.description
      case .bool(let value): text = value ? "true" : "false"
      default:
        throw place.error(
          "\(owner) \"\(member.key)\" is \(member.value.kind)",
          do: "write a string, a number, true or false")
      }
      try check(text)
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
