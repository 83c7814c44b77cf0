import BundleFormat

/// A cursor over one JSON text that accepts exactly RFC 8259 and says at which byte a text leaves it.
///
/// It builds nothing. A value is first skipped, which checks all of it; a second cursor may then read the same value
/// knowing that it is well-formed.
struct JSONScanner {
  /// What kind of value begins at the cursor, judged by its first byte.
  enum Kind: UInt8 {
    case string, number, object, array, boolean, null, none
  }

  let bytes: Bytes

  /// The byte at which the cursor stands.
  private(set) var offset: Int

  /// A cursor at byte `offset` of `bytes`.
  init(_ bytes: Bytes, at offset: Int = 0) {
    self.bytes = bytes
    self.offset = offset
  }

  /// The byte at the cursor, or zero at the end. A zero in the text is an error wherever it stands, so the two need not
  /// be told apart.
  var next: UInt8 { bytes[offset] }

  /// Whether nothing is left.
  var isAtEnd: Bool { offset >= bytes.count }

  /// The kind of the value at the cursor.
  var kind: Kind {
    switch next {
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): .number
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .boolean
    case UInt8(ascii: "n"): .null
    default: .none
    }
  }

  /// What the cursor has moved over since `start`.
  func text(since start: JSONScanner) -> Bytes { bytes.slice(start.offset, offset - start.offset) ?? Bytes("") }

  /// Moves over one byte, if there is one.
  mutating func advance() {
    if !isAtEnd { offset += 1 }
  }

  /// Moves over spaces, tabs and line ends.
  mutating func skipSpace() {
    while next == 0x20 || next == 0x09 || next == 0x0A || next == 0x0D { advance() }
  }

  /// Moves over `byte`, if it is the next one.
  mutating func take(_ byte: UInt8) -> Bool {
    guard next == byte, !isAtEnd else { return false }
    advance()
    return true
  }

  /// Moves over `byte` and the space on both sides of it.
  mutating func expect(_ byte: UInt8) throws(RequestError) {
    skipSpace()
    guard take(byte) else { throw unexpected }
    skipSpace()
  }

  /// Moves over a whole value that stands in `depth` containers, and checks all of it. O(length).
  mutating func skipValue(depth: Int) throws(RequestError) {
    switch kind {
    case .string: try string { _ in }
    case .number: _ = try number()
    case .object, .array:
      guard depth < ReaderProtocol.maximumDepth else { throw RequestError(.tooDeep, offset: offset) }
      try skipContainer(depth: depth + 1)
    case .boolean: try literal(next == UInt8(ascii: "t") ? "true" : "false")
    case .null: try literal("null")
    case .none: throw unexpected
    }
  }

  private mutating func skipContainer(depth: Int) throws(RequestError) {
    let isObject = next == UInt8(ascii: "{")
    let end = isObject ? UInt8(ascii: "}") : UInt8(ascii: "]")
    advance()
    skipSpace()
    if take(end) { return }
    while true {
      if isObject {
        try string { _ in }
        try expect(UInt8(ascii: ":"))
      }
      try skipValue(depth: depth)
      skipSpace()
      if take(end) { return }
      try expect(UInt8(ascii: ","))
    }
  }

  private mutating func literal(_ text: StaticString) throws(RequestError) {
    let letters = Bytes(text)
    for index in 0..<letters.count {
      guard take(letters[index]) else { throw unexpected }
    }
  }

  /// The error for the byte at the cursor.
  var unexpected: RequestError { RequestError(isAtEnd ? .endsEarly : .malformed, offset: offset) }
}
