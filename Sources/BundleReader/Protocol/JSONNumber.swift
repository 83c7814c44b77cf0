/// A JSON number as decimal: ± `digits` × 10^`exponent`. Nineteen digits are kept, which no use here can tell from all.
struct JSONNumber: Equatable {
  /// Whether a minus sign stands before it.
  var isNegative = false
  /// Whether it is written without fraction and exponent.
  var isWhole = true
  /// The first digits, at most nineteen.
  private(set) var digits: UInt64 = 0
  /// The power of ten.
  var exponent = 0
  // Whether a digit that was not kept differs from zero.
  private var isCut = false

  /// A number that no further digit fits behind.
  private static let full: UInt64 = 1_000_000_000_000_000_000

  /// Adds a digit before the point.
  mutating func append(_ digit: UInt8) {
    if digits < Self.full {
      digits = digits * 10 + UInt64(digit)
    } else {
      exponent += 1
      isCut = isCut || digit != 0
    }
  }

  /// Adds a digit after the point.
  mutating func appendFraction(_ digit: UInt8) {
    exponent -= 1
    append(digit)
  }

  /// The value if it is written as a whole number and fits, else `nil`.
  var integer: Int64? {
    guard isWhole, exponent == 0 else { return nil }
    if isNegative { return digits <= UInt64(Int64.max) + 1 ? Int64(truncatingIfNeeded: 0 &- digits) : nil }
    return Int64(exactly: digits)
  }

  /// The value in millionths, rounded down, if it lies in 0…1, else `nil`. Exact.
  var millionths: UInt32? {
    if digits == 0 { return 0 }
    if isNegative { return nil }
    var value = digits
    var isMore = isCut
    var power = exponent + 6
    while power > 0 {
      guard value <= 1_000_000 else { return nil }
      value *= 10
      power -= 1
    }
    while power < 0, value > 0 {
      isMore = isMore || value % 10 != 0
      value /= 10
      power += 1
    }
    guard value < 1_000_000 || value == 1_000_000 && !isMore else { return nil }
    return UInt32(value)
  }

  /// The value as a double, good to about fifteen digits; `nil` if no double is so large. The same on every machine,
  /// since it takes only multiplications and divisions by ten.
  var double: Double? {
    if digits == 0 || exponent < -400 { return 0 }
    guard exponent < 310 else { return nil }
    var value = Double(digits)
    for _ in 0..<max(exponent, 0) { value *= 10 }
    for _ in 0..<max(-exponent, 0) { value /= 10 }
    guard value.isFinite else { return nil }
    return isNegative ? -value : value
  }
}
