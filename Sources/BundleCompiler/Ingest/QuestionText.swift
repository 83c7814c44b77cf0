/// Checks questions and queries before anything is done with them.
package enum QuestionText {
  /// Characters that normalisation strips from the end of a question, besides white space (design.md section 4).
  private static let trailing: [Unicode.Scalar] = [
    ".", "?", "!", "\u{2026}", "\u{3002}", "\u{FF1F}", "\u{FF01}", "\u{061F}", "\u{0964}",
  ]

  /// Checks that `text`, from the field `key`, is neither too long nor empty after trimming.
  package static func check(_ text: String, _ key: String, place: InputPlace, limits: InputLimits) throws(InputError) {
    guard text.utf8.count <= limits.question else {
      throw place.error(
        "\(key) has \(InputLimits.grouped(text.utf8.count)) bytes, more than \(InputLimits.grouped(limits.question))",
        do: "shorten it")
    }
    guard !text.isEmpty else { throw place.error("\(key) is empty", do: "write a question, or remove it") }
    guard !isEmptyAfterTrimming(text) else {
      throw place.error(
        "\(key) has nothing but white space and punctuation that is not compared", do: "write a question, or remove it")
    }
  }

  /// Whether nothing is left of `text` after trimming white space and trailing characters.
  package static func isEmptyAfterTrimming(_ text: String) -> Bool {
    text.unicodeScalars.allSatisfy { trailing.contains($0) || $0.isWhiteSpace }
  }
}

extension Unicode.Scalar {
  /// Whether the scalar has the property White_Space.
  package var isWhiteSpace: Bool {
    // The usual case first: looking up properties takes far longer.
    if value > 0x20 && value < 0x7F { return false }
    return properties.isWhitespace
  }
}
