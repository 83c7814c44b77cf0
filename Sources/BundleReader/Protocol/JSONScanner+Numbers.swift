import BundleFormat

extension JSONScanner {
  /// Moves over a number and gives its value.
  mutating func number() throws(RequestError) -> JSONNumber {
    let start = offset
    var number = JSONNumber()
    number.isNegative = take(UInt8(ascii: "-"))
    let leading = offset
    guard digits({ number.append($0) }) > 0 else { throw badNumber(start) }
    if bytes[leading] == UInt8(ascii: "0"), offset > leading + 1 { throw badNumber(start) }
    if take(UInt8(ascii: ".")) {
      number.isWhole = false
      guard digits({ number.appendFraction($0) }) > 0 else { throw badNumber(start) }
    }
    if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
      number.isWhole = false
      let isDown = take(UInt8(ascii: "-"))
      if !isDown { _ = take(UInt8(ascii: "+")) }
      var exponent = 0
      // The bound is far beyond any number that means something here, and far from overflow.
      guard digits({ exponent = min(exponent * 10 + Int($0), 1_000_000) }) > 0 else { throw badNumber(start) }
      number.exponent += isDown ? -exponent : exponent
    }
    return number
  }

  private mutating func digits(_ body: (UInt8) -> Void) -> Int {
    let start = offset
    while next >= UInt8(ascii: "0"), next <= UInt8(ascii: "9") {
      body(next - UInt8(ascii: "0"))
      advance()
    }
    return offset - start
  }

  private func badNumber(_ start: Int) -> RequestError {
    isAtEnd ? unexpected : RequestError(.badNumber, offset: start)
  }
}
