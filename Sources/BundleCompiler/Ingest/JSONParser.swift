import BundleFormat

/// A strict reader of one JSON text (RFC 8259) in memory.
///
/// Stricter than most in what RFC 8259 leaves open: a key may not stand twice in an object, a surrogate needs its other
/// half, numbers must fit a double, and containers may nest 64 deep. Nothing is repaired or guessed, so that two programs
/// cannot read the same line differently.
package struct JSONParser {
  let bytes: Bytes
  var position = 0
  /// Where strings with escapes are put together.
  var scratch: [UInt8] = []

  /// The deepest nesting of objects and arrays.
  static let maximumDepth = 64

  /// Reads `bytes`, which must be valid UTF-8, as one JSON value with nothing but white space around it.
  package static func parse(_ bytes: Bytes) throws(JSONError) -> JSONValue {
    var parser = JSONParser(bytes: bytes)
    parser.skipWhiteSpace()
    let value = try parser.value(depth: 0)
    parser.skipWhiteSpace()
    guard parser.position == bytes.count else { throw parser.unexpected("the end of the line") }
    return value
  }

  private init(bytes: Bytes) { self.bytes = bytes }

  /// The byte at the current position, or zero, which no JSON text contains, at the end.
  @inline(__always)
  var byte: UInt8 { bytes[position] }

  @inline(__always)
  mutating func skipWhiteSpace() {
    while byte == 0x20 || byte == 0x09 || byte == 0x0D || byte == 0x0A { position += 1 }
  }

  private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
    switch byte {
    case UInt8(ascii: "\""): return .string(try string())
    case UInt8(ascii: "{"): return .object(try object(depth: depth + 1))
    case UInt8(ascii: "["): return .array(try array(depth: depth + 1))
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
    case UInt8(ascii: "t") where take("true"): return .bool(true)
    case UInt8(ascii: "f") where take("false"): return .bool(false)
    case UInt8(ascii: "n") where take("null"): return .null
    default: throw unexpected("a value")
    }
  }

  private mutating func object(depth: Int) throws(JSONError) -> [JSONMember] {
    try enter(depth)
    var members: [JSONMember] = []
    if takeByte("}") { return members }
    members.reserveCapacity(8)
    var keys: Set<ExactText> = []
    while true {
      guard byte == UInt8(ascii: "\"") else { throw unexpected("a key in double quotes") }
      let keyPosition = position
      let key = try string()
      guard isNew(key, among: members, &keys) else {
        throw JSONError(problem: "key \"\(key)\" stands twice", byte: keyPosition + 1)
      }
      skipWhiteSpace()
      guard takeByte(":") else { throw unexpected("':'") }
      members.append(JSONMember(key: key, value: try value(depth: depth)))
      skipWhiteSpace()
      if takeByte("}") { return members }
      guard takeByte(",") else { throw unexpected("',' or '}'") }
    }
  }

  private mutating func array(depth: Int) throws(JSONError) -> [JSONValue] {
    try enter(depth)
    var values: [JSONValue] = []
    if takeByte("]") { return values }
    while true {
      values.append(try value(depth: depth))
      skipWhiteSpace()
      if takeByte("]") { return values }
      guard takeByte(",") else { throw unexpected("',' or ']'") }
    }
  }

  /// Steps over the opening bracket.
  private mutating func enter(_ depth: Int) throws(JSONError) {
    guard depth <= Self.maximumDepth else {
      throw JSONError(problem: "objects and arrays nest deeper than \(Self.maximumDepth)", byte: position + 1)
    }
    position += 1
    skipWhiteSpace()
  }

  /// Whether no member has the key `key`. Objects of usual size are searched; `keys` keeps large ones from taking
  /// quadratic time.
  private func isNew(_ key: String, among members: [JSONMember], _ keys: inout Set<ExactText>) -> Bool {
    if members.count < 16 {
      for member in members where ExactText(member.key) == ExactText(key) { return false }
      return true
    }
    if members.count == 16 { for member in members { keys.insert(ExactText(member.key)) } }
    return keys.insert(ExactText(key)).inserted
  }

  /// Steps over `expected` and the white space after it, if it is next.
  @inline(__always)
  private mutating func takeByte(_ expected: Unicode.Scalar) -> Bool {
    guard byte == UInt8(ascii: expected) else { return false }
    position += 1
    skipWhiteSpace()
    return true
  }

  /// Steps over `word` if it is next.
  private mutating func take(_ word: StaticString) -> Bool {
    let expected = unsafe Bytes(start: word.utf8Start, count: word.utf8CodeUnitCount)
    guard let found = bytes.slice(position, expected.count), found.equals(expected) else { return false }
    position += expected.count
    return true
  }

  /// The error that something else than `expected` stands at the current position.
  func unexpected(_ expected: String) -> JSONError {
    JSONError(problem: "\(expected) was expected, found \(found)", byte: position + 1)
  }

  /// What stands at the current position, for errors.
  private var found: String {
    guard position < bytes.count else { return "the end of the line" }
    var length = 1
    while length < 12, isWordByte(bytes[position]), isWordByte(bytes[position + length]) { length += 1 }
    while bytes[position + length] & 0xC0 == 0x80 { length += 1 }  // the rest of a character
    return "'\(bytes.text(position, length))'"
  }

  private func isWordByte(_ byte: UInt8) -> Bool {
    byte >= 0x30 && byte <= 0x39 || byte | 0x20 >= 0x61 && byte | 0x20 <= 0x7A
  }
}

extension Bytes {
  /// The text of `length` bytes at `offset`, which must be valid UTF-8 inside the window.
  func text(_ offset: Int, _ length: Int) -> String {
    guard let slice = slice(offset, length) else { return "" }
    return unsafe String(decoding: UnsafeRawBufferPointer(start: slice.unsafeStart, count: length), as: UTF8.self)
  }
}
