import BundleCompiler
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import AnswerPipeline

/// Samples of hits, their marks, and what a compile makes of them.
@Suite struct HitSamplingTests {
  private let folder: TemporaryFolder
  private let questions: [String]

  init() throws {
    folder = try TemporaryFolder()
    questions = try String(contentsOfFile: Repository.path("bundles/dev-faq/entries.jsonl"), encoding: .utf8)
      .split(separator: "\n").prefix(60).map {
        try #require(
          (try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["question"] as? String)
      }
  }

  private func log(_ rows: [(String, Int)]) throws -> String {
    try folder.write(
      "log.jsonl", rows.map { IngestFixture.line(["query": $0.0, "count": $0.1]) }.joined(separator: "\n"))
  }

  /// Ten stored questions asked 40 times in all, and 160 requests for something else.
  private func traffic() throws -> String {
    try log(questions.prefix(10).map { ($0, 4) } + [("how do I bake an apple cake", 120), ("zzyzx weather", 40)])
  }

  @discardableResult
  private func sample(
    _ log: String, seed: UInt64 = 5, count: Int = 100, to name: String = "hits.jsonl", bundle: String = "sixty.almanac"
  ) throws -> HitSampling.Report {
    var options = HitSampling.Options()
    (options.seed, options.count, options.now) = (seed, count, 1_780_000_000)
    return try HitSampling(try Bundle.open(folder.file(bundle)), options).run([log], to: folder.file(name))
  }

  private func marked(_ mark: (Int, MarkedHits.Hit) -> MarkedHits.Mark?) throws {
    var sample = try MarkedHits(path: folder.file("hits.jsonl"))
    for index in sample.hits.indices { sample.hits[index].mark = mark(index, sample.hits[index]) }
    try folder.write("hits.jsonl", sample.lines.joined(separator: "\n") + "\n")
  }

  private func hits() throws -> [String: Any]? {
    let bundle = try Bundle.open(folder.file("sixty.almanac"))
    let manifest = try JSONSerialization.jsonObject(with: Data(try bundle.segment(.metaManifest, 0).copied))
    let decision = (manifest as? [String: Any])?["decision"] as? [String: Any]
    return (decision?["text"] as? [String: Any])?["marked_hits"] as? [String: Any]
  }

  @Test func theDrawIsOfRequestsAndRepeatsWithItsSeed() throws {
    try SampleBundle.sixty(in: folder)
    let report = try sample(try log([(questions[0], 900), (questions[1], 100), ("apple cake", 500)]))
    #expect((report.requests, report.hits, report.drawn, report.queries) == (1_500, 1_000, 100, 2))
    let read = try MarkedHits(path: folder.file("hits.jsonl"))
    #expect(read.hits.flatMap(\.draws).sorted() == Array(0..<100))
    #expect(read.fallbacks == [MarkedHits.Fallback(query: "apple cake", count: 500)])
    #expect(read.hits.first { $0.query == questions[0] }?.draws.count ?? 0 > 75, "nine tenths of the traffic")
    let first = try contents(folder.file("hits.jsonl"))
    try sample(folder.file("log.jsonl"))
    #expect(try contents(folder.file("hits.jsonl")) == first)
    try sample(folder.file("log.jsonl"), seed: 6)
    #expect(try contents(folder.file("hits.jsonl")) != first)
    let csv = try folder.write(
      "log.csv", "query,count\n\"\(questions[0])\",900\n\"\(questions[1])\",100\napple cake,500\n")
    try sample(csv)
    #expect(try contents(folder.file("hits.jsonl")) == first, "the form of the log changes nothing")
  }

