import AnswerPipeline
import Foundation
import TestSupport
import Testing

/// Every row of a log is counted once, and all sums agree.
@Suite struct TrafficReportTests {
  private let fixture: ReportFixture

  init() throws { fixture = try ReportFixture() }

  private func mixed() -> [String] {
    [
      PlanFixture.row(ReportFixture.stored, 5, at: "2026-01-01"),
      PlanFixture.row(ReportFixture.stored.uppercased(), 2, at: "2026-01-03"),
      PlanFixture.row("where is the harbour", 7, at: "2026-01-03"),
      PlanFixture.row("where is the harbour please", 1), "no JSON", #"{"query":7}"#, #"{"query":"x","count":-1}"#,
      #"{"query":"x","at":"yesterday"}"#, "", PlanFixture.row("call me on +44 20 7946 0958", 3, at: "2026-01-02"),
    ]
  }

  @Test func everyRowIsCountedOnceAndSumsAgree() throws {
    let object = try ReportFixture.object(try fixture.report(mixed()))
    let lines = try object.object("lines")
    #expect(try lines.number("rows") == 9)
    #expect(try lines.number("used") == 5)
    #expect(try lines.number("malformed") == 4)
    #expect((lines["first_malformed"] as? String)?.hasPrefix("log.jsonl:5: ") == true)
    let requests = try object.object("requests")
    #expect(try requests.number("requests") == 18)
    #expect(try requests.number("exact") == 7)
    #expect(try requests.number("fallback") == 11)
    let periods = try object.objects("periods")
    #expect(periods.compactMap { $0["start"] as? String } == ["2026-01-01", "2026-01-02", "2026-01-03"])
    for (list, rest) in [("periods", try object.object("untimed").number("requests")), ("topics", 0)] {
      let sum = try object.objects(list).reduce(rest) { try $0 + $1.number("requests") }
      #expect(sum == 18, "\(list)")
    }
    #expect(try object.objects("fallbacks").reduce(0) { try $0 + $1.number("requests") } == 11)
    let missed =
      try object.objects("misses").reduce(0) { try $0 + $1.number("requests") }
      + object.objects("excluded").reduce(0) { try $0 + $1.number("requests") }
    #expect(missed == 11)
  }

  @Test func theTimeIsTheLastOfTheLogUnlessGiven() throws {
    #expect(try ReportFixture.object(try fixture.report(mixed()))["as_of"] as? String == "2026-01-03")
    let given = try fixture.report(mixed()) { $0.now = ReportFixture.now }
    #expect(try ReportFixture.object(given)["as_of"] as? String == "2026-05-28")
  }

  @Test func sameInputSameBytes() throws {
    let reports = try (0..<2).map { _ in
      try fixture.report(mixed()) {
        $0.prices = try fixture.prices()
        $0.liveMilliseconds = 900
        $0.liveEnergy = 0.3
      }
    }
    #expect(reports[0].json == reports[1].json)
    #expect(ReportFixture.html(reports[0]) == ReportFixture.html(reports[1]))
  }

  @Test func costIsTokensTimesPriceBeforeAndAfter() throws {
    let report = try fixture.report([
      #"{"query":"\#(ReportFixture.stored)","count":3,"input_tokens":1000,"output_tokens":100}"#,
      #"{"query":"where is the harbour","count":1,"input_tokens":2000,"output_tokens":500}"#,
    ]) { $0.prices = try fixture.prices() }
    let cost = try ReportFixture.object(report).object("cost")
    let models = try cost.objects("models")
    #expect(models.compactMap { $0["name"] as? String } == ["dear", "cheap", "own"])
    // Three hits at 1000 · 2 + 100 · 8 and one miss at 2000 · 2 + 500 · 8 millionths.
    #expect(abs(try models[0].number("before") - (3 * 2800 + 8000) / 1e6) < 1e-9)
    #expect(abs(try models[0].number("after") - 8000 / 1e6) < 1e-9)
    // 3.6 an hour and 1,000 tokens a second are a millionth for each token that comes out.
    #expect(abs(try models[2].number("before") - 800 / 1e6) < 1e-9)
    #expect(try cost.number("tokens_stated_share") == 1)
  }

  @Test func withoutTokensTheTablesEstimateIsUsedAndSaid() throws {
    let report = try fixture.report([PlanFixture.row("where is the harbour")]) { $0.prices = try fixture.prices() }
    let cost = try ReportFixture.object(report).object("cost")
    #expect(abs(try cost.objects("models")[0].number("before") - 3000 / 1e6) < 1e-9)
    #expect(try cost.number("tokens_stated_share") == 0)
    #expect(ReportFixture.html(report).contains("an estimate of the price table, 500 in, 250 out"))
  }

  @Test func furtherAnswersStopPayingWhereTheyCostMoreThanTheySave() throws {
    // An answer costs 0.0015 and its review 0.01; each live answer to it 0.003: it pays from the fourth asking on.
    let log = [
      PlanFixture.row("where is the harbour", 40, at: "2026-01-01"),
      PlanFixture.row("who paints bridges", 6, at: "2026-01-01"),
      PlanFixture.row("when do lamps flicker", 2, at: "2026-01-01"),
      PlanFixture.row("why is paper white", 1, at: "2026-01-01"),
    ]
    let report = try fixture.report(log) {
      $0.prices = try fixture.prices("review: 0.01")
      $0.horizon = 1
    }
    let growth = try ReportFixture.object(report).object("growth")
    #expect(try growth.number("next") == 4)
    #expect(try growth.number("paying") == 2)
    let points = try growth.objects("points")
    #expect(try #require(points.last).number("coverage") == 1)
    for (before, after) in zip(points, points.dropFirst()) {
      #expect(try before.number("coverage") <= after.number("coverage"))
      #expect(try before.number("bytes") < after.number("bytes"))
      #expect(try before.number("spend") < after.number("spend"))
    }
  }

