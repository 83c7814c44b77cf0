import BundleFormat

// How the longer values of a request are read. Each cursor stands at a value whose syntax was checked before.
extension ProtocolRequest {
  mutating func readText(_ value: inout JSONScanner) throws(RequestError) {
    guard value.kind == .string else { throw wrongType }
    textBuffer.removeAll()
    try value.string { textBuffer.append($0) }
  }

  mutating func readModel(_ value: inout JSONScanner) throws(RequestError) {
    guard value.kind == .string else { throw wrongType }
    modelBuffer.removeAll()
    try value.string { modelBuffer.append($0) }
    guard !modelBuffer.isOverfull else { throw RequestError(.tooLong) }
  }

  // Reads an object of strings, numbers and booleans; null leaves a key out if it may.
  static func readPairs(
    _ value: inout JSONScanner, into builder: inout ScopeBuilder, skipsNull: Bool
  ) throws(RequestError) {
    builder.removeAll()
    try value.expect(UInt8(ascii: "{"))
    while !value.take(UInt8(ascii: "}")) {
      let start = value.offset
      do throws(RequestError) {
        try readPair(&value, into: &builder, skipsNull: skipsNull)
      } catch {
        throw RequestError(error.problem, offset: error.offset ?? start)
      }
      value.skipSpace()
      if value.take(UInt8(ascii: ",")) { value.skipSpace() }
    }
  }

  private static func readPair(
    _ value: inout JSONScanner, into builder: inout ScopeBuilder, skipsNull: Bool
  ) throws(RequestError) {
    builder.beginPair()
    try value.string { builder.append($0) }
    builder.endPart()
    try value.expect(UInt8(ascii: ":"))
    switch value.kind {
    case .string: try value.string { builder.append($0) }
    case .number, .boolean:
      // As written: 1 and 1.0 are two values, since a bundle compares them as text.
      let start = value
      try value.skipValue(depth: 0)
      builder.append(value.text(since: start))
    case .null where skipsNull: return try value.skipValue(depth: 0)
    default: throw RequestError(.wrongType, offset: value.offset)
    }
    builder.endPart()
    try builder.endPair()
  }

  mutating func readVector(_ value: inout JSONScanner) throws(RequestError) {
    vectorBuffer.removeAll()
    switch value.kind {
    case .string: try readBase64(&value)
    case .array: try readComponents(&value)
    default: throw wrongType
    }
    guard !vectorBuffer.isOverfull else { throw RequestError(.tooLong) }
  }

  private mutating func readBase64(_ value: inout JSONScanner) throws(RequestError) {
    scratch.removeAll()
    try value.string { scratch.append($0) }
    guard !scratch.isOverfull else { throw RequestError(.tooLong) }
    guard Base64.decode(scratch.bytes, { vectorBuffer.append($0) }) else { throw RequestError(.badBase64) }
  }

  // Read twice: whether the components are whole numbers, and how far they reach, is known only at the end.
  private mutating func readComponents(_ value: inout JSONScanner) throws(RequestError) {
    var first = value
    var isWhole = true
    var largest = 0.0
    var outside: Int?
    try Self.components(&first) { number, offset throws(RequestError) in
      isWhole = isWhole && number.isWhole
      guard let component = number.double else { throw RequestError(.outOfRange, offset: offset) }
      largest = max(largest, abs(component))
      if component < -128 || component > 127 { outside = outside ?? offset }
    }
    if isWhole, let outside { throw RequestError(.outOfRange, offset: outside) }
    try Self.components(&value) { number, _ throws(RequestError) in
      vectorBuffer.append(UInt8(bitPattern: isWhole ? number.int8 : number.scaled(by: largest)))
    }
  }

  private static func components(
    _ value: inout JSONScanner, _ body: (JSONNumber, Int) throws(RequestError) -> Void
  ) throws(RequestError) {
    try value.expect(UInt8(ascii: "["))
    while !value.take(UInt8(ascii: "]")) {
      let offset = value.offset
      guard value.kind == .number else { throw RequestError(.wrongType, offset: offset) }
      try body(try value.number(), offset)
      value.skipSpace()
      if value.take(UInt8(ascii: ",")) { value.skipSpace() }
    }
  }
}

extension JSONNumber {
  /// The value of a whole number in -128…127.
  fileprivate var int8: Int8 { Int8(truncatingIfNeeded: integer ?? 0) }

  /// The value in units of a 127th of `largest`, halves away from zero.
  fileprivate func scaled(by largest: Double) -> Int8 {
    guard let value = double, largest > 0 else { return 0 }
    // Divided first, since 127 divided by a very small number is infinite.
    let scaled = value / largest * 127
    return Int8(scaled < 0 ? scaled - 0.5 : scaled + 0.5)
  }
}