  @Test func everyRequestIsEquallyLikelyToBeDrawn() throws {
    try SampleBundle.sixty(in: folder)
    let log = try log([(questions[0], 30), (questions[1], 60), (questions[2], 10)])
    var drawn = [0, 0, 0]
    for seed in 0..<100 {
      try sample(log, seed: UInt64(seed), count: 10)
      for hit in try MarkedHits(path: folder.file("hits.jsonl")).hits {
        drawn[questions.firstIndex(of: hit.query)!] += hit.draws.count
      }
    }
    // A thousand draws: standard deviations are below 16.
    #expect(drawn.reduce(0, +) == 1_000)
    for (count, share) in zip(drawn, [0.3, 0.6, 0.1]) { #expect(abs(Double(count) - 1_000 * share) < 65, "\(drawn)") }
  }

  @Test func aSmallPopulationIsDrawnWhole() throws {
    try SampleBundle.sixty(in: folder)
    let report = try sample(try traffic(), count: 1_000)
    #expect((report.drawn, report.queries) == (40, 10))
    #expect(try MarkedHits(path: folder.file("hits.jsonl")).hits.allSatisfy { $0.draws.count == 4 })
  }

  @Test func logsThatGiveNoSampleAreRefused() throws {
    try SampleBundle.sixty(in: folder)
    for (text, problem) in [
      (#"{"query":"\#(questions[0])","count":2.5}"#, ":1: the count is 2.5"),
      (#"{"query":"apple cake"}"#, ": the bundle answers no request of the log"), ("x\n", ":1: the line is not JSON"),
    ] {
      let path = try folder.write("bad.jsonl", text)
      let error = #expect(throws: InputError.self) { try sample(path) }
      #expect("\(error!)".hasPrefix(path + problem), "\(error!)")
    }
    #expect(!folder.names.contains("hits.jsonl"))
  }

  @Test func rightMarksCertifyAndTheCertifiedBundleDecidesTheSame() throws {
    try SampleBundle.sixty(in: folder)
    let log = try log(questions.prefix(60).map { ($0, 5) } + [("how do I bake an apple cake", 1_200)])
    try sample(log)
    let digest = try MarkedHits(path: folder.file("hits.jsonl")).header.decisions
    try marked { _, _ in .right }
    try SampleBundle.sixty(in: folder, further: "marked_hits: hits.jsonl")
    let bundle = try Bundle.open(folder.file("sixty.almanac"))
    #expect(bundle.decision.level == .certified)
    let hits = try #require(try hits())
    #expect(hits["fallbacks"] is NSNull, "it decides as before")
    #expect((hits["marked"] as? Int, hits["wrong"] as? Int, hits["requests"] as? Int) == (100, 0, 1_500))
    #expect(abs(try #require(hits["bound_of_answers"] as? Double) - 0.029514) < 2e-6)
    #expect(try #require(hits["bound_of_requests"] as? Double) < 0.01)
    #expect(try DecisionDigest.of(bundle) == digest)
    let text = try Tool.run("almanac", ["inspect", folder.file("sixty.almanac")]).output
    #expect(
      text.contains("certified, 20.0 % of requests expected to be answered; 100 marked hits, 0 not right: at most "))
    let first = try contents(folder.file("sixty.almanac"))
    try SampleBundle.sixty(in: folder, further: "marked_hits: hits.jsonl")
    #expect(try contents(folder.file("sixty.almanac")) == first)
  }

  @Test func onlyTheBeginningThatIsMarkedCountsAndUnsureIsNotRight() throws {
    try SampleBundle.sixty(in: folder)
    try sample(try traffic(), count: 30)
    let sample = try MarkedHits(path: folder.file("hits.jsonl"))
    let gap = try #require(sample.hits.indices.last)
    try marked { index, _ in index == gap ? nil : index == 0 ? .unsure : .right }
    try SampleBundle.sixty(in: folder, further: "marked_hits: hits.jsonl")
    let hits = try #require(try hits())
    #expect(hits["drawn"] as? Int == 30)
    #expect(hits["marked"] as? Int == sample.hits[gap].draws[0])
    #expect(hits["unsure"] as? Int == sample.hits[0].draws.count { $0 < sample.hits[gap].draws[0] })
    #expect(hits["wrong"] as? Int == hits["unsure"] as? Int)
    #expect(try Bundle.open(folder.file("sixty.almanac")).decision.level == .selfTested, "too few to certify")
  }

  @Test func wrongMarksThatBreakTheBudgetRaiseTheThreshold() throws {
    try SampleBundle.sixty(in: folder)
    try sample(try traffic(), count: 30)
    try marked { _, _ in .wrong }
    try SampleBundle.sixty(in: folder, further: "marked_hits: hits.jsonl")
    let bundle = try Bundle.open(folder.file("sixty.almanac"))
    #expect(bundle.decision.textThreshold == .max, "they are exact matches: no threshold helps")
    #expect(try hits()?["raised"] as? Bool == true)
    #expect(try hits()?["bound_of_requests"] is NSNull)
  }

  @Test func aMarkWhoseAnswerHasChangedDoesNotCount() throws {
    try SampleBundle.sixty(in: folder)
    try sample(try traffic(), count: 40)
    try marked { _, _ in .right }
    let entries = folder.file("entries.jsonl")
    try SampleBundle.sixty(in: folder)
    // The first entry gets another answer, the second and the third are gone.
    var lines = try String(contentsOfFile: entries, encoding: .utf8).split(separator: "\n").map(String.init)
    var first = try #require(try JSONSerialization.jsonObject(with: Data(lines[0].utf8)) as? [String: Any])
    first["answer"] = "Something else."
    lines[0] = IngestFixture.line(first)
    lines.removeSubrange(1...2)
    try folder.write("entries.jsonl", lines.joined(separator: "\n"))
    try folder.write("recipe.yaml", "name: sixty\nversion: 8\nentries: entries.jsonl\nmarked_hits: hits.jsonl\n")
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("sixty.almanac"))
    let hits = try #require(try hits())
    #expect(hits["changed"] as? Int == 4)
    #expect(hits["withdrawn"] as? Int == 8)
    #expect(hits["wrong"] as? Int == 0)
    let fallbacks = try #require(hits["fallbacks"] as? [String: Any])
    #expect(fallbacks["drawn"] as? Int == 160)
    #expect(fallbacks["answered"] as? Int == 0)
    #expect(try #require(hits["bound_of_answers"] as? Double) > 0.1, "what nobody has seen counts as wrong")
  }

  @Test(arguments: [
    ("", ": the file is empty"), (#"{"query":"x"}"#, ":1: this is no sample of hits"),
    (
      #"{"sample":1,"bundle":"","decisions":"","seed":1,"now":1,"requests":1,"hits":2,"drawn":0,"drawn_fallbacks":0}"#,
      ":1: "
    ),
    (
      #"{"sample":1,"bundle":"","decisions":"","seed":1,"now":1,"requests":1,"hits":1,"drawn":1,"drawn_fallbacks":0}"#,
      ": the sample is not whole"
    ),
    (
      #"{"sample":1,"bundle":"","decisions":"","seed":1,"now":1,"requests":1,"hits":1,"drawn":1,"drawn_fallbacks":0}"#
        + "\n" + #"{"mark":"good","query":"q","question":"q","answer":"a","entry":"e","draws":[0]}"#,
      #":2: the field "mark" is "good", which is unknown"#
    ),
    (
      #"{"sample":1,"bundle":"","decisions":"","seed":1,"now":1,"requests":1,"hits":1,"drawn":1,"drawn_fallbacks":0}"#
        + "\n" + #"{"mark":"right","query":"q","question":"q","answer":"a","entry":"e","draws":[1]}"#,
      ":2: the draw 1 is none of the 1"
    ),
  ])
  func aSampleThatWasTamperedWithIsRefused(text: String, problem: String) throws {
    let path = try folder.write("hits.jsonl", text)
    let error = #expect(throws: InputError.self) {
      try SampleBundle.sixty(in: folder, further: "marked_hits: hits.jsonl")
    }
    #expect("\(error!)".hasPrefix(path + problem), "\(error!)")
    #expect(!folder.names.contains("sixty.almanac"))
  }

  @Test func marksAreTakenFromLinesKeptAtOnceAndResumed() throws {
    try SampleBundle.sixty(in: folder)
    let log = try traffic()
    let drawn = try Tool.run(
      "almanac",
      [
        "sample", folder.file("sixty.almanac"), log, "-n", "40", "-o", folder.file("hits.jsonl"), "--json", "--seed",
        "9",
      ])
    #expect(drawn.status == 0, "\(drawn.errors)")
    #expect(drawn.output.contains(#""seed":9"#))
    let before = try MarkedHits(path: folder.file("hits.jsonl"))
    let one = try Tool.run("almanac", ["sample", "--mark", folder.file("hits.jsonl")], input: "r\nwhat\nw\nS\nq\nr\n")
    #expect(one.status == 0, "\(one.errors)")
    #expect(one.output.contains("1 right, 1 wrong, 1 that nobody can tell, 7 open"))
    #expect(one.output.contains("asked      \(before.hits[0].query)"))
    let two = try Tool.run("almanac", ["sample", "--mark", folder.file("hits.jsonl"), "--json"], input: "right")
    #expect(two.output.hasSuffix(#"{"right":2,"wrong":1,"unsure":1,"open":6}"# + "\n"), "\(two.output)")
    let after = try MarkedHits(path: folder.file("hits.jsonl"))
    #expect(after.hits.map(\.mark) == [.right, .wrong, .unsure, .right] + [nil, nil, nil, nil, nil, nil])
    #expect(after.header == before.header && after.fallbacks == before.fallbacks)
    for wrong in [
      ["sample"], ["sample", "b", "l"], ["sample", "b", "l", "-o", "x", "-n", "0"], ["sample", "b", "--mark", "x"],
    ] {
      #expect(try Tool.run("almanac", wrong).status == 64, "\(wrong)")
    }
    #expect(try Tool.run("almanac", ["sample", "--mark", log]).status == 1)
  }

  @Test func thePageHoldsTheSampleAndNoTextCanLeaveItsScript() throws {
    try SampleBundle.sixty(in: folder)
    let log = try log([(questions[0] + "?", 3), ("</script><b>", 1)])
    try sample(log, to: "hits.html")
    let page = try String(contentsOfFile: folder.file("hits.html"), encoding: .utf8)
    #expect(page.contains("hits.jsonl"))
    #expect(page.components(separatedBy: "</script").count == 3, "those of the page itself")
    #expect(page.contains(#"\u003c/script>\u003cb>"#))
    #expect(!page.contains("http://") && !page.contains("https://") && !page.contains("src="), "nothing external")
  }
}
