import BundleFormat
import TestSupport
import Testing

@testable import BundleCompiler

/// What labels certify is true of the traffic that they were drawn from, as often as the confidence says.
@Suite struct CertificationTests {
  private static let budget = ErrorBudget(wrongRequests: 0.01, wrongAnswers: 0.05, outOfScope: 0.5)

  private static func test(_ scores: [Int64], entries: Int = 1_000) -> SelfTest {
    SelfTest(
      results: scores.map {
        SelfTest.Result(
          scoreWithoutEntry: $0, similarityWithoutEntry: 0, scoreWithoutWording: nil, hasOtherWordings: false,
          isRight: false)
      }, entryCount: entries)
  }

  private static func score(_ score: Int64?, _ isRight: Bool = true) -> LabelledScore {
    LabelledScore(score: score, isRight: isRight, isAnswerable: true)
  }

  // Traffic in which the share of wrong answers rises as scores fall, at a pace that differs from one to the next.
  private static func traffic(_ random: inout SeededRandom) -> [LabelledScore] {
    let slope = Double.random(in: 1...6, using: &random)
    let outOfScope = Double.random(in: 0.05...0.6, using: &random)
    return (0..<4_000).map { _ in
      let isAnswerable = Double.random(in: 0..<1, using: &random) >= outOfScope
      let height = Double.random(in: 0..<1, using: &random) * (isAnswerable ? 1 : 0.7)
      var error = 1.0
      for _ in 0..<Int(slope) { error *= 1 - height }
      let isRight = isAnswerable && Double.random(in: 0..<1, using: &random) >= error * 0.6
      return LabelledScore(score: Int64(height * 10_000), isRight: isRight, isAnswerable: isAnswerable)
    }
  }

  @Test(arguments: [300, 600, 1_500])
  func certifiedThresholdsKeepTheBudgetOnTheWholeTraffic(labels: Int) {
    var random = SeededRandom()
    var certified = 0
    var broken = 0
    for _ in 0..<8 {
      let traffic = Self.traffic(&random)
      let ladder = ThresholdLadder(
        Self.test((0..<600).map { _ in Int64(Double.random(in: 0..<1, using: &random) * 9_000) }))
      for _ in 0..<40 {
        let sample = (0..<labels).map { _ in traffic.randomElement(using: &random)! }
        guard let found = Certification(ladder, sample, budget: Self.budget).certified else { continue }
        certified += 1
        let answered = traffic.filter { $0.isAnswered(at: found.threshold) }
        let wrong = answered.count { !$0.isRight }
        if wrong * 100 > traffic.count || wrong * 20 > answered.count { broken += 1 }
      }
    }
    // Of 320 samples 5 % may mislead, which is 16, and three standard deviations more.
    #expect(broken <= 28, "seed \(random.seed)")
    #expect(certified > 0, "seed \(random.seed)")
  }

  @Test func theTestEndsAtTheFirstFailure() throws {
    // Wrong answers at high scores only: everything below them would look harmless again.
    let ladder = ThresholdLadder(Self.test((0..<500).map { Int64($0) * 10 }))
    let labels =
      (0..<200).map { Self.score(4_950 - Int64($0), $0 >= 12) } + (0..<20_000).map { _ in Self.score(100) }
    let certification = Certification(ladder, labels, budget: Self.budget)
    let rungs = certification.rungs
    let last = try #require(rungs.last)
    let othersPass = rungs.dropLast().allSatisfy { $0.passes }
    #expect(othersPass)
    #expect(!last.passes, "12 of about 200 answers are more than 5 %")
    #expect(last.threshold > 4_500)
  }

  @Test func twoHundredNinetyNineFaultlessLabelsAreTheLeastThatCertify() {
    let ladder = ThresholdLadder(Self.test((0..<500).map { Int64($0) }))
    func level(_ count: Int) -> EvidenceLevel {
      var point = OperatingPoint(Self.test((0..<500).map { Int64($0) }), mode: 0, budget: Self.budget)
      point.certify((0..<count).map { _ in Self.score(1_000) }, budget: Self.budget)
      return point.level
    }
    #expect(level(299) == .certified)
    #expect(level(298) == .selfTested)
    let certification = Certification(ladder, (0..<298).map { _ in Self.score(1_000) }, budget: Self.budget)
    #expect(certification.rung(at: 490).boundOfRequests < 0.0101, "and yet it says what they do certify")
  }

  @Test func answersTooFewToProveAnythingDoNotEndTheTest() throws {
    // One of the three best scores is wrong; the 400 below are right.
    let ladder = ThresholdLadder(Self.test((0..<500).map { Int64($0) * 10 }))
    let labels =
      [Self.score(4_980), Self.score(4_970, false), Self.score(4_960)]
      + (0..<1_000).map { Self.score(4_500 - Int64($0)) }
    let certification = Certification(ladder, labels, budget: Self.budget)
    #expect(try #require(certification.certified).answers > 300)
  }

  @Test func labelsThatBreakTheBudgetRaiseTheThresholdAndProveNothing() {
    var point = OperatingPoint(Self.test((0..<500).map { Int64($0) }), mode: 0, budget: Self.budget)
    let before = point.threshold
    // 40 of 100 wrong, all within the self-test's threshold, the right ones above.
    point.certify(
      (0..<60).map { Self.score(600 + Int64($0)) } + (0..<40).map { Self.score(before + Int64($0) / 8, false) },
      budget: Self.budget)
    #expect(point.threshold > before)
    #expect(point.level != .certified)
    #expect(point.isRaisedByLabels)
  }

  @Test func labelsNeverCertifyABundleTooSmallForASelfTest() {
    var point = OperatingPoint(Self.test((0..<49).map { Int64($0) }), mode: 0, budget: Self.budget)
    point.certify((0..<2_000).map { _ in Self.score(1_000) }, budget: Self.budget)
    #expect(point.threshold == DecisionParameters.never)
    #expect(point.level == .exactOnly)
  }

  @Test func laddersFallStrictlyAndAreFineEnough() {
    var random = SeededRandom()
    for _ in 0..<100 {
      let count = Int.random(in: 50...2_000, using: &random)
      let range = Int64.random(in: 1...100_000, using: &random)
      let scores = (0..<count).map { _ in Int64.random(in: -range...range, using: &random) }
      let steps = ThresholdLadder(Self.test(scores)).thresholds
      #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 > $1 }, "seed \(random.seed)")
      #expect(steps.first == scores.max().map { $0 + 1 }, "nothing of the self-test is answered at the first step")
      if range > 1_000 { #expect(steps.count >= 64) }
    }
  }
}