  @Test func energyAndLatencyWeighHitsAndFallbacks() throws {
    let stats = """
      almanac_request_duration_seconds_bucket{le="0.000016384"} 3
      almanac_request_duration_seconds_bucket{le="0.000032768"} 4
      almanac_request_duration_seconds_bucket{le="+Inf"} 4
      almanac_request_duration_seconds_sum 0.00008
      almanac_request_duration_seconds_count 4
      """
    let log = [PlanFixture.row(ReportFixture.stored, 3), PlanFixture.row("where is the harbour", 1)]
    let report = try fixture.report(log) {
      $0.reader = try fixture.folder.write("stats.prom", stats)
      $0.liveMilliseconds = 800
      $0.liveEnergy = 2
      $0.requestEnergy = 0.25
    }
    let object = try ReportFixture.object(report)
    let latency = try object.object("latency")
    #expect(abs(try latency.number("reader_mean_us") - 20) < 1e-9)
    #expect(abs(try latency.number("after_mean_ms") - (0.02 + 200)) < 1e-9)
    #expect(try latency.object("reader_quantiles_us").number("0.5") == 16.384)
    #expect(try object.object("energy").number("before_wh") == 8)
    #expect(try object.object("energy").number("after_wh") == 3)
  }

  @Test func aReadersRepliesServeAsWell() throws {
    let replies = (1...100).map { #"{"id":\#($0),"status":"hit","micros":\#($0)}"# } + [#"{"id":1,"status":"error"}"#]
    let report = try fixture.report([PlanFixture.row(ReportFixture.stored)]) {
      $0.reader = try fixture.folder.write("replies.jsonl", replies.joined(separator: "\n"))
    }
    let latency = try ReportFixture.object(report).object("latency")
    #expect(try latency.number("reader_mean_us") == 50.5)
    #expect(try latency.object("reader_quantiles_us").number("0.95") == 95)
  }

  @Test func liveLatencyOfTheLogIsUsed() throws {
    let log = (1...100).map { #"{"query":"where is the harbour","latency_ms":\#($0 * 10)}"# }
    let report = try fixture.report(log)
    #expect(abs(try ReportFixture.object(report).object("latency").number("live_mean_ms") - 505) < 1e-6)
    #expect(ReportFixture.html(report).contains("Live latency is the log&#39;s own, for 100 requests"))
  }

  @Test func numbersBeyondAllMeasureEndNothing() throws {
    let lines = [
      #"{"query":"x","count":1e308}"#, #"{"query":"x","output_tokens":1e300}"#, #"{"query":"x","latency_ms":1e300}"#,
      #"{"query":"x","count":1e9,"input_tokens":1e9,"output_tokens":1e9,"latency_ms":1e9}"#,
    ]
    let report = try fixture.report(lines) {
      $0.prices = try fixture.prices("review: 1000000")
      $0.reader = try fixture.folder.write("replies.jsonl", #"{"micros":1e308}"#)
      $0.liveEnergy = 1e308
    }
    #expect(try ReportFixture.object(report).object("lines").number("malformed") == 3)
    #expect(ReportFixture.html(report).contains("How this was counted"))
    for wrong in ["review: 1e308", "batch_discount: 200%"] {
      #expect(throws: (any Error).self) { try fixture.prices(wrong) }
    }
  }

  @Test func aColumnOfIdsDoesNotBecomeAMillionTopics() throws {
    let log = (0..<5_000).map { #"{"query":"x","topic":"t\#($0)"}"# }
    let object = try ReportFixture.object(try fixture.report(log))
    #expect(try object.objects("topics").count == 4_097)
    #expect(try object.objects("topics").reduce(0) { try $0 + $1.number("requests") } == 5_000)
    #expect(try object.objects("topics")[0]["topic"] as? String == "further topics")
  }

  @Test func labelledQueriesGiveTheCurve() throws {
    let labels = try fixture.folder.write(
      "labels.jsonl",
      [
        try CheckFixture.row(
          ReportFixture.stored,
          expect: "dev-faq/python/design-why-does-python-use-indentation-for-grouping-of-statements"),
        try CheckFixture.row("where is the harbour", expect: nil),
      ].joined(separator: "\n"))
    let report = try fixture.report([PlanFixture.row("x")]) { $0.labels = labels }
    let check = try ReportFixture.object(report).object("check")
    #expect(try check.number("right") == 1)
    #expect(try check.number("correct_fallbacks") == 1)
    #expect(ReportFixture.html(report).contains("Risk and coverage"))
  }

  @Test func weeksAndMonthsReplaceDaysInLongLogs() throws {
    let weeks = try fixture.report([
      PlanFixture.row("x", 1, at: "2025-12-29"), PlanFixture.row("x", 1, at: "2026-01-04"),
      PlanFixture.row("x", 1, at: "2026-03-01"),
    ])
    let periods = try ReportFixture.object(weeks).objects("periods")
    #expect(periods.count == 9)
    #expect(periods[0]["start"] as? String == "2025-12-29")
    #expect(try periods[0].number("requests") == 2)
    let months = try ReportFixture.object(
      try fixture.report([PlanFixture.row("x", 1, at: "2024-02-29"), PlanFixture.row("x", 1, at: "2026-01-01")]))
    #expect(try months.objects("periods").compactMap { $0["start"] as? String }.prefix(2) == ["2024-02", "2024-03"])
    #expect(try months.objects("periods").count == 24)
  }
}
