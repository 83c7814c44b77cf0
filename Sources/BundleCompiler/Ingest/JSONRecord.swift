import BundleFormat

/// One line of a JSONL file: an object whose fields are asked for by name and type.
///
/// A field that is null counts as missing, since many programs write null for what they leave out. Fields that nobody
/// asks for are ignored.
package struct JSONRecord {
  /// Where the line is, for errors.
  package let place: InputPlace
  private let members: [JSONMember]

  /// Reads the line. `shape` says what it should look like, for errors: `{"id": …}`.
  package init(_ bytes: Bytes, place: InputPlace, shape: String) throws(InputError) {
    self.place = place
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(bytes)
    } catch {
      throw place.error(
        "the line is not JSON: \(error.problem) (byte \(error.byte))", do: "write one JSON object per line")
    }
    guard case .object(let members) = value else {
      throw place.error("the line is \(value.kind), not an object", do: "write an object like \(shape)")
    }
    self.members = members
  }

  /// The value of the field `key`, or `nil` if it is missing or null.
  package func value(_ key: String) -> JSONValue? {
    guard let value = valueOrNull(key), value != .null else { return nil }
    return value
  }

  /// The value of the field `key`, null included, or `nil` if it is missing.
  package func valueOrNull(_ key: String) -> JSONValue? {
    for member in members where member.key == key { return member.value }
    return nil
  }

  /// The string in the field `key`.
  package func string(_ key: String) throws(InputError) -> String {
    guard let text = try optionalString(key) else {
      throw place.error("the field \"\(key)\" is missing", do: "add it, as a string")
    }
    return text
  }

  /// The string in the field `key`, or `nil` if it is missing.
  package func optionalString(_ key: String) throws(InputError) -> String? {
    guard let value = value(key) else { return nil }
    guard case .string(let text) = value else { throw wrongType(key, value, "a string") }
    return text
  }

  /// The string in the field `key`, or `nil` if it is missing: not empty, at most `limit` bytes, no control characters.
  package func optionalName(_ key: String, limit: Int) throws(InputError) -> String? {
    guard let text = try optionalString(key) else { return nil }
    try checkName(text, "the field \"\(key)\"", limit: limit)
    return text
  }

  /// One of the names of `choices`, from the field `key`; `nil` if it is missing.
  package func optionalChoice<Choice>(_ key: String, _ choices: [(name: String, value: Choice)]) throws(InputError)
    -> Choice?
  {
    guard let text = try optionalString(key) else { return nil }
    for choice in choices where choice.name == text { return choice.value }
    let names = choices.map { "\"\($0.name)\"" }
    let list = names.count == 1 ? names[0] : names.dropLast().joined(separator: ", ") + " or " + names.last!
    throw place.error("the field \"\(key)\" is \"\(text)\", which is unknown", do: "write \(list), or leave it out")
  }

  /// The point in time in the field `key`, in seconds since 1970; `nil` if it is missing.
  package func optionalTime(_ key: String) throws(InputError) -> Int64? {
    guard let value = value(key) else { return nil }
    switch value {
    case .integer(let seconds) where Timestamp.isPlausible(seconds): return seconds
    case .integer(let seconds):
      throw place.error(
        "the field \"\(key)\" is \(seconds), which cannot be meant as seconds since 1970",
        do: "write seconds, not milliseconds or a year")
    case .string(let text):
      guard let seconds = Timestamp.parse(text) else {
        throw place.error("the field \"\(key)\" is \"\(text)\", which is not a date", do: Timestamp.forms)
      }
      return seconds
    default: throw wrongType(key, value, "a date or seconds since 1970")
    }
  }

  /// The number of the message in its conversation, from the field `turn`; 1 if it is missing.
  func turn() throws(InputError) -> UInt32 {
    guard let value = value("turn") else { return 1 }
    guard case .integer(let number) = value, number > 0, let turn = UInt32(exactly: number) else {
      throw wrongType("turn", value, "the number of the message in its conversation, from 1")
    }
    return turn
  }

  /// Checks that `text` can serve as a name: not empty, at most `limit` bytes, no control characters.
  package func checkName(_ text: String, _ subject: String, limit: Int) throws(InputError) {
    guard !text.isEmpty else { throw place.error("\(subject) is empty", do: "give it a value") }
    guard text.utf8.count <= limit else {
      throw place.error(
        "\(subject) has \(InputLimits.grouped(text.utf8.count)) bytes, more than \(InputLimits.grouped(limit))",
        do: "shorten it")
    }
    // C0, DEL and C1: they corrupt logs and terminals, and hide differences between ids.
    for scalar in text.unicodeScalars where scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) {
      let code = String(scalar.value, radix: 16, uppercase: true)
      throw place.error(
        "\(subject) contains the control character U+\(String(repeating: "0", count: 4 - code.count))\(code)",
        do: "remove it")
    }
  }

  /// The error that the field `key` has the wrong type.
  package func wrongType(_ key: String, _ value: JSONValue, _ expected: String) -> InputError {
    place.error("the field \"\(key)\" is \(value.kind)", do: "write \(expected)")
  }
}
