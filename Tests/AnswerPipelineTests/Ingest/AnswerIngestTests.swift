import AnswerPipeline
import BundleCompiler
import Foundation
import TestSupport
import Testing

/// What becomes of results: joining, gates, ratings, and the account of all lines.
@Suite struct AnswerIngestTests {
  private let fixture: IngestFixture

  init() throws { fixture = try IngestFixture() }

  private let long = "Open the settings, choose network, then switch the proxy on and restart the program."

  @Test func theOrderAndSplitOfResultsChangeNothing() throws {
    let requests = try fixture.write("r.jsonl", (0..<20).map { IngestFixture.request("q\($0)", "question \($0)") })
    let results = (0..<20).map { IngestFixture.chat("q\($0)", "Answer \($0).") }
    let all = try fixture.write("all.jsonl", results)
    try fixture.run([all]) { $0.requests = [requests] }
    let first = try fixture.rows("entries.jsonl").map { [$0["id"] as? String, $0["answer"] as? String] }
    let halves = [Array(results[..<9].reversed()), Array(results[9...].reversed())]
    let paths = try halves.enumerated().map { try fixture.write("half\($0).jsonl", $1) }
    try fixture.run(paths.reversed()) { $0.requests = [requests] }
    #expect(try fixture.rows("entries.jsonl").map { [$0["id"] as? String, $0["answer"] as? String] } == first)
    #expect(first.count == 20)
    #expect(first[7] == ["q7", "Answer 7."])
  }

  @Test func whatFailedMaySucceedLaterAndWhatIsMissingIsAskedAgain() throws {
    let lines = (0..<4).map { IngestFixture.request("q\($0)", "question \($0)") }
    let requests = try fixture.write("r.jsonl", lines)
    let failed = #"{"custom_id":"q1","response":{"status_code":500,"body":{}},"error":null}"#
    let one = try fixture.write("1.jsonl", [failed, IngestFixture.chat("q0", "Zero.")])
    let two = try fixture.write(
      "2.jsonl",
      [IngestFixture.chat("q1", "One."), IngestFixture.chat("q0", "Zero."), failed.replacing("q1", with: "q3")])
    let report = try fixture.run([one, two]) { $0.requests = [requests] }
    #expect(report.entries == 2)
    #expect(report.fates == [.entry: 2, .dropped(.error): 2, .dropped(.duplicate): 1])
    #expect(report.requests == 4)
    #expect(report.unanswered == 2)
    #expect(try fixture.text("retry-r.jsonl") == lines[2] + "\n" + lines[3] + "\n")
    try fixture.run([
      one, two, try fixture.write("3.jsonl", [IngestFixture.chat("q2", "Two."), IngestFixture.chat("q3", "Three.")]),
    ]) {
      $0.requests = [requests]
    }
    #expect(!FileManager.default.fileExists(atPath: fixture.output + "/retry-r.jsonl"))
  }

  @Test func samplesThatDisagreeWaitForAPersonWhoseWordCounts() throws {
    let requests = try fixture.write(
      "r.jsonl",
      [
        IngestFixture.request("a", "How do I use a proxy?"), IngestFixture.request("b", "how do I use a proxy"),
        IngestFixture.request("c", "how many tablets"), IngestFixture.request("d", "is it open"),
      ])
    let results = try fixture.write(
      "results.jsonl",
      [
        IngestFixture.chat("a", long), IngestFixture.chat("b", long + " That is all."),
        IngestFixture.chat("c", "Take 2 tablets a day with water.", "Take 20 tablets a day with water."),
        IngestFixture.chat("d", "I'm sorry, but I can't help with that."),
      ])
    let report = try fixture.run([results]) { $0.requests = [requests] }
    #expect(report.fates == [.entry: 1, .sample: 1, .held(.disagreement): 1, .held(.readsAsRefusal): 1])
    #expect(report.held == 2)
    let entry = try #require(try fixture.rows("entries.jsonl").first)
    #expect((entry["provenance"] as? [String: Any])?["samples"] as? Int == 2)
    let held = try fixture.text("held.csv")
    #expect(held.hasPrefix("id,question,answer,rating,list,reason\nc,how many tablets,"))
    // The person's table comes back with a semicolon and CR LF, as spreadsheets write it in some countries.
    let rated = """
      id;question;answer;rating;list;reason
      c;how many tablets;Take 20 tablets a day with water.;bad;held;disagreement
      c;how many tablets;"Take 2 tablets a day with water.";good;held;disagreement
      d;is it open;I'm sorry, but I can't help with that.;;held;reads-as-refusal

      """.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\r\n")
    let ratings = try fixture.folder.write("rated.csv", rated)
    let again = try fixture.run([results]) {
      $0.requests = [requests]
      $0.ratings = [ratings]
    }
    #expect(again.entries == 2)
    #expect(again.held == 1)
    #expect(again.audited == 0)
    #expect(try fixture.rows("entries.jsonl").last?["answer"] as? String == "Take 2 tablets a day with water.")
  }

