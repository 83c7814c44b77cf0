import BundleCompiler

/// Things in a question that point to one person or case, so that its answer is nobody else's.
///
/// Finds what has a form: e-mail addresses, telephone numbers, card numbers, bank accounts, network addresses, and codes
/// that mix digits with letters or are long. Names have none and are not found.
public enum PersonalData: String, Sendable, CaseIterable {
  case email
  case card
  case account
  case phone
  case address
  case identifier

  /// The first kind that stands in `text`; `nil` if none does.
  static func kind(in text: String) -> PersonalData? {
    let bytes = Array(text.utf8)
    // Most questions have neither a digit nor an @.
    guard bytes.contains(where: { isDigit($0) || $0 == UInt8(ascii: "@") }) else { return nil }
    let words = text.split(whereSeparator: \.isWhitespace)
    for (index, word) in words.enumerated() {
      if isEmail(word) { return .email }
      if let kind = code(word) { return kind }
      // Accounts are often written in groups of four.
      guard word.utf8.count == 4, word.prefix(2).allSatisfy(\.isLetter), word.dropFirst(2).allSatisfy(\.isNumber) else {
        continue
      }
      for end in (index + 1)...min(index + 9, words.count)
      where isAccount(Array(words[index..<end].joined().unicodeScalars)) {
        return .account
      }
    }
    return number(bytes)
  }

  /// The text with every digit, and every word with an @, made unreadable.
  static func masked(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      word.contains("@") ? "***" : String(word.map { $0.isNumber ? "#" : $0 })
    }.joined(separator: " ")
  }

  private static func isDigit(_ byte: UInt8) -> Bool { byte >= 0x30 && byte <= 0x39 }

  private static func isEmail(_ word: Substring) -> Bool {
    guard let at = word.firstIndex(of: "@"), at > word.startIndex else { return false }
    let domain = word[word.index(after: at)...]
    guard let dot = domain.firstIndex(of: "."), dot > domain.startIndex else { return false }
    return domain[domain.index(after: dot)...].first?.isLetter ?? false
  }

  // A word that is a code of one case: a bank account, a network address, a ticket, an order, a UUID.
  private static func code(_ word: Substring) -> PersonalData? {
    let core = word.drop { "(\"'#[".contains($0) }
    let scalars = Array(core.unicodeScalars.filter { $0.properties.isAlphabetic || isDigitScalar($0) })
    let digits = scalars.count { isDigitScalar($0) }
    let letters = scalars.count - digits
    if isAccount(scalars) { return .account }
    if core.split(separator: ".").count == 4, letters == 0,
      core.split(separator: ".").allSatisfy({ Int($0.prefix { $0.isNumber }).map { $0 < 256 } ?? false })
    {
      return .address
    }
    if word.hasPrefix("#"), digits >= 3 { return .identifier }
    // Model names such as n95 or iphone15 have few digits, versions such as v1.2.3 have points, and 10000mah is a size.
    if letters >= 1, digits >= 4, letters + digits >= 7, !core.contains("."), mixes(scalars) { return .identifier }
    return nil
  }

  private static func isDigitScalar(_ scalar: Unicode.Scalar) -> Bool { scalar.value >= 0x30 && scalar.value <= 0x39 }

  // Digits come after letters, as in D-77812, or the two alternate, as in a hash: a number with its unit does neither.
  private static func mixes(_ scalars: [Unicode.Scalar]) -> Bool {
    let runs = scalars.reduce(into: [Bool]()) { runs, scalar in
      if runs.last != isDigitScalar(scalar) { runs.append(isDigitScalar(scalar)) }
    }
    return runs.count > 2 || runs == [false, true]
  }

  // IBAN: two letters, two check digits, eleven or more letters and digits, at least eight of them digits.
  private static func isAccount(_ scalars: [Unicode.Scalar]) -> Bool {
    guard (15...34).contains(scalars.count), scalars.prefix(2).allSatisfy({ $0.properties.isAlphabetic && $0.isASCII }),
      scalars.dropFirst(2).prefix(2).allSatisfy(isDigitScalar)
    else { return false }
    var remainder = 0
    for scalar in scalars.dropFirst(4) + scalars.prefix(4) {
      let text = String(scalar).uppercased()
      guard let value = Int(text, radix: 36) else { return false }
      remainder = (value > 9 ? remainder * 100 + value : remainder * 10 + value) % 97
    }
    return remainder == 1
  }

  // Runs of digits, which spaces, hyphens, points and brackets may separate: cards by their check digit, telephones by
  // their length, anything longer is a number of something.
  private static func number(_ bytes: [UInt8]) -> PersonalData? {
    var digits: [Int] = []
    var groups = 0
    var gap = 0
    var isPlus = false
    func judged() -> PersonalData? {
      if (13...19).contains(digits.count), luhn(digits) { return .card }
      if groups > 1 || isPlus, (9...15).contains(digits.count) { return .phone }
      return digits.count >= 7 && !(groups > 1) ? .identifier : nil
    }
    for (index, byte) in bytes.enumerated() {
      if isDigit(byte) {
        if digits.isEmpty { isPlus = index > 0 && bytes[index - 1] == UInt8(ascii: "+") }
        if digits.isEmpty || gap > 0 { groups += 1 }
        digits.append(Int(byte - 0x30))
        gap = 0
      } else {
        gap += 1
        let isSeparator = " -.()/".utf8.contains(byte)
        if digits.isEmpty || (isSeparator && gap <= 2) { continue }
        if let kind = judged() { return kind }
        digits = []
        groups = 0
      }
    }
    return judged()
  }

  private static func luhn(_ digits: [Int]) -> Bool {
    digits.reversed().enumerated().reduce(0) { sum, item in
      let doubled = item.offset % 2 == 1 ? item.element * 2 : item.element
      return sum + (doubled > 9 ? doubled - 9 : doubled)
    } % 10 == 0
  }
}
