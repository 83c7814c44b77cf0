/// A JSON object written member by member, in the order they are added.
public struct JSONObject {
  private var members: [String] = []

  public init() {}

  /// The object as one line of JSON.
  public var text: String { "{" + members.joined(separator: ",") + "}" }

  public mutating func add(_ key: String, _ value: String) { add(key, raw: Self.quoted(value)) }
  public mutating func add(_ key: String, _ value: Int) { add(key, raw: "\(value)") }
  public mutating func add(_ key: String, _ value: Bool) { add(key, raw: "\(value)") }
  public mutating func add(_ key: String, _ value: JSONObject) { add(key, raw: value.text) }
  public mutating func add(_ key: String, _ values: [JSONObject]) {
    add(key, raw: "[" + values.map(\.text).joined(separator: ",") + "]")
  }
  public mutating func add(_ key: String, _ values: [String]) {
    add(key, raw: "[" + values.map(Self.quoted).joined(separator: ",") + "]")
  }
  /// Adds a number with a fixed number of decimal places.
  public mutating func add(_ key: String, _ value: Double, places: Int) {
    add(key, raw: Figures.decimal(value, places))
  }

  /// Texts as an array of JSON.
  public static func array(_ texts: [String]) -> String { "[" + texts.map(quoted).joined(separator: ",") + "]" }

  /// Adds a value that is JSON already.
  public mutating func add(_ key: String, raw value: String) { members.append("\(Self.quoted(key)):\(value)") }

  private static func quoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": quoted += "\\\""
      case "\\": quoted += "\\\\"
      case "\n": quoted += "\\n"
      case "\0"..<" ":
        let digits = String(scalar.value, radix: 16)
        quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    return quoted + "\""
  }
}
