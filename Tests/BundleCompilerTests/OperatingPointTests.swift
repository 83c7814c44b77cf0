import BundleFormat
import TestSupport
import Testing

@testable import BundleCompiler

/// The threshold keeps the budget on the very questions it was measured on, and is the lowest that does.
@Suite struct OperatingPointTests {
  private static func result(_ stranger: Int64?, wording: Int64? = nil, isRight: Bool = false) -> SelfTest.Result {
    SelfTest.Result(
      scoreWithoutEntry: stranger, similarityWithoutEntry: stranger ?? 0, scoreWithoutWording: wording,
      hasOtherWordings: wording != nil, isRight: isRight)
  }

  private static let budget = ErrorBudget(wrongRequests: 0.01, wrongAnswers: 0.05, outOfScope: 0.5)

  private static func point(
    _ results: [SelfTest.Result], _ budget: ErrorBudget = budget, entries: Int = 1_000
  ) -> OperatingPoint {
    OperatingPoint(SelfTest(results: results, entryCount: entries), mode: AcceptancePoint.textMode, budget: budget)
  }

  @Test func acceptanceWithTheEntryLeftOutStaysWithinTheBudget() {
    let point = Self.point((0..<1000).map { Self.result(Int64($0)) })
    // One percent of requests, half of which have no answer, affords 20; 12 and twice their deviation are within that.
    #expect(point.accepted == 12)
    #expect(point.threshold == 988)
  }

  @Test func tiesNeverOverrunTheBudget() {
    var random = SeededRandom()
    for _ in 0..<200 {
      let count = Int.random(in: 50...400, using: &random)
      let results = (0..<count).map { _ in Self.result(Int64.random(in: 0...12, using: &random)) }
      let point = Self.point(results)
      #expect(Double(point.accepted) <= 0.02 * Double(count), "seed \(random.seed)")
    }
  }

  @Test func fewQuestionsLeaveRoomForChance() {
    for (count, accepted) in [(50, 0), (100, 0), (410, 4), (3200, 49)] {
      #expect(Self.point((0..<count).map { Self.result(Int64($0)) }).accepted == accepted)
    }
  }

  @Test func aFewWordingsShowThatAnswersAreMostlyWrong() {
    // Of 60 left-out wordings two would be answered, one of them wrongly; that one may not be.
    var results = (0..<940).map { _ in Self.result(-1000) }
    results += (0..<60).map { Self.result(-1000, wording: $0 < 58 ? -2000 : Int64($0), isRight: $0 == 59) }
    #expect(Self.point(results).wrong == 0)
    #expect(Self.point(results).right == 1)
  }

  @Test func tooFewQuestionsAnswerNothingByMeaning() {
    #expect(Self.point((0..<49).map { Self.result(Int64($0)) }).threshold == DecisionParameters.never)
    #expect(Self.point((0..<50).map { Self.result(Int64($0)) }).threshold != DecisionParameters.never)
    #expect(Self.point((0..<500).map { Self.result(Int64($0)) }, entries: 49).threshold == DecisionParameters.never)
  }

  @Test func wrongAnswersToOtherWordingsCountToo() {
    // Every tenth left-out wording goes to a wrong entry, with a score in the middle of the right ones.
    let results = (0..<1000).map { index in
      Self.result(-1000, wording: Int64(index), isRight: index % 10 != 0)
    }
    let point = Self.point(results)
    let share = Double(point.wrong) / Double(max(point.right + point.wrong, 1))
    #expect(share <= 0.05)
    #expect(0.5 * Double(point.wrong) / 1000 <= 0.01)
  }

  @Test func confidenceNeverFallsAsScoresGrow() {
    var random = SeededRandom()
    let point = Self.point((0..<777).map { _ in Self.result(Int64.random(in: -500...500, using: &random)) })
    #expect(point.acceptance.map(\.score) == point.acceptance.map(\.score).sorted(), "seed \(random.seed)")
    #expect(point.acceptance.map(\.acceptance) == point.acceptance.map(\.acceptance).sorted(by: >))
    #expect(point.acceptance.last?.acceptance ?? 0 > 0, "no test proves that nothing is wrong")
  }
}
