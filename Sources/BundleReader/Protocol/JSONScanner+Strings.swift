import BundleFormat

extension JSONScanner {
  /// Moves over a string and gives its bytes, unescaped, as UTF-8.
  mutating func string(_ emit: (UInt8) -> Void) throws(RequestError) {
    guard take(UInt8(ascii: "\"")) else { throw unexpected }
    while !isAtEnd {
      let byte = next
      if byte == UInt8(ascii: "\"") { return advance() }
      if byte == UInt8(ascii: "\\") {
        try escape(emit)
        continue
      }
      if byte < 0x20 { throw RequestError(.controlCharacter, offset: offset) }
      let length = bytes.scalarLength(at: offset)
      guard length > 0 else { throw RequestError(.invalidUTF8, offset: offset) }
      for _ in 0..<length {
        emit(next)
        advance()
      }
    }
    throw unexpected
  }

  private mutating func escape(_ emit: (UInt8) -> Void) throws(RequestError) {
    let start = offset
    advance()
    guard !isAtEnd else { throw unexpected }
    let byte = next
    advance()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): emit(byte)
    case UInt8(ascii: "b"): emit(0x08)
    case UInt8(ascii: "f"): emit(0x0C)
    case UInt8(ascii: "n"): emit(0x0A)
    case UInt8(ascii: "r"): emit(0x0D)
    case UInt8(ascii: "t"): emit(0x09)
    case UInt8(ascii: "u"): Self.encode(try unicodeEscape(start), emit)
    default: throw RequestError(.badEscape, offset: start)
    }
  }

  /// Reads what follows `\u`: a scalar, or the two halves of a surrogate pair, of which the second has its own `\u`.
  private mutating func unicodeEscape(_ start: Int) throws(RequestError) -> UInt32 {
    let first = try hexadecimal(start)
    if first & 0xF800 != 0xD800 { return first }
    guard first < 0xDC00, take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
      throw RequestError(.loneSurrogate, offset: start)
    }
    let second = try hexadecimal(start)
    guard second & 0xFC00 == 0xDC00 else { throw RequestError(.loneSurrogate, offset: start) }
    return 0x1_0000 + ((first & 0x3FF) << 10 | second & 0x3FF)
  }

  private mutating func hexadecimal(_ start: Int) throws(RequestError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      let digit: UInt8
      switch next {
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = next - UInt8(ascii: "0")
      case UInt8(ascii: "a")...UInt8(ascii: "f"): digit = next - UInt8(ascii: "a") + 10
      case UInt8(ascii: "A")...UInt8(ascii: "F"): digit = next - UInt8(ascii: "A") + 10
      default: throw isAtEnd ? unexpected : RequestError(.badEscape, offset: start)
      }
      value = value << 4 | UInt32(digit)
      advance()
    }
    return value
  }

  private static func encode(_ scalar: UInt32, _ emit: (UInt8) -> Void) {
    if scalar < 0x80 { return emit(UInt8(truncatingIfNeeded: scalar)) }
    if scalar < 0x800 {
      emit(UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6))
    } else if scalar < 0x1_0000 {
      emit(UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12))
      emit(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    } else {
      emit(UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18))
      emit(UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F))
      emit(UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F))
    }
    emit(UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F))
  }
}
