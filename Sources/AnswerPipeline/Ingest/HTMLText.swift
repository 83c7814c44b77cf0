/// Turns the little HTML that answers in JSON-LD carry into plain text.
enum HTMLText {
  /// The text without tags: block elements begin a new line, list items a hyphen, links are followed by their address.
  static func plain(_ html: String) -> String {
    var text = ""
    var address: String?
    var rest = html[...]
    while let character = rest.first {
      rest = rest.dropFirst()
      if character == "&", let (decoded, length) = entity(rest) {
        text += decoded
        rest = rest.dropFirst(length)
      } else if character == "<", let end = rest.firstIndex(of: ">"),
        let first = rest.first, first.isLetter || first == "/" || first == "!"
      {
        let tag = rest[..<end]
        rest = rest[rest.index(after: end)...]
        open(tag, &text, &address)
      } else {
        text.append(character)
      }
    }
    return tidy(text)
  }

  private static func open(_ tag: Substring, _ text: inout String, _ address: inout String?) {
    let name = tag.prefix { !$0.isWhitespace && ($0 != "/" || $0 == tag.first) }.lowercased()
    switch name {
    case "br", "p", "/p", "div", "/div", "ul", "/ul", "ol", "/ol", "/li", "tr", "/tr", "h1", "h2", "h3", "h4", "h5",
      "h6",
      "/h1", "/h2", "/h3", "/h4", "/h5", "/h6":
      text += "\n"
    case "li": text += "\n- "
    case "a": address = attribute("href", tag)
    case "/a":
      // A relative address leads nowhere outside its page.
      if let link = address, link.hasPrefix("http"), !text.hasSuffix(link) { text += " (\(link))" }
      address = nil
    default: break
    }
  }

  private static func attribute(_ name: String, _ tag: Substring) -> String? {
    guard let range = tag.firstRange(of: "\(name)=") else { return nil }
    let value = tag[range.upperBound...]
    guard let quote = value.first, quote == "\"" || quote == "'" else {
      return String(value.prefix { !$0.isWhitespace })
    }
    return String(value.dropFirst().prefix { $0 != quote })
  }

  private static let names: [Substring: String] = [
    "amp": "&", "lt": "<", "gt": ">", "quot": "\"", "apos": "'", "nbsp": " ", "ndash": "–", "mdash": "—", "hellip": "…",
    "lsquo": "‘", "rsquo": "’", "ldquo": "“", "rdquo": "”", "euro": "€", "copy": "©", "reg": "®", "deg": "°",
  ]

  // The entity whose name begins `rest`, and the characters up to and with its semicolon.
  private static func entity(_ rest: Substring) -> (String, Int)? {
    let name = rest.prefix(10).prefix { $0 != ";" }
    guard rest.dropFirst(name.count).first == ";" else { return nil }
    if let known = names[name] { return (known, name.count + 1) }
    guard name.first == "#" else { return nil }
    let digits = name.dropFirst()
    let isHexadecimal = digits.first.map { $0 == "x" || $0 == "X" } ?? false
    guard let value = isHexadecimal ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits),
      let scalar = Unicode.Scalar(value), value >= 0x20 || value == 0x0A
    else { return nil }
    return (String(scalar), name.count + 1)
  }

  // Runs of spaces become one, of blank lines one; lines have no spaces at their ends.
  private static func tidy(_ text: String) -> String {
    var lines: [String] = []
    for line in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline) {
      let words = line.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      if words.isEmpty, lines.last?.isEmpty ?? true { continue }
      lines.append(words == "-" ? "-" : words)
    }
    return lines.joined(separator: "\n").trimmed
  }
}
