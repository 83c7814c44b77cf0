/// Codes: words of letters and digits, file endings, paths, C++ and C#.
extension MarkScanner {
  /// A word of letters with digits behind or among them. If all digits are at its end they also count as a number, so that
  /// covid19, covid-19 and covid 19 agree.
  mutating func takeMixed(_ index: Int) {
    let end = Int(ends[index])
    var digits = end
    while digits > Int(starts[index]), isDigit(text[digits - 1]) { digits -= 1 }
    var isName = digits < end
    for place in Int(starts[index])..<digits where isDigit(text[place]) { isName = false }
    // sha256-2 and the like: what is joined behind belongs to the code.
    collector.add(code: codeHash(Int(starts[index]), end))
    if isName { addAttached(digits, end) }
  }

  /// Adds the digits from `start` to `end` as a number that belongs to a name.
  mutating func addAttached(_ start: Int, _ end: Int) {
    let numeral = readDigits(start, end)
    collector.add(NumberMark(raw: numeral.hash(keepingPlaces: true), measure: NumberMark.isAttached))
  }

  /// C++, C#, F#; and a file ending that stands alone or behind a name.
  mutating func takeSuffixedCode(_ index: Int) {
    let start = Int(starts[index])
    let end = Int(ends[index])
    let after = text[end]
    if after == 0x2B || after == 0x23 {
      var last = end + 1
      if text[last] == after { last += 1 }
      let next = text[last]
      // A sum (a+b) is no code.
      if next == 0x20 || last >= text.count || next == 0x2C || next == 0x3F {
        collector.add(code: codeHash(start, last))
      }
      return
    }
    let length = end - start
    if start > 0, text[start - 1] == 0x2E, length > 1, length < 6 {
      let before = start > 1 ? text[start - 2] : 0x20
      if before != 0x2E, before != 0x20 || length < 5 { collector.add(code: codeHash(start - 1, end)) }
    }
  }

  /// A path from the root of a file system or a home folder, up to the next space.
  mutating func takePath(_ index: Int) {
    let start = Int(starts[index])
    guard text[start] == 0x2F else { return }
    let before = start > 0 ? text[start - 1] : 0x20
    guard before == 0x20 || before == 0x7E, text[start + 1] != 0x20, start + 1 < text.count else { return }
    var end = start
    while end < text.count, text[end] != 0x20 { end += 1 }
    collector.add(code: codeHash(start, end))
  }

  /// The hash of a code: its bytes without hyphens and underscores.
  func codeHash(_ start: Int, _ end: Int) -> UInt32 {
    var hash = KeyHash(domain: MarkLexicon.domain)
    for index in start..<max(start, min(end, start + Self.longestWord)) {
      let byte = text[index]
      if byte != 0x2D, byte != 0x5F { hash.add(byte) }
    }
    return UInt32(truncatingIfNeeded: hash.value)
  }
}
