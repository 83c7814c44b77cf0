/// Reads the Python dictionary in the header of a `.npy` file.
struct NumpyHeaderLiteral {
  /// A value that numpy writes there.
  enum Value: Equatable {
    case string(String)
    case bool(Bool)
    case tuple([Int])
    /// A list, which describes a record with named fields. Its contents do not matter: it is refused.
    case list
  }

  private let text: [UInt8]
  private var position = 0

  init(text: [UInt8]) { self.text = text }

  /// The keys and values in order, or `nil` if the text is anything else than such a dictionary and white space.
  mutating func dictionary() -> [(key: String, value: Value)]? {
    var fields: [(key: String, value: Value)] = []
    guard take("{") else { return nil }
    while !take("}") {
      guard let key = string(), !fields.contains(where: { $0.key == key }), take(":"), let value = value() else {
        return nil
      }
      fields.append((key, value))
      // Python allows a comma after the last field, and numpy writes one.
      guard take(",") || peek("}") else { return nil }
    }
    return position == text.count ? fields : nil
  }

  private mutating func value() -> Value? {
    if take("True") { return .bool(true) }
    if take("False") { return .bool(false) }
    if peek("[") { return list() }
    if take("(") { return tuple() }
    return string().map { .string($0) }
  }

  private mutating func tuple() -> Value? {
    var numbers: [Int] = []
    while !take(")") {
      guard let number = number() else { return nil }
      numbers.append(number)
      // `(3)` is a number, not a tuple, but its meaning is as clear.
      guard take(",") || peek(")") else { return nil }
    }
    return .tuple(numbers)
  }

  private mutating func number() -> Int? {
    let start = position
    while position < text.count, (0x30...0x39).contains(text[position]) { position += 1 }
    let digits = String(decoding: text[start..<position], as: UTF8.self)
    skipWhiteSpace()
    return Int(digits)
  }

  /// Steps over a list, whatever it holds.
  private mutating func list() -> Value? {
    var depth = 0
    while position < text.count {
      if text[position] == UInt8(ascii: "[") { depth += 1 }
      if text[position] == UInt8(ascii: "]") { depth -= 1 }
      position += 1
      if depth == 0 {
        skipWhiteSpace()
        return .list
      }
    }
    return nil
  }

  private mutating func string() -> String? {
    guard position < text.count, text[position] == 0x27 || text[position] == 0x22 else { return nil }
    let quote = text[position]
    guard let end = text[(position + 1)...].firstIndex(of: quote) else { return nil }
    let string = String(decoding: text[(position + 1)..<end], as: UTF8.self)
    position = end + 1
    skipWhiteSpace()
    return string
  }

  private mutating func peek(_ word: String) -> Bool { text[position...].starts(with: word.utf8) }

  /// Steps over `word` and the white space around it, if it is next.
  private mutating func take(_ word: String) -> Bool {
    skipWhiteSpace()
    guard peek(word) else { return false }
    position += word.utf8.count
    skipWhiteSpace()
    return true
  }

  private mutating func skipWhiteSpace() {
    while position < text.count, [0x20, 0x09, 0x0A, 0x0D].contains(text[position]) { position += 1 }
  }
}
