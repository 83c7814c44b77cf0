/// Reads points in time as recipes and entries write them: RFC 3339 dates and date-times, or seconds since 1970.
///
/// A date alone means midnight UTC at its start. Fractions of a second are dropped, since validity has whole seconds.
package enum Timestamp {
  /// The last second of the year 9999, the end of RFC 3339.
  private static let latest: Int64 = 253_402_300_799
  /// The first second of the year 0.
  private static let earliest: Int64 = -62_167_219_200

  /// What may be written, for errors.
  package static let forms = "write a date (2026-12-31), a date-time (2026-12-31T12:00:00Z) or seconds since 1970"

  /// The seconds since 1970 that `text` states, or `nil` if it is not a date, a date-time or a number of seconds.
  package static func parse(_ text: String) -> Int64? {
    let bytes = Array(text.utf8)
    if let seconds = Int64(text) { return isPlausible(seconds) ? seconds : nil }
    guard bytes.count >= 10, let year = digits(bytes, 0, 4), bytes[4] == UInt8(ascii: "-"),
      let month = digits(bytes, 5, 2), bytes[7] == UInt8(ascii: "-"), let day = digits(bytes, 8, 2),
      (1...12).contains(month), (1...daysInMonth(year, month)).contains(day)
    else { return nil }
    let midnight = daysSince1970(year, month, day) * 86_400
    if bytes.count == 10 { return midnight }
    guard let (seconds, offset) = time(bytes) else { return nil }
    return midnight + seconds - offset
  }

  /// Whether `seconds` lie in the years 0 to 9999 and are not a year themselves: whoever writes 2026 means the year, and
  /// would get half an hour past midnight in 1970.
  package static func isPlausible(_ seconds: Int64) -> Bool {
    (earliest...latest).contains(seconds) && !(1_000...9_999).contains(seconds)
  }

  /// The second of the day and the offset in seconds of a date-time's second half.
  private static func time(_ bytes: [UInt8]) -> (seconds: Int64, offset: Int64)? {
    guard bytes.count >= 20, "Tt ".utf8.contains(bytes[10]), let hour = digits(bytes, 11, 2),
      bytes[13] == UInt8(ascii: ":"), let minute = digits(bytes, 14, 2), bytes[16] == UInt8(ascii: ":"),
      let second = digits(bytes, 17, 2), hour < 24, minute < 60, second <= 60  // 60: a leap second
    else { return nil }
    var index = 19
    if bytes[index] == UInt8(ascii: ".") {
      let start = index + 1
      index = start
      while index < bytes.count, isDigit(bytes[index]) { index += 1 }
      guard index > start, index < bytes.count else { return nil }
    }
    let seconds = hour * 3_600 + minute * 60 + second
    if "Zz".utf8.contains(bytes[index]) { return index + 1 == bytes.count ? (seconds, 0) : nil }
    guard "+-".utf8.contains(bytes[index]), bytes.count == index + 6, let hours = digits(bytes, index + 1, 2),
      bytes[index + 3] == UInt8(ascii: ":"), let minutes = digits(bytes, index + 4, 2), hours < 24, minutes < 60
    else { return nil }
    let offset = hours * 3_600 + minutes * 60
    return (seconds, bytes[index] == UInt8(ascii: "-") ? -offset : offset)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// The number that `count` digits at `start` form, or `nil` if any is no digit. They must lie inside `bytes`.
  private static func digits(_ bytes: [UInt8], _ start: Int, _ count: Int) -> Int64? {
    var value: Int64 = 0
    for byte in bytes[start..<(start + count)] {
      guard isDigit(byte) else { return nil }
      value = value * 10 + Int64(byte - UInt8(ascii: "0"))
    }
    return value
  }

  private static func daysInMonth(_ year: Int64, _ month: Int64) -> Int64 {
    let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
    return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][Int(month) - 1]
  }

  /// Days from 1970-01-01 in the proleptic Gregorian calendar. Counts years from March, so that the leap day comes last.
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  private static func daysSince1970(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
    let shifted = month <= 2 ? year - 1 : year
    let era = (shifted >= 0 ? shifted : shifted - 399) / 400
    let yearOfEra = shifted - era * 400
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }
}
