import TestSupport
import Testing

@testable import BundleCompiler

/// What marked hits prove: bounds that hold as often as they say.
@Suite struct HitCertificationTests {
  private func counts(
    _ wrong: Int, of marked: Int, hits: Int, of requests: Int, _ change: (inout HitCounts) -> Void = { _ in }
  ) -> HitCounts {
    var counts = HitCounts()
    (counts.requests, counts.hits, counts.drawn, counts.marked) = (requests, hits, marked, marked)
    (counts.wrong, counts.right) = (wrong, marked - wrong)
    change(&counts)
    return counts
  }

  private func certify(_ counts: HitCounts, requests: Double = 0.01, answers: Double = 0.05) -> HitCertification {
    HitCertification(
      counts, budget: ErrorBudget(wrongRequests: requests, wrongAnswers: answers, outOfScope: 0.5, confidence: 0.95))
  }

  // SciPy 1.17: beta.ppf(0.955, k + 1, n - k) * beta.ppf(0.995, h + 1, r - h), and beta.ppf(0.95, k + 1, n - k).
  @Test(arguments: [
    (0, 100, 2_000, 10_000, 0.006427485, 0.02951305), (0, 60, 2_000, 10_000, 0.010603066, 0.048702913),
    (1, 100, 500, 10_000, 0.002669956, 0.046559811), (3, 300, 60, 100, 0.018929377, 0.025641393),
    (0, 1, 1, 1, 0.955, 0.95),
  ])
  func boundsAreThoseOfClopperAndPearson(
    wrong: Int, marked: Int, hits: Int, requests: Int, ofRequests: Double, ofAnswers: Double
  ) {
    let found = certify(counts(wrong, of: marked, hits: hits, of: requests))
    #expect(abs(found.boundOfRequests - ofRequests) < 1e-8, "\(found.boundOfRequests)")
    #expect(abs(found.boundOfAnswers - ofAnswers) < 1e-8, "\(found.boundOfAnswers)")
  }

  @Test func aHundredRightHitsCertifyOnePercentWhereAFifthOfRequestsAreHits() {
    #expect(certify(counts(0, of: 100, hits: 2_000, of: 10_000)).passes)
    #expect(!certify(counts(1, of: 100, hits: 2_000, of: 10_000)).passes, "1.006 % of requests")
    #expect(!certify(counts(0, of: 50, hits: 2_000, of: 10_000)).passes)
    #expect(!certify(counts(0, of: 0, hits: 2_000, of: 10_000), requests: 0.999, answers: 0.999).passes)
  }

  @Test func boundsOnlyGrowWithWhatIsWrongOrUnsureOrChanged() {
    let base = certify(counts(1, of: 100, hits: 300, of: 1_000))
    for change: (inout HitCounts) -> Void in [
      { $0.wrong += 1 }, { $0.unsure += 1 }, { $0.changed += 1 }, { $0.hits += 50 },
      { $0.fallbacks = (drawn: 700, answered: 0) },
    ] {
      let worse = certify(counts(1, of: 100, hits: 300, of: 1_000, change))
      #expect(worse.boundOfRequests > base.boundOfRequests)
      #expect(worse.boundOfAnswers >= base.boundOfAnswers)
    }
    let changed = certify(counts(1, of: 100, hits: 300, of: 1_000) { $0.fallbacks = (700, 0) })
    let answered = certify(counts(1, of: 100, hits: 300, of: 1_000) { $0.fallbacks = (700, 20) })
    #expect(answered.boundOfRequests > changed.boundOfRequests)
  }

  @Test func aHugeLogIsBoundedAsOneOfAMillionRequests() {
    let million = certify(counts(0, of: 100, hits: 200_000, of: 1_000_000))
    let huge = certify(counts(0, of: 100, hits: 1 << 52, of: 1 << 53))
    #expect(huge.boundOfRequests > million.boundOfRequests)
    #expect(abs(huge.boundOfRequests / (0.5 * 0.030535021) - 1) < 0.005)
    #expect(certify(counts(0, of: 100, hits: 1 << 53, of: 1 << 53)).boundOfRequests <= 0.030535022)
  }

  @Test func manyWrongMarksRefuteTheBudget() {
    #expect(certify(counts(30, of: 100, hits: 300, of: 1_000)).refutes)
    #expect(!certify(counts(2, of: 100, hits: 300, of: 1_000)).refutes)
    #expect(!certify(counts(30, of: 100, hits: 300, of: 1_000) { $0.fallbacks = (10, 0) }).refutes)
  }

  /// Draws logs and samples from traffic whose share of wrong answers is known, and counts how often the bounds miss it.
  @Test func boundsHoldAsOftenAsTheySay() {
    let seed = SeededRandom().seed
    var generator = SeededGenerator(seed: seed)
    let rounds = 500
    for (hitRate, wrongRate, requests, draws) in [(0.2, 0.03, 1_000, 60), (0.6, 0.10, 300, 100), (0.05, 0.3, 400, 30)] {
      var missedRequests = 0
      var missedAnswers = 0
      for _ in 0..<rounds {
        func happens(_ share: Double) -> Bool { Double(generator.next(below: 1 << 30)) < share * Double(1 << 30) }
        var isWrong: [Bool] = []
        for _ in 0..<requests where happens(hitRate) { isWrong.append(happens(wrongRate)) }
        let drawn = generator.permutation(isWrong.count).prefix(draws)
        let found = certify(
          counts(drawn.count { isWrong[$0] }, of: drawn.count, hits: isWrong.count, of: requests))
        if found.boundOfRequests < hitRate * wrongRate { missedRequests += 1 }
        if found.boundOfAnswers < wrongRate { missedAnswers += 1 }
      }
      // Four standard deviations above the 5 % that may be missed.
      #expect(missedRequests <= rounds * 9 / 100, "seed \(seed): \(missedRequests)")
      #expect(missedAnswers <= rounds * 9 / 100, "seed \(seed): \(missedAnswers)")
    }
  }
}
