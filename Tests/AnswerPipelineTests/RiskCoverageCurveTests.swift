import AnswerPipeline
import TestSupport
import Testing

/// The curve says what every threshold would give: it is compared with trying each.
@Suite struct RiskCoverageCurveTests {
  private typealias Candidate = RiskCoverageCurve.Candidate

  /// Few different scores, so that many are equal; some exact hits; some queries without a candidate.
  private static func sample(_ random: inout SeededRandom) -> (candidates: [Candidate], requests: Int, answerable: Int)
  {
    let count = Int.random(in: 0...200, using: &random)
    let candidates = (0..<count).map { _ in
      Candidate(
        score: Int.random(in: 0..<10, using: &random) == 0
          ? RiskCoverageCurve.exactScore : Int64.random(in: -20...20, using: &random),
        isRight: Int.random(in: 0..<4, using: &random) > 0)
    }
    let right = candidates.count { $0.isRight }
    let missing = Int.random(in: 1...50, using: &random)
    return (candidates, count + missing, right + Int.random(in: 0...missing, using: &random))
  }

  @Test func everyPointIsWhatItsThresholdGives() {
    var random = SeededRandom()
    for _ in 0..<200 {
      let (candidates, requests, answerable) = Self.sample(&random)
      let curve = RiskCoverageCurve(candidates, requests: requests, answerable: answerable)
      let thresholds = Set(candidates.map(\.score)).union([RiskCoverageCurve.exactScore]).sorted(by: >)
      let expected = thresholds.map { threshold in
        let answered = candidates.filter { $0.score >= threshold }
        return RiskCoverageCurve.Point(
          threshold: threshold, right: answered.count { $0.isRight }, wrong: answered.count { !$0.isRight })
      }
      #expect(curve.points == expected, "seed \(random.seed)")
    }
  }

  @Test func pointsRise() {
    var random = SeededRandom()
    for _ in 0..<200 {
      let (candidates, requests, answerable) = Self.sample(&random)
      let curve = RiskCoverageCurve(candidates, requests: requests, answerable: answerable)
      for (point, next) in zip(curve.points, curve.points.dropFirst()) {
        #expect(next.threshold < point.threshold, "seed \(random.seed)")
        #expect(next.right >= point.right && next.wrong >= point.wrong, "seed \(random.seed)")
        #expect(next.right + next.wrong > point.right + point.wrong, "seed \(random.seed)")
      }
      for (point, next) in zip(curve.frontier, curve.frontier.dropFirst()) {
        #expect(next.wrong > point.wrong && next.right >= point.right, "seed \(random.seed)")
      }
    }
  }

  @Test func aBudgetGetsTheMostRightAnswersThatAnyThresholdGives() {
    var random = SeededRandom()
    for _ in 0..<200 {
      let (candidates, requests, answerable) = Self.sample(&random)
      let curve = RiskCoverageCurve(candidates, requests: requests, answerable: answerable)
      for limit: UInt32 in [0, 5_000, 10_000, 20_000, 50_000, 250_000, 1_000_000] {
        var most: Int?
        for threshold in -21...21 as ClosedRange<Int64> {
          let answered = candidates.filter { $0.score >= threshold }
          let wrong = answered.count { !$0.isRight }
          if wrong * 1_000_000 <= Int(limit) * requests { most = max(most ?? 0, answered.count - wrong) }
        }
        let point = curve.point(wrongWithin: limit)
        #expect(point?.right == most, "seed \(random.seed), limit \(limit)")
        if let point { #expect(curve.frontier.contains { $0.right == point.right }) }
      }
    }
  }

  @Test func aShareOfExactlyTheBudgetIsWithinIt() {
    let candidates = [Candidate(score: 9, isRight: true), Candidate(score: 8, isRight: false)]
    let curve = RiskCoverageCurve(
      candidates + [Candidate(score: 7, isRight: true)], requests: 100, answerable: 4)
    #expect(curve.point(wrongWithin: 10_000).flatMap(curve.served) == 0.5)
    #expect(curve.point(wrongWithin: 9_999).flatMap(curve.served) == 0.25)
  }

  @Test func wrongExactMatchesAreBeyondAnyThreshold() {
    let exact = Candidate(score: RiskCoverageCurve.exactScore, isRight: false)
    let curve = RiskCoverageCurve([exact], requests: 10, answerable: 0)
    #expect(curve.point(wrongWithin: 50_000) == nil)
    #expect(curve.point(wrongWithin: 100_000)?.wrong == 1)
    #expect(curve.served(curve.points[0]) == nil)
  }
}
