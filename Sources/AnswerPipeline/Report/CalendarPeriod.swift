/// Stretches of time that a chart has a column for: days, weeks from Monday, or months, in UTC.
enum CalendarPeriod: String, Sendable {
  case day, week, month

  /// The finest of them that gives at most 45 columns for `span`; months where even weeks are too many.
  static func fitting(_ span: ClosedRange<Int64>) -> CalendarPeriod {
    let days = dayNumber(span.upperBound) - dayNumber(span.lowerBound) + 1
    return days <= 45 ? .day : days <= 45 * 7 ? .week : .month
  }

  /// The number of the period in which `seconds` since 1970 lie; consecutive periods have consecutive numbers.
  func number(_ seconds: Int64) -> Int64 {
    let day = Self.dayNumber(seconds)
    switch self {
    case .day: return day
    // 1970 began on a Thursday.
    case .week: return Self.floorDivide(day + 3, 7)
    case .month:
      let date = Self.date(ofDay: day)
      return date.year * 12 + Int64(date.month) - 1
    }
  }

  /// The first day of a period: `2020-01-31`, or `2020-01` for a month.
  func name(_ number: Int64) -> String {
    switch self {
    case .day: Self.text(ofDay: number)
    case .week: Self.text(ofDay: number * 7 - 3)
    case .month:
      Self.padded(Self.floorDivide(number, 12), 4) + "-"
        + Self.padded(number - Self.floorDivide(number, 12) * 12 + 1, 2)
    }
  }

  /// The day of `seconds` since 1970, as `2020-01-31`.
  static func day(_ seconds: Int64) -> String { text(ofDay: dayNumber(seconds)) }

  private static func dayNumber(_ seconds: Int64) -> Int64 { floorDivide(seconds, 86_400) }

  private static func text(ofDay number: Int64) -> String {
    let date = date(ofDay: number)
    return "\(padded(date.year, 4))-\(padded(Int64(date.month), 2))-\(padded(Int64(date.day), 2))"
  }

  // The proleptic Gregorian calendar, counted from March so that the leap day ends a year (Hinnant, "chrono-Compatible
  // Low-Level Date Algorithms", 2013).
  private static func date(ofDay number: Int64) -> (year: Int64, month: Int, day: Int) {
    let shifted = number + 719_468
    let era = floorDivide(shifted, 146_097)
    let dayOfEra = shifted - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let month = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * month + 2) / 5 + 1
    let calendarMonth = month < 10 ? month + 3 : month - 9
    return (yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0), Int(calendarMonth), Int(day))
  }

  private static func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
    value >= 0 ? value / divisor : -((-value + divisor - 1) / divisor)
  }

  private static func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value)
    return String(repeating: "0", count: max(0, width - digits.count)) + digits
  }
}
