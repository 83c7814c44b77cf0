import BundleFormat
import Testing

/// The similarity of a query to an entry's vector is the same integer everywhere and stays in its bounds.
@Suite struct EntrySimilarityTests {
  @Test func unitsAreTheProjectionTimesTheScale() {
    // 300 / 20 · 2 = 30 units at a scale of two.
    #expect(EntrySimilarity.units(product: 300, queryNorm: 400, scale: 131_072) == 30)
    #expect(EntrySimilarity.units(product: -300, queryNorm: 400, scale: 131_072) == -30)
  }

  @Test func halvesRoundAwayFromZero() {
    #expect(EntrySimilarity.units(product: 1, queryNorm: 1, scale: 32_768) == 1)
    #expect(EntrySimilarity.units(product: -1, queryNorm: 1, scale: 32_768) == -1)
    #expect(EntrySimilarity.units(product: 1, queryNorm: 1, scale: 32_767) == 0)
  }

  @Test func nothingToCompareGivesZero() {
    #expect(EntrySimilarity.units(product: 5, queryNorm: 0, scale: 65_536) == 0)
    #expect(EntrySimilarity.units(product: 5, queryNorm: -1, scale: 65_536) == 0)
    #expect(EntrySimilarity.units(product: 5, queryNorm: 1, scale: 0) == 0)
  }

  @Test func noValuesLeaveTheBounds() {
    for product in [Int32.min, -1, 0, 1, Int32.max] {
      for norm in [Int32.min, 0, 1, Int32.max] {
        for scale in [0, 1, UInt32.max] {
          #expect(abs(EntrySimilarity.units(product: product, queryNorm: norm, scale: scale)) <= EntrySimilarity.bound)
        }
      }
    }
    #expect(EntrySimilarity.units(product: .max, queryNorm: 1, scale: .max) == EntrySimilarity.bound)
    #expect(EntrySimilarity.units(product: .min, queryNorm: 1, scale: .max) == -EntrySimilarity.bound)
  }
}
