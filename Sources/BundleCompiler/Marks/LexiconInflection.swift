/// The forms of an English word that the lexicon's endings stand for.
enum LexiconInflection {
  /// The forms of `word` as written in the lexicon: `open*` the regular forms of a verb, `stop**` with the last consonant
  /// doubled, `buyer+` singular and plural; without an ending, the word itself.
  static func forms(_ word: Substring) -> [String] {
    if word.hasSuffix("**") { return verb(String(word.dropLast(2)), doubling: true) }
    if word.count > 1, word.hasSuffix("*") { return verb(String(word.dropLast()), doubling: false) }
    if word.count > 1, word.hasSuffix("+") {
      let noun = String(word.dropLast())
      return [noun, third(noun)]
    }
    return [String(word)]
  }

  private static func verb(_ base: String, doubling: Bool) -> [String] {
    guard let last = base.last else { return [] }
    if doubling { return [base, base + "s", base + String(last) + "ed", base + String(last) + "ing"] }
    if last == "e" {
      let stem = base.dropLast()
      return [base, base + "s", base + "d", stem + "ing"]
    }
    if last == "y", !endsInVowel(base.dropLast()) {
      return [base, third(base), base.dropLast() + "ied", base + "ing"]
    }
    return [base, third(base), base + "ed", base + "ing"]
  }

  private static func third(_ base: String) -> String {
    if base.hasSuffix("y"), !endsInVowel(base.dropLast()) { return base.dropLast() + "ies" }
    let hisses = ["s", "x", "z", "ch", "sh"].contains { base.hasSuffix($0) }
    return base + (hisses ? "es" : "s")
  }

  private static func endsInVowel(_ text: Substring) -> Bool { text.last.map { "aeiou".contains($0) } ?? false }
}
