import AnswerPipeline
import BundleFormat
import BundleReader
import TestSupport
import Testing

/// A check counts every query once, and its curve passes through what the bundle does.
@Suite struct QueryCheckTests {
  private func devFAQ() throws -> Bundle { try Bundle.open(try CheckFixture.path.get()) }

  @Test(arguments: [true, false]) func countsAddUp(shortened: Bool) throws {
    let bundle = try devFAQ()
    let report = try CheckFixture.report(bundle, try CheckFixture.rows(of: bundle, shortened: shortened))
    let counts = report.counts
    #expect(counts.requests == bundle.questionCount)
    #expect(counts.answerable == report.queries.count { $0.query.expected != nil })
    #expect(counts.hits == report.exact.hits + report.semantic.hits)
    #expect(counts.right == report.exact.right + report.semantic.right)
    #expect(counts.wrong == report.queries.count { $0.verdict == .wrong })
    #expect(report.fallbacks.reduce(0) { $0 + $1.missed } == counts.missed)
    #expect(report.fallbacks.reduce(0) { $0 + $1.refused } == counts.refused)
    #expect(report.kinds.map(\.name) == ["even", nil])
    for part in [\CheckCounts.right, \.misdirected, \.unwarranted, \.missed, \.refused, \.requests] {
      #expect(report.kinds.reduce(0) { $0 + $1.counts[keyPath: part] } == counts[keyPath: part])
    }
    #expect(counts.unwarranted > 0 && counts.misdirected > 0 && counts.right > 0)
    #expect(shortened ? report.semantic.hits > 0 : report.exact.hits == counts.hits)
  }

  @Test func theCurvePassesThroughTheBundlesOwnPoint() throws {
    let bundle = try devFAQ()
    let rows =
      try CheckFixture.rows(of: bundle, shortened: true) + CheckFixture.rows(of: bundle, shortened: false).prefix(50)
    let report = try CheckFixture.report(bundle, rows)
    let point = try #require(report.curve.points.last { $0.threshold >= bundle.decision.textThreshold })
    #expect(report.semantic.hits > 0)
    #expect(point.right == report.counts.right)
    #expect(point.wrong == report.counts.wrong)
  }

  @Test func theWorstMistakesAreTheMostConfident() throws {
    let bundle = try devFAQ()
    let report = try CheckFixture.report(bundle, try CheckFixture.rows(of: bundle, shortened: true))
    let worst = report.worst(Int.max)
    #expect(worst.count == report.counts.wrong)
    #expect(report.worst(3).map(\.query.line) == worst.prefix(3).map(\.query.line))
    #expect(zip(worst, worst.dropFirst()).allSatisfy { $0.outcome.confidence >= $1.outcome.confidence })
  }

  @Test func rowsAreAskedWithTheirScopeTimeAndTurn() throws {
    let folder = try TemporaryFolder()
    let tiny = try Bundle.open(try SampleBundle.tiny(in: folder))
    let rows = [
      #"{"query":"What are the opening hours?","expect":null}"#,
      #"{"query":"What are the opening hours?","expect":"hours/hill","scope":{"branch":"hill"}}"#,
      #"{"query":"What are the opening hours?","expect":"hours/harbour","scope":{"branch":"harbour"}}"#,
      #"{"query":"What happens in the summer reading week?","expect":null}"#,
      #"{"query":"What happens in the summer reading week?","expect":"summer-2025","now":"2025-07-15"}"#,
      #"{"query":"and on mondays","expect":null,"turn":2}"#,
      #"{"query":"How much do I owe in late fees?","expect":null}"#,
      #"{"query":"phone number of the library","expect":"phone"}"#,
      #"{"query":"how do i get a card for the library","expect":"card"}"#,
    ]
    let report = try CheckFixture.report(tiny, rows)
    #expect(
      report.queries.map(\.verdict) == [
        .refused, .right, .right, .refused, .right, .refused, .refused, .missed, .missed,
      ])
    #expect(
      report.queries.map(\.outcome.reason) == [
        .ambiguous, nil, nil, .expired, nil, .needsContext, .guarded, .noMatch, .noMatch,
      ])
    // Of the fallbacks only the last would become an answer at a lower threshold.
    #expect(report.queries.map { $0.best == nil } == [true, false, false, true, false, true, true, true, false])
  }
}
