import BundleFormat

/// A file that is one JSON object, such as a model's configuration.
enum JSONFile {
  /// The largest file that is read.
  private static let maximumSize = 256 << 20

  /// The members of the object in the file at `path`.
  ///
  /// - Throws: An error if the file cannot be read or holds something else.
  static func object(path: String, namedAt named: InputPlace) throws(InputError) -> [JSONMember] {
    let file = try InputFile(path: path, namedAt: named)
    guard file.size <= maximumSize else {
      throw InputPlace(file: path).error("the file is larger than 256 MiB", do: "check that it belongs to the model")
    }
    return try object(try file.bytes(file.size, at: 0), InputPlace(file: path))
  }

  /// The members of the object that `bytes` are the text of.
  static func object(_ bytes: [UInt8], _ place: InputPlace) throws(InputError) -> [JSONMember] {
    guard UTF8Check.firstInvalid(of: bytes) == nil else {
      throw place.error("the text is not valid UTF-8", do: "download the file again")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try bytes.withBytes { window throws(JSONError) in try JSONParser.parse(window) }
    } catch {
      throw place.error("the text is not JSON: \(error.problem) (byte \(error.byte))", do: "download the file again")
    }
    guard case .object(let members) = value else {
      throw place.error("the file holds \(value.kind), not an object", do: "download the file again")
    }
    return members
  }
}

extension UTF8Check {
  fileprivate static func firstInvalid(of bytes: [UInt8]) -> Int? { bytes.withBytes { firstInvalid($0) } }
}

extension JSONValue {
  /// The member `key` of an object; `nil` if there is none or this is no object.
  subscript(key: String) -> JSONValue? { members?.first { $0.key == key }?.value }

  /// The members of an object.
  var members: [JSONMember]? { if case .object(let members) = self { members } else { nil } }

  /// The elements of an array.
  var elements: [JSONValue]? { if case .array(let values) = self { values } else { nil } }

  /// The text of a string.
  var text: String? { if case .string(let text) = self { text } else { nil } }

  /// The value of a number without fraction.
  var wholeNumber: Int? { if case .integer(let value) = self { Int(value) } else { nil } }

  /// The value of any number.
  var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// Whether this is `true`.
  var isTrue: Bool { self == .bool(true) }
}
