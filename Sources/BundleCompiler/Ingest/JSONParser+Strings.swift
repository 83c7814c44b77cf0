import BundleFormat

extension JSONParser {
  /// Reads the string at the current position, which is its opening quote.
  mutating func string() throws(JSONError) -> String {
    position += 1
    let start = position
    skipPlain()
    if byte == UInt8(ascii: "\""), position < bytes.count {
      position += 1
      return bytes.text(start, position - 1 - start)
    }
    scratch.removeAll(keepingCapacity: true)
    copy(from: start)
    while byte != UInt8(ascii: "\"") {
      guard byte == UInt8(ascii: "\\") else { throw unterminated }
      try escape()
      let plain = position
      skipPlain()
      copy(from: plain)
    }
    position += 1
    return String(decoding: scratch, as: UTF8.self)
  }

  /// The error that a string meets a byte that cannot stand in it, or the end.
  private var unterminated: JSONError {
    guard position < bytes.count else {
      return JSONError(problem: "the string does not end", byte: position + 1)
    }
    let digits = String(byte, radix: 16)
    return JSONError(
      problem: "a string contains the control character \\u00\(digits.count < 2 ? "0" : "")\(digits) unescaped",
      byte: position + 1)
  }

  /// Steps over bytes that stand for themselves, to a quote, a backslash, a control character or the end.
  private mutating func skipPlain() {
    // Eight bytes at a time: a byte b below 0x80 has b - n borrow into its high bit exactly if b < n, and x ^ x is 0 < 1.
    let ones: UInt64 = 0x0101_0101_0101_0101
    while let word: UInt64 = bytes.integer(at: position) {
      let quote = word ^ (ones &* 0x22)
      let backslash = word ^ (ones &* 0x5C)
      let stops = ((quote &- ones) & ~quote) | ((backslash &- ones) & ~backslash) | ((word &- ones &* 0x20) & ~word)
      let marks = stops & (ones &* 0x80)
      // Borrows run upwards only, so the lowest mark is exact.
      if marks != 0 {
        position += marks.trailingZeroBitCount >> 3
        return
      }
      position += 8
    }
    while byte >= 0x20, byte != 0x22, byte != 0x5C { position += 1 }
  }

  /// Appends the bytes from `start` to the current position to the scratch.
  private mutating func copy(from start: Int) {
    guard let slice = bytes.slice(start, position - start) else { return }
    unsafe scratch.append(contentsOf: UnsafeRawBufferPointer(start: slice.unsafeStart, count: slice.count))
  }

  /// Reads the escape at the current position, which is its backslash, into the scratch.
  private mutating func escape() throws(JSONError) {
    let start = position
    position += 2
    switch bytes[start + 1] {
    case UInt8(ascii: "n"): scratch.append(0x0A)
    case UInt8(ascii: "\""): scratch.append(0x22)
    case UInt8(ascii: "\\"): scratch.append(0x5C)
    case UInt8(ascii: "/"): scratch.append(0x2F)
    case UInt8(ascii: "t"): scratch.append(0x09)
    case UInt8(ascii: "r"): scratch.append(0x0D)
    case UInt8(ascii: "b"): scratch.append(0x08)
    case UInt8(ascii: "f"): scratch.append(0x0C)
    case UInt8(ascii: "u"): scratch.append(contentsOf: String(try codePoint(escapeAt: start)).utf8)
    default: throw JSONError(problem: "a string contains an escape that JSON does not have", byte: start + 1)
    }
  }

  /// The scalar of the `\uXXXX` whose digits are at the current position, or of it and the `\uXXXX` that completes it.
  private mutating func codePoint(escapeAt start: Int) throws(JSONError) -> Unicode.Scalar {
    let first = try fourDigits(escapeAt: start)
    if let scalar = Unicode.Scalar(first) { return scalar }
    let lone = JSONError(problem: "a string contains half of a surrogate pair (\\u escape)", byte: start + 1)
    guard first < 0xDC00, bytes[position] == UInt8(ascii: "\\"), bytes[position + 1] == UInt8(ascii: "u") else {
      throw lone
    }
    position += 2
    let second = try fourDigits(escapeAt: position - 2)
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
    else { throw lone }
    return scalar
  }

  private mutating func fourDigits(escapeAt start: Int) throws(JSONError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw JSONError(problem: "a string contains \\u without four hexadecimal digits", byte: start + 1)
      }
      value = value << 4 | UInt32(digit)
      position += 1
    }
    return value
  }
}
