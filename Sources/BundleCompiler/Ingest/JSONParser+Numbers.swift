import BundleFormat

extension JSONParser {
  /// Reads the number at the current position, which is a minus sign or a digit.
  mutating func number() throws(JSONError) -> JSONValue {
    let start = position
    let negative = byte == UInt8(ascii: "-")
    if negative { position += 1 }
    var mantissa: UInt64 = 0
    var digits = 0  // significant ones, so that the mantissa is known to be exact
    if byte == UInt8(ascii: "0") {
      position += 1
      if isDigit(byte) { throw unexpected("no digit after a leading 0") }
    } else {
      try digitRun(&mantissa, &digits)
    }
    var exponent = 0
    var isInteger = true
    if byte == UInt8(ascii: ".") {
      isInteger = false
      position += 1
      let first = position
      try digitRun(&mantissa, &digits)
      exponent = first - position
    }
    if byte | 0x20 == UInt8(ascii: "e") {
      isInteger = false
      position += 1
      let minus = byte == UInt8(ascii: "-")
      if minus || byte == UInt8(ascii: "+") { position += 1 }
      var power: UInt64 = 0
      var powerDigits = 0
      try digitRun(&power, &powerDigits)
      // Beyond four digits every number is zero or infinite, which the slow way below decides.
      exponent += powerDigits <= 4 ? (minus ? -Int(power) : Int(power)) : 100_000
    }
    if isInteger, digits <= 18 { return .integer(negative ? -Int64(mantissa) : Int64(mantissa)) }
    return try real(start, negative: negative, mantissa: mantissa, digits: digits, exponent: exponent, isInteger)
  }

  /// Steps over one or more digits, appending them to `value` and counting those after leading zeros.
  private mutating func digitRun(_ value: inout UInt64, _ digits: inout Int) throws(JSONError) {
    guard isDigit(byte) else { throw unexpected("a digit") }
    while isDigit(byte) {
      value = value &* 10 &+ UInt64(byte - UInt8(ascii: "0"))
      if digits > 0 || byte != UInt8(ascii: "0") { digits += 1 }
      position += 1
    }
  }

  private func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// The correctly rounded value of the number from `start` to the current position.
  private func real(
    _ start: Int, negative: Bool, mantissa: UInt64, digits: Int, exponent: Int, _ isInteger: Bool
  ) throws(JSONError) -> JSONValue {
    // Both operands are exact doubles, so the one operation rounds correctly.
    // Source: William Clinger, "How to read floating point numbers accurately" (1990), the easy case.
    if digits <= 15, abs(exponent) <= 22 {
      let power = Self.powersOfTen[abs(exponent)]
      let value = exponent < 0 ? Double(mantissa) / power : Double(mantissa) * power
      return .number(negative ? -value : value)
    }
    let text = bytes.text(start, position - start)
    if isInteger, let value = Int64(text) { return .integer(value) }
    guard let value = Double(text), value.isFinite else {
      throw JSONError(problem: "a number is too large for a double", byte: start + 1)
    }
    return .number(value)
  }

  private static let powersOfTen: [Double] = [
    1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
    1e21, 1e22,
  ]
}
