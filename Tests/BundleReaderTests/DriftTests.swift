import BundleFormat
import TestSupport
import Testing

@testable import BundleReader

/// What is counted of requests, and when they are no more those that a bundle was made for.
@Suite struct DriftTests {
  private func expectation(_ manifest: String) -> BundleExpectation {
    Array(manifest.utf8).withBytes { BundleExpectation(manifest: $0) }
  }

  private static let manifest = """
    {"name":"x","decision":{"vector":{"expected_hit_rate":0.9},"text":{"threshold":7,"expected_hit_rate":0.4,\
    "expected_scores":{"edges":[-10,0,10],"shares":[0.25,0.25,0.25,0.25]}}},"index":[1,{"a":null}]}
    """

  @Test func readsWhatTheManifestExpects() {
    let expected = expectation(Self.manifest)
    #expect(expected.hits == 400_000)
    #expect(expected.scores?.edges == [-10, 0, 10])
    #expect(expected.scores?.shares == [250_000, 250_000, 250_000, 250_000])
  }

  @Test(arguments: [
    "", "{}", "[]", "{\"decision\":", "{\"decision\":{}}", "{\"decision\":7}", "{\"decision\":{\"text\":null}}",
    "{\"decision\":{\"text\":{\"expected_hit_rate\":null,\"expected_scores\":null}}}",
    "{\"decision\":{\"text\":{\"expected_scores\":{\"edges\":[1,1],\"shares\":[0.1,0.1,0.8]}}}}",
    "{\"decision\":{\"text\":{\"expected_scores\":{\"edges\":[1,2],\"shares\":[0.1,0.9]}}}}",
    "{\"decision\":{\"text\":{\"expected_scores\":{\"edges\":[1.5],\"shares\":[0.1,0.9]}}}}",
    "{\"decision\":{\"text\":{\"expected_scores\":{\"edges\":[1],\"shares\":[0.1,2]}}}}",
    "{\"decision\":{\"text\":{\"expected_scores\":{\"edges\":[1],\"shares\":[0.1,\"x\"]}}}}",
  ])
  func expectsNothingOfOtherManifests(manifest: String) {
    let expected = expectation(manifest)
    #expect(expected.hits == nil)
    #expect(expected.scores == nil)
  }

  @Test func expectsNothingOfATornManifest() {
    for length in 0..<Self.manifest.utf8.count {
      let expected = expectation(String(Self.manifest.prefix(length)))
      #expect(expected.hits == nil || expected.hits == 400_000)
    }
  }

  private func outcome(_ score: Int64?, isHit: Bool = false) -> Outcome {
    var outcome = Outcome.fallback(.noMatch, route: EntryRecord.noRoute)
    if isHit { outcome.reason = nil }
    outcome.score = score
    return outcome
  }

  @Test func requestsAsExpectedAreNoDrift() {
    var meter = DriftMeter(expectation(Self.manifest))
    for number in 0..<25_000 {
      meter.count(outcome(Int64(number % 4 * 10 - 15), isHit: number % 5 < 2), mode: AcceptancePoint.textMode)
      if number < 998 {
        #expect(meter.requests == 0, "too few to say anything")
        #expect(meter.isDrifting == false)
      }
    }
    #expect(meter.requests == 10_000)
    #expect(meter.hits == 400_000)
    #expect(meter.distance == 0)
    #expect(meter.isDrifting == false)
  }

  @Test func otherScoresAreDrift() {
    var meter = DriftMeter(expectation(Self.manifest))
    for number in 0..<2_000 { meter.count(outcome(50, isHit: number % 5 < 2), mode: AcceptancePoint.textMode) }
    #expect(meter.distance == 750_000)
    #expect(meter.isDrifting == true)
    // Requests as expected make it go away again, one window later.
    for number in 0..<28_000 {
      meter.count(outcome(Int64(number % 4 * 10 - 15), isHit: number % 5 < 2), mode: AcceptancePoint.textMode)
    }
    #expect(meter.isDrifting == false)
  }

  @Test func farFewerHitsAreDrift() {
    var meter = DriftMeter(expectation("{\"decision\":{\"text\":{\"expected_hit_rate\":0.4}}}"))
    for number in 0..<2_000 { meter.count(outcome(nil, isHit: number % 5 == 0), mode: AcceptancePoint.textMode) }
    #expect(meter.isDrifting == false, "half of those expected are still enough")
    for _ in 0..<100 { meter.count(outcome(nil), mode: AcceptancePoint.textMode) }
    #expect(meter.isDrifting == true)
    #expect(meter.distance == nil)
  }

  @Test func scoresOfOtherModesDoNotCount() {
    var meter = DriftMeter(expectation(Self.manifest))
    for _ in 0..<2_000 { meter.count(outcome(50, isHit: true), mode: AcceptancePoint.vectorMode) }
    #expect(meter.distance == nil)
  }

  @Test func countersSumUpAndBoundsHoldTheirSteps() {
    let counters = QueryCounters()
    let times: [UInt64] = [0, 255, 256, 511, 512, 1 << 31, UInt64.max]
    for time in times { counters.count(.exact, nil, nanoseconds: time) }
    counters.count(.semantic, nil, nanoseconds: 1)
    counters.count(nil, .damaged, nanoseconds: 1)
    counters.countError()
    #expect(counters.exactHits == 7)
    #expect(counters.semanticHits == 1)
    #expect(counters.fallbacks(Int(FallbackReason.damaged.rawValue)) == 1)
    #expect(counters.fallbacks(-1) == 0 && counters.fallbacks(99) == 0)
    #expect(counters.errors == 1)
    #expect(counters.latency(0) == 4, "less than 256 ns")
    #expect(counters.latency(1) == 2)
    #expect(counters.latency(2) == 1)
    #expect(counters.latency(23) == 2)
    let sum = QueryCounters()
    sum.add(counters)
    sum.add(counters)
    #expect(sum.exactHits == 14 && sum.latency(0) == 8)
    #expect(FallbackReason.allCases.allSatisfy { Int($0.rawValue) < QueryCounters.reasonCount })
  }
}
