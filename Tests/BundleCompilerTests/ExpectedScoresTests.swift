import TestSupport
import Testing

@testable import BundleCompiler

/// How scores are expected to be spread, as the manifest states it.
@Suite struct ExpectedScoresTests {
  private func point(strangers: [Int64], wordings: [Int64]) -> OperatingPoint {
    var results: [SelfTest.Result] = []
    for score in strangers {
      results.append(
        .init(
          scoreWithoutEntry: score, similarityWithoutEntry: 0, scoreWithoutWording: nil, hasOtherWordings: false,
          isRight: false))
    }
    for score in wordings {
      results.append(
        .init(
          scoreWithoutEntry: nil, similarityWithoutEntry: 0, scoreWithoutWording: score, hasOtherWordings: true,
          isRight: true))
    }
    let budget = ErrorBudget(wrongRequests: 0.01, wrongAnswers: 0.05, outOfScope: 0.5)
    return OperatingPoint(SelfTest(results: results, entryCount: 100), mode: 0, budget: budget)
  }

  @Test func stepsHoldLikeSharesOfTheMix() throws {
    // Few wordings weigh as much as many strangers, at half and half.
    let scores = try #require(point(strangers: Array(0..<1000), wordings: Array(1000..<1100)).expectedScores)
    #expect(scores.shares.count == 10)
    #expect(scores.shares.allSatisfy { (90_000...110_000).contains($0) })
    #expect(scores.edges.count { $0 < 1000 } == scores.edges.count { $0 >= 1000 } + 1 || scores.edges.contains(1000))
    #expect(scores.shares.reduce(0, +).distance(to: 1_000_000).magnitude < 20)
  }

  @Test func equalScoresLieInOneStep() throws {
    let scores = try #require(
      point(strangers: [Int64](repeating: 5, count: 500), wordings: [5, 5, 7]).expectedScores)
    #expect(scores.edges == [7])
    #expect(scores.step(5) == 0 && scores.step(7) == 1)
  }

  @Test func oneWordingEachTellsNothing() {
    #expect(point(strangers: Array(0..<1000), wordings: []).expectedScores == nil)
  }
}
