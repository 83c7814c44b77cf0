import Glibc

/// The Clopper-Pearson upper bound on a share, from counting in a random sample.
///
/// It is exact, not an approximation: in at most 1 − confidence of all samples the true share lies above it, however
/// small the sample. One-sided, as in Clopper and Pearson, Biometrika 26 (1934), 404-413.
public enum BinomialBound {
  /// The greatest share that still gives `count` or fewer of `sample` with a probability of 1 − `confidence`.
  ///
  /// - Parameters:
  ///   - count: How many of the sample were observed: 0…`sample`.
  ///   - sample: The size of the sample.
  ///   - confidence: From 0.5 up to, not including, 1.
  public static func upper(_ count: Int, of sample: Int, confidence: Double) -> Double {
    precondition((0.5..<1).contains(confidence) && count >= 0 && count <= sample)
    guard count < sample else { return 1 }
    let ways = logarithmOfChoices(count, of: sample)
    // With a true share of count / sample at least half of all samples have count or fewer, so the bound is not below.
    var low = Double(count) / Double(sample)
    var high = 1.0
    // Halving a unit interval 60 times leaves less than the spacing of doubles.
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if tail(count, of: sample, share: middle, ways: ways) > 1 - confidence { low = middle } else { high = middle }
    }
    return high
  }

  // The probability of `count` or fewer: the likeliest term in logarithms, the smaller ones by their ratios.
  private static func tail(_ count: Int, of sample: Int, share: Double, ways: Double) -> Double {
    guard share < 1 else { return 0 }
    let most = exp(ways + Double(count) * log(share) + Double(sample - count) * log1p(-share))
    let odds = (1 - share) / share
    var term = 1.0
    var sum = 1.0
    var index = count
    while index > 0, term > 1e-18 * sum {
      term *= Double(index) / Double(sample - index + 1) * odds
      sum += term
      index -= 1
    }
    return most * sum
  }

  private static func logarithmOfChoices(_ count: Int, of sample: Int) -> Double {
    let fewer = min(count, sample - count)
    var logarithm = 0.0
    for index in 0..<fewer { logarithm += log(Double(sample - index) / Double(fewer - index)) }
    return logarithm
  }
}