  @Test func theAuditIsDrawnOnceRatedAndBoundsTheShareOfGoodAnswers() throws {
    let requests = try fixture.write("r.jsonl", (0..<50).map { IngestFixture.request("q\($0)", "question \($0)") })
    let results = try fixture.write("o.jsonl", (0..<50).map { IngestFixture.chat("q\($0)", "Answer, \($0)\nto all.") })
    let report = try fixture.run([results]) {
      $0.requests = [requests]
      $0.audit = 20
    }
    #expect(report.audit == 20)
    let audit = try fixture.text("audit.csv")
    var rows = audit.components(separatedBy: ",,audit,")
    #expect(rows.count == 21)
    rows = rows.enumerated().map { $0 == 20 ? $1 : $1 + ($0 == 3 ? ",bad,audit," : ",good,audit,") }
    let ratings = try fixture.folder.write("rated.csv", rows.joined())
    let again = try fixture.run([results]) {
      $0.requests = [requests]
      $0.audit = 20
      $0.ratings = [ratings]
    }
    #expect((again.audited, again.auditedGood) == (20, 19))
    #expect(again.fates[.dropped(.ratedBad)] == 1)
    #expect(again.entries == 49)
    let share = try #require(again.goodShare)
    #expect(abs(share.lower - 0.7839) < 0.001)
    #expect(share.upper > 0.99)
    #expect(
      try Set(fixture.text("audit.csv").split(separator: "\n")).isDisjoint(
        with: audit.split(separator: "\n").filter { $0.hasPrefix("q") }))
  }

  @Test func noMalformedLineIsLost() throws {
    let requests = try fixture.write("r.jsonl", [IngestFixture.request("a", "what")])
    let path = fixture.folder.file("o.jsonl")
    var bytes = Data("\u{FEFF}not JSON\n\n\r\n".utf8)
    bytes += Data([0x22, 0xFF, 0x22, 0x0A])  // not UTF-8
    bytes += Data(repeating: 0x61, count: (16 << 20) + 5) + Data([0x0A])  // too long
    bytes += Data((IngestFixture.chat("a", "This.") + "\r\n{\"custom_id\":\"a\",").utf8)  // cut off
    try bytes.write(to: URL(fileURLWithPath: path))
    let report = try fixture.run([path]) { $0.requests = [requests] }
    #expect(report.lines == 5)
    #expect(try fixture.reasons() == [1: "malformed", 4: "malformed", 5: "malformed", 7: "malformed"])
    #expect(report.entries == 1)
  }

  @Test func limitsAndEmptyQuestionsAreListed() throws {
    let requests = try fixture.write(
      "r.jsonl",
      [
        IngestFixture.request("a", String(repeating: "x", count: 2_049)), IngestFixture.request("b", " ?! "),
        IngestFixture.request("c", "fine"),
      ])
    let results = try fixture.write(
      "o.jsonl",
      [IngestFixture.chat("a", "x"), IngestFixture.chat("b", "x"), IngestFixture.chat("c", "four words too long")])
    try fixture.run([results]) {
      $0.requests = [requests]
      $0.longestAnswer = 10
    }
    #expect(try fixture.reasons() == [1: "over-long", 2: "empty", 3: "over-long"])
  }

  @Test func thePromptAroundAQuestionIsTakenOff() throws {
    let requests = try fixture.write(
      "r.jsonl", [IngestFixture.request("a", "Q: what is it\nA:"), IngestFixture.request("b", "what else")])
    let results = try fixture.write("o.jsonl", [IngestFixture.chat("a", "This."), IngestFixture.chat("b", "That.")])
    try fixture.run([results]) {
      $0.requests = [requests]
      $0.prompt = PromptTemplate("Q: {{question}}\nA:")!
    }
    #expect(try fixture.rows("entries.jsonl").compactMap { $0["question"] as? String } == ["what is it"])
    #expect(try fixture.reasons() == [2: "unknown-request"])
    #expect(PromptTemplate("no place") == nil)
    #expect(PromptTemplate("{{question}}{{question}}") == nil)
  }

  @Test(arguments: [
    ("nonsense", "2: the line is not JSON"), (#"{"custom_id":"a"}"#, "2: the request has neither"),
    (IngestFixture.request("a", "another question"), "2: the id \"a\" asks another question than at"),
  ])
  func aWrongRequestFileIsRefusedAndEarlierOutputStays(line: String, problem: String) throws {
    let requests = try fixture.write("r.jsonl", [IngestFixture.request("a", "what")])
    let results = try fixture.write("o.jsonl", [IngestFixture.chat("a", "This.")])
    try fixture.run([results]) { $0.requests = [requests] }
    let before = try fixture.text("entries.jsonl")
    let wrong = try fixture.write("wrong.jsonl", [IngestFixture.request("a", "what"), line])
    let error = #expect(throws: InputError.self) {
      try fixture.run([results]) { $0.requests = [wrong] }
    }
    #expect("\(error!)".hasPrefix("\(wrong):\(problem)"), "\(error!)")
    #expect(try fixture.text("entries.jsonl") == before)
  }

  @Test func entriesCompileAsTheyAre() throws {
    let requests = try fixture.write("r.jsonl", (0..<5).map { IngestFixture.request("q\($0)", "question \($0)") })
    let results = try fixture.write(
      "o.jsonl", (0..<5).map { IngestFixture.chat("q\($0)", "Answer \"\($0)\"\u{2028}\t.") })
    try fixture.run([results]) { $0.requests = [requests] }
    let recipe = try fixture.folder.write("recipe.yaml", "name: x\nversion: 1\nentries: out/entries.jsonl\n")
    let report = try SampleBundle.compile(recipe: recipe, to: fixture.folder.file("x.almanac"))
    #expect(report.entries == 5)
  }
}
