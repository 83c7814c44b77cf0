/// Numbers of a report as people read them.
enum ReportFigures {
  /// A number of requests: whole ones grouped by thousands, others with one decimal place below a hundred.
  static func count(_ value: Double) -> String {
    if value != value.rounded(), abs(value) < 100 { return fixed(value, 1) }
    guard abs(value) < 9e15 else { return "\(value)" }
    return grouped(String(Int64(value.rounded().magnitude)), isNegative: value.rounded() < 0)
  }

  static func count(_ value: Int) -> String { count(Double(value)) }

  /// An amount of money: two decimal places, more below one so that two digits show.
  static func money(_ value: Double, _ currency: String) -> String {
    let size = abs(value)
    var places = 2
    var bound = 0.1
    while size > 0, size < bound, places < 8 {
      places += 1
      bound /= 10
    }
    let text = fixed(size, places)
    let point = text.firstIndex(of: ".") ?? text.endIndex
    return grouped(String(text[..<point]), isNegative: value < 0 && size > 0) + text[point...] + " " + currency
  }

  /// Bytes with three digits.
  static func bytes(_ value: Double) -> String {
    let units = ["B", "kB", "MB", "GB", "TB"]
    var value = value
    var unit = 0
    while value >= 1_000, unit < units.count - 1 {
      value /= 1_000
      unit += 1
    }
    return "\(fixed(value, unit == 0 ? 0 : value < 10 ? 2 : value < 100 ? 1 : 0)) \(units[unit])"
  }

  /// A duration in the unit in which it has one to three digits before the point.
  static func duration(microseconds: Double) -> String {
    if microseconds < 1_000 { return "\(fixed(microseconds, microseconds < 10 ? 1 : 0)) µs" }
    let milliseconds = microseconds / 1_000
    if milliseconds < 1_000 { return "\(fixed(milliseconds, milliseconds < 10 ? 2 : 0)) ms" }
    return "\(fixed(milliseconds / 1_000, 2)) s"
  }

  /// A number without zeros at the end, at most four places.
  static func plain(_ value: Double) -> String {
    var text = fixed(value, 4)
    while text.hasSuffix("0") { text.removeLast() }
    return text.hasSuffix(".") ? String(text.dropLast()) : text
  }

  /// A number with so many decimal places, 0 to 8.
  static func fixed(_ value: Double, _ places: Int) -> String {
    guard value.isFinite, abs(value) < 9e9 else { return "\(value)" }
    var factor = 1.0
    for _ in 0..<places { factor *= 10 }
    let scaled = Int64((abs(value) * factor).rounded())
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let digits = String(scaled)
    guard places > 0 else { return sign + digits }
    let filled = String(repeating: "0", count: max(0, places + 1 - digits.count)) + digits
    return sign + filled.dropLast(places) + "." + filled.suffix(places)
  }

  private static func grouped(_ digits: String, isNegative: Bool) -> String {
    var text = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { text.append(",") }
      text.append(digit)
    }
    return (isNegative ? "-" : "") + text
  }
}
