import BundleCompiler

extension JSONValue {
  /// The value of the member `key`; `nil` if this is no object, has no such member, or the member is null.
  subscript(key: String) -> JSONValue? {
    guard case .object(let members) = self else { return nil }
    for member in members where member.key == key { return member.value == .null ? nil : member.value }
    return nil
  }

  /// The text, if this is a string.
  var string: String? {
    if case .string(let text) = self { return text }
    return nil
  }

  /// The number, if this is a whole one.
  var integer: Int64? {
    if case .integer(let number) = self { return number }
    return nil
  }

  /// The number, whole or not, if this is one.
  var double: Double? {
    switch self {
    case .integer(let number): Double(number)
    case .number(let number): number
    default: nil
    }
  }

  /// The elements; none if this is no array.
  var elements: [JSONValue] {
    if case .array(let elements) = self { return elements }
    return []
  }

  /// An object of those `members` whose value is not `nil`, in their order.
  static func members(_ members: (String, JSONValue?)...) -> JSONValue {
    .object(members.compactMap { key, value in value.map { JSONMember(key: key, value: $0) } })
  }
}
