/// A number without its unit: `mantissa × 10^exponent`.
struct Numeral {
  var mantissa: UInt64 = 0
  var exponent = 0
  var isNegative = false
  /// The decimal places as written.
  var places = 0

  /// The same number with the least mantissa.
  var reduced: Numeral {
    var result = self
    if mantissa == 0 {
      result.exponent = 0
      return result
    }
    while result.mantissa % 10 == 0 {
      result.mantissa /= 10
      result.exponent += 1
    }
    return result
  }

  /// The number times `factor × 10^shift`. Values beyond 64 bits wrap around: they are only compared for equality.
  func times(_ factor: UInt64, shift: Int = 0) -> Numeral {
    var result = reduced
    result.mantissa = result.mantissa &* factor
    result.exponent += shift
    result.places = 0
    return result
  }

  /// A hash of the value; 3.1 and 3.10 are different if places are kept, 3 and 3.0 never are.
  func hash(keepingPlaces: Bool) -> UInt32 {
    let least = reduced
    var hash = KeyHash(domain: MarkLexicon.domain &+ 1)
    var rest = least.mantissa
    repeat {
      hash.add(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    } while rest > 0
    hash.add(UInt8(truncatingIfNeeded: least.exponent))
    hash.add(isNegative ? 1 : 0)
    // Trailing zeros behind other places: 3.10 is a version, not 3.1.
    if keepingPlaces, places > 0, least.exponent < 0, places != -least.exponent {
      hash.add(UInt8(truncatingIfNeeded: places))
    }
    return UInt32(truncatingIfNeeded: hash.value)
  }

  /// Whether the number is a whole one from `low` to `high`.
  func isWhole(_ low: UInt64, _ high: UInt64) -> Bool {
    guard !isNegative, places == 0, exponent == 0 else { return false }
    return mantissa >= low && mantissa <= high
  }
}
