/// What a question says that an answer to it must agree with: numbers, codes, dates, negation, opposites, directions.
///
/// A window on the encoded form, which equal marks share byte for byte: `u8` negation, then the counts of numbers, codes, date
/// parts, antonym sides, directions and words (`u8` each), then these in that order, each kind sorted and without repetitions. A
/// question without any is empty. Reading outside the window gives zeros, so no bytes are unsafe to compare.
public struct QuestionMarks: Sendable {
  /// The most bytes of an encoded form.
  public static let maximumSize = 7 + 8 * numbers + 4 * codes + 4 * dateParts + 2 * sides + 4 * directions + 2 * words
  /// The most marks of each kind; what a question has beyond that is left out.
  public static let numbers = 8
  public static let codes = 6
  public static let dateParts = 8
  public static let sides = 12
  public static let directions = 12
  public static let words = 24

  /// Set in the negation byte if the number of negations is odd.
  public static let isNegated: UInt8 = 1
  /// Set in a word if it is what a negation denies.
  public static let isDenied: UInt16 = 1

  private let bytes: Bytes
  private let codeStart, dateStart, sideStart, directionStart, wordStart: Int

  /// The number of marks of each kind.
  public let numberCount, codeCount, dateCount, sideCount, directionCount, wordCount: Int

  /// Opens an encoded form.
  public init(_ bytes: Bytes) {
    self.bytes = bytes
    numberCount = min(Int(bytes[1]), Self.numbers)
    codeCount = min(Int(bytes[2]), Self.codes)
    dateCount = min(Int(bytes[3]), Self.dateParts)
    sideCount = min(Int(bytes[4]), Self.sides)
    directionCount = min(Int(bytes[5]), Self.directions)
    wordCount = min(Int(bytes[6]), Self.words)
    codeStart = 7 + 8 * numberCount
    dateStart = codeStart + 4 * codeCount
    sideStart = dateStart + 4 * dateCount
    directionStart = sideStart + 2 * sideCount
    wordStart = directionStart + 4 * directionCount
  }

  /// Whether the question says nothing that must be agreed with.
  public var isEmpty: Bool { bytes.count == 0 }

  /// Whether the number of negations is odd.
  public var isNegated: Bool { bytes[0] & Self.isNegated != 0 }

  /// The number at `index`.
  public func number(_ index: Int) -> NumberMark {
    NumberMark(
      raw: bytes.integer(at: 7 + 8 * index) ?? 0, measure: bytes.integer(at: 11 + 8 * index) ?? 0)
  }

  /// The hash of the code at `index`.
  public func code(_ index: Int) -> UInt32 { bytes.integer(at: codeStart + 4 * index) ?? 0 }

  /// The part of a date at `index`.
  public func datePart(_ index: Int) -> DateMark { DateMark(rawValue: bytes.integer(at: dateStart + 4 * index) ?? 0) }

  /// The antonym side at `index`: the pair's number from 1, shifted by one, and the side.
  public func side(_ index: Int) -> UInt16 { bytes.integer(at: sideStart + 2 * index) ?? 0 }

  /// The direction at `index`: a hash of the word it leads from in the upper half, of the one it leads to in the lower.
  public func direction(_ index: Int) -> UInt32 { bytes.integer(at: directionStart + 4 * index) ?? 0 }

  /// The word at `index`: a hash of its stem in the upper 15 bits, and whether a negation denies it.
  public func word(_ index: Int) -> UInt16 { bytes.integer(at: wordStart + 2 * index) ?? 0 }
}

/// A number in a question.
public struct NumberMark: Equatable, Sendable {
  /// A hash of the value as written, sign and all; 0.5 and .50 are the same, 3.1 and 3.10 only with a unit.
  public var raw: UInt32
  /// The low eight bits are flags and unit class, the others a hash of the amount in the base unit of its class, zero without
  /// a unit: 60 minutes are 1 hour.
  public var measure: UInt32

  /// Said in passing, as "an hour" or "first": its absence says nothing.
  public static let isSoft: UInt32 = 1
  /// Part of a name: COVID-19, python3. Its absence says nothing.
  public static let isAttached: UInt32 = 2
  /// Can be a year.
  public static let isYear: UInt32 = 4
  /// An ordinal.
  public static let isOrdinal: UInt32 = 8

  /// Whether `flag` is set.
  public func has(_ flag: UInt32) -> Bool { measure & flag != 0 }

  /// Whether it is nothing but a number, or what can be a year: no unit, no part of a name, not said in passing.
  public var isBare: Bool { measure & ~NumberMark.isYear == 0 }

  /// What the unit measures, zero without a unit.
  public var unitClass: UInt32 { measure >> 4 & 15 }

  /// The hash of the amount, zero without a unit.
  public var amount: UInt32 { measure >> 8 }
}

/// A part of a date or a time in a question.
public struct DateMark: Equatable, Sendable {
  /// The part in the upper eight bits, its value in the others.
  public var rawValue: UInt32

  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// A part with its value.
  public init(part: UInt32, value: UInt32) { rawValue = part << 24 | value & 0xFF_FFFF }

  /// The month, from 1.
  public static let month: UInt32 = 1
  /// The day of the month.
  public static let day: UInt32 = 2
  /// A weekday (1…7 from Monday) or a day named by its distance from today (8 today, 9 tomorrow, 10 yesterday, 11 weekend).
  public static let weekday: UInt32 = 3
  /// A time of day: minutes since midnight or noon, and in bits 12 and 13 the half of the day: 1 first, 2 second, 0 unknown.
  public static let time: UInt32 = 4
  /// A day and a month whose order is not known: the lesser times 32, and the greater.
  public static let dayAndMonth: UInt32 = 5

  /// The part.
  public var part: UInt32 { rawValue >> 24 }

  /// The part's value.
  public var value: UInt32 { rawValue & 0xFF_FFFF }
}
