import BundleFormat
import BundleReader
import CKernels
import TestSupport
import Testing

/// Weighed entries come in the order of their scores, and what would be without rivals changes nothing.
@Suite struct JudgeScoreTests {
  @Test func placesComeInTheOrderOfTheirScoresAndAClearScoreChangesNothing() throws {
    var random = SeededRandom(seed: 14)
    for _ in 0..<20 {
      let source = VocabularySource(pieces: 40, entries: 6, using: &random)
      for entry in 0..<UInt32(6) { source.add(JudgeTests.text(5, of: 40, using: &random), owner: entry) }
      var judge = Judge(kernels: try #require(almanac_kernels_choose(ALMANAC_KERNELS_AUTO)), stride: 64)
      try JudgeTests.begin(&judge, [1, 2, 3], source)
      for entry in 0..<UInt32(6) {
        _ = judge.add(question: entry, owner: entry, similarity: 50_000 - Int64(entry) * 900)
      }
      let before = try JudgeTests.weighed(&judge, source)
      // Leaves of few values, so that scores tie.
      let tree = JudgeTree.random(using: &random, leaves: -2...2)
      let model = try #require(JudgeTree.section([tree]).withBytes { JudgeModel($0) })
      judge.scoreAll(model)
      var order: [Int] = []
      var place = judge.best(below: nil)
      while let found = place {
        order.append(found)
        place = judge.best(below: found)
      }
      var scores: [Int64] = []
      for place in 0..<4 {
        scores.append(judge.score(place))
        let same = judge.clearScore(place, margin: Int64(Int32.min), model)
        #expect(same == scores[place], "no margin is raised")
        _ = judge.clearScore(place, margin: 131_072, model)
        for feature in Evidence.allCases {
          let value = Int64(judge.evidence(place, feature))
          #expect(value == before[place].evidence[Int(feature.rawValue)])
        }
      }
      #expect(order == (0..<4).sorted { (-scores[$0], $0) < (-scores[$1], $1) })
    }
  }

  @Test func aClearScoreIsThatOfWiderMargins() throws {
    var random = SeededRandom(seed: 15)
    let source = VocabularySource(pieces: 40, entries: 2, using: &random)
    for entry in 0..<UInt32(2) { source.add(JudgeTests.text(5, of: 40, using: &random), owner: entry) }
    var judge = Judge(kernels: try #require(almanac_kernels_choose(ALMANAC_KERNELS_AUTO)), stride: 64)
    try JudgeTests.begin(&judge, [1, 2, 3], source)
    for entry in 0..<UInt32(2) { _ = judge.add(question: entry, owner: entry, similarity: 50_000) }
    _ = try judge.weigh(source)
    for feature in [Evidence.givenMargin, .fittedMargin, .learnedMargin] {
      let model = try #require(
        JudgeTree.section([JudgeTree.ladder(feature, from: 0, step: 1_000)]).withBytes { JudgeModel($0) })
      judge.scoreAll(model)
      let (wide, level, plain) = (
        judge.clearScore(0, margin: 14_500, model), judge.clearScore(0, margin: 0, model), judge.score(0)
      )
      #expect(wide == 15)
      #expect(level >= plain)
    }
    let sums = try #require(
      JudgeTree.section([JudgeTree.ladder(.marginSum, from: 0, step: 6_000)]).withBytes { JudgeModel($0) })
    judge.scoreAll(sums)
    let wide = judge.clearScore(0, margin: 131_072, sums)
    #expect(wide == 15)
  }
}
