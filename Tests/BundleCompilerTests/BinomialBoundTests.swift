import BundleCompiler
import Testing

/// The upper bound is that of Clopper and Pearson. The values are of SciPy 1.17: `beta.ppf(confidence, k + 1, n - k)`.
@Suite struct BinomialBoundTests {
  @Test(arguments: [
    (0, 1, 0.95, 0.95), (0, 299, 0.95, 0.009969146792899269), (3, 1_000, 0.95, 0.007735244718479458),
    (0, 10, 0.5, 0.06696700846319258), (5, 10, 0.5, 0.5483058437763368), (1, 2, 0.95, 0.9746794344808963),
    (5, 10, 0.95, 0.7775588989918706), (9, 10, 0.95, 0.9948838031081763), (10, 2_969, 0.95, 0.005706410127720727),
    (1_000, 3_000, 0.99, 0.3537330909417267), (30_000, 100_000, 0.95, 0.30239288489964733),
    (12, 1_000, 0.999, 0.026823368508008427), (99_999, 100_000, 0.95, 0.9999994870671877),
    (0, 1_000_000, 0.95, 2.9957277863525433e-06),
  ])
  func knownBoundsAreMet(count: Int, sample: Int, confidence: Double, bound: Double) {
    let found = BinomialBound.upper(count, of: sample, confidence: confidence)
    #expect(abs(found - bound) <= 1e-9 * bound, "\(found) is not \(bound)")
  }

  @Test func allOfASampleBoundsNothing() {
    #expect(BinomialBound.upper(7, of: 7, confidence: 0.95) == 1)
    #expect(BinomialBound.upper(0, of: 0, confidence: 0.95) == 1)
  }

  @Test func theBoundRisesWithTheCountAndFallsWithTheSample() {
    let rising = (0...50).map { BinomialBound.upper($0, of: 400, confidence: 0.95) }
    #expect(zip(rising, rising.dropFirst()).allSatisfy { $0 < $1 })
    let falling = (10...400).map { BinomialBound.upper(3, of: $0, confidence: 0.95) }
    #expect(zip(falling, falling.dropFirst()).allSatisfy { $0 > $1 })
  }

  @Test func twoHundredNinetyNineRightAnswersAreTheLeastThatCertifyOnePercent() {
    #expect(BinomialBound.upper(0, of: 299, confidence: 0.95) <= 0.01)
    #expect(BinomialBound.upper(0, of: 298, confidence: 0.95) > 0.01)
  }

  @Test func theLowerBoundMirrorsTheUpper() {
    #expect(BinomialBound.lower(0, of: 20, confidence: 0.95) == 0)
    // SciPy: beta.ppf(0.05, 2, 19).
    #expect(abs(BinomialBound.lower(2, of: 20, confidence: 0.95) - 0.018065) < 1e-6)
    for count in 1...30 { #expect(BinomialBound.lower(count, of: 30, confidence: 0.9) < Double(count) / 30) }
  }
}
