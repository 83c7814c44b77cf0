/// How often answers are to be made anew: `12h`, `7d` or `4w`, as recipes and entries write it.
package enum Cadence {
  /// What may be written, for errors.
  package static let forms = "write hours, days or weeks: 12h, 7d or 4w"
  private static let units: [Character: Int] = ["h": 3_600, "d": 86_400, "w": 604_800]

  /// The seconds that `text` states, from an hour to 100 years; `nil` if it is of another form.
  package static func parse(_ text: String) -> UInt32? {
    guard let last = text.last, let unit = units[last] else { return nil }
    let digits = text.dropLast()
    guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(digits), number > 0,
      number <= 36_500 * 24
    else { return nil }
    return number * unit <= 36_500 * 86_400 ? UInt32(number * unit) : nil
  }

  /// Seconds in the largest unit that divides them.
  package static func text(_ seconds: UInt32) -> String {
    for (name, unit) in [("w", 604_800), ("d", 86_400), ("h", 3_600)] where Int(seconds) % unit == 0 {
      return "\(Int(seconds) / unit)\(name)"
    }
    return "\(seconds)s"
  }
}
