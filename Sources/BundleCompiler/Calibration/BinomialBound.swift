/// The Clopper-Pearson bounds on a share, from counting in a random sample.
///
/// They are exact, not an approximation: in at most 1 − confidence of all samples the true share lies beyond the bound,
/// however small the sample. One-sided, as in Clopper and Pearson, Biometrika 26 (1934), 404-413. Bounds reach
/// manifests and choose thresholds, so nothing but + - × ÷ of IEEE double is used: the same on every machine.
public enum BinomialBound {
  /// The greatest share that still gives `count` or fewer of `sample` with a probability of 1 − `confidence`.
  ///
  /// Takes time in proportion to `count`.
  ///
  /// - Parameters:
  ///   - count: How many of the sample were observed: 0…`sample`.
  ///   - sample: The size of the sample.
  ///   - confidence: From 0.5 up to, not including, 1.
  public static func upper(_ count: Int, of sample: Int, confidence: Double) -> Double {
    precondition((0.5..<1).contains(confidence) && count >= 0 && count <= sample)
    guard count < sample else { return 1 }
    // With a true share of count / sample at least half of all samples have count or fewer, so the bound is not below.
    var low = Double(count) / Double(sample)
    var high = 1.0
    // Halving a unit interval 60 times leaves less than the spacing of doubles.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if tail(count, of: sample, share: middle) > 1 - confidence { low = middle } else { high = middle }
    }
    return high
  }

  /// The least share that still gives `count` or more of `sample` with a probability of 1 − `confidence`.
  public static func lower(_ count: Int, of sample: Int, confidence: Double) -> Double {
    1 - upper(sample - count, of: sample, confidence: confidence)
  }

  // The probability of `count` or fewer: the likeliest term, times one and the ratios of the smaller ones to it.
  private static func tail(_ count: Int, of sample: Int, share: Double) -> Double {
    guard share < 1 else { return 0 }
    var most = ScaledProduct(1)
    for index in 0..<count { most.multiply(by: Double(sample - index) / Double(index + 1) * share) }
    most.multiply(by: 1 - share, times: sample - count)
    let odds = (1 - share) / share
    var term = 1.0
    var sum = 1.0
    var index = count
    while index > 0, term > 1e-18 * sum {
      term *= Double(index) / Double(sample - index + 1) * odds
      sum += term
      index -= 1
    }
    return most.value * sum
  }
}

/// A product of positive factors that may be far outside the range of a double on the way.
private struct ScaledProduct {
  private var significand: Double
  private var exponent = 0

  init(_ value: Double) { significand = value }

  /// The product; zero if it is too small for a double.
  var value: Double {
    guard exponent > -1_100 else { return 0 }
    return Double(sign: .plus, exponent: exponent, significand: significand)
  }

  mutating func multiply(by factor: Double) {
    significand *= factor
    normalize()
  }

  mutating func multiply(by factor: Double, times count: Int) {
    var square = ScaledProduct(factor)
    var rest = count
    while rest > 0 {
      if rest & 1 == 1 {
        significand *= square.significand
        exponent += square.exponent
        normalize()
      }
      rest >>= 1
      square.significand *= square.significand
      square.exponent *= 2
      square.normalize()
    }
  }

  // Moving powers of two into the exponent changes no digit.
  private mutating func normalize() {
    guard significand > 0, significand < 0x1p-300 || significand > 0x1p300 else { return }
    exponent += Int(significand.exponent)
    significand = significand.significand
  }
}
