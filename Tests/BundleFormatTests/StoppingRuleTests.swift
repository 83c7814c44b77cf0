import BundleFormat
import TestSupport
import Testing

/// Margins and rough values never exclude what the rule lets in.
@Suite struct StoppingRuleTests {
  @Test func productsGrowWithTheMarginAndNeverOverflow() {
    var random = SeededRandom()
    for _ in 0..<1_000 {
      let length = Int32.random(in: Int32.min...Int32.max, using: &random)
      let margin = UInt32.random(in: 0..<StoppingRule.greatestMargin, using: &random)
      let product = StoppingRule.product(margin: margin, squaredLength: length)
      #expect(product >= 0 && product <= StoppingRule.product(margin: margin + 1, squaredLength: length))
    }
    #expect(StoppingRule.product(margin: 256, squaredLength: 10_000) == 100)
    // Vectors of 4,096 components of ±128 differ by less in any product.
    let longest: Int32 = 4_096 * 128 * 128
    #expect(StoppingRule.product(margin: StoppingRule.greatestMargin, squaredLength: longest) > 2 * Int64(longest))
  }

  @Test func aRoughValueThatReachesTheProductIsNeverLeftOut() {
    var random = SeededRandom()
    var parameters = IndexParameters(
      dimensions: 384, rowCount: 9, listCount: 2, subquantizers: 64, probes: 1, rerank: 1)
    for _ in 0..<1_000 {
      parameters.codeShift = UInt32.random(in: 0...16, using: &random)
      let scale = RoughScale(
        minimum: Int32.random(in: Int32.min...Int32.max, using: &random),
        shift: UInt32.random(in: 0...9, using: &random) + parameters.codeShift, parameters: parameters)
      for scale in [scale, .whole] {
        let rough = UInt16.random(in: 0...UInt16.max, using: &random)
        let beyond = Int64.random(in: -1_000_000...1_000_000, using: &random)
        let near = scale.product(rough) + beyond
        let least = near - Int64.random(in: 0...100_000, using: &random)
        #expect(scale.rough(near - beyond) == rough, "seed \(random.seed)")
        #expect(scale.rough(least - beyond) <= rough, "seed \(random.seed)")
        // The very next product has the next value.
        if rough < .max { #expect(scale.rough(scale.product(rough + 1) - 1) == rough, "seed \(random.seed)") }
      }
    }
    #expect(RoughScale.whole.rough(1 << 40) == .max && RoughScale.whole.rough(-1 << 40) == 0)
  }
}
