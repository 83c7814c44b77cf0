import AnswerPipeline
import BundleCompiler
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// What is due is found, ordered by how often it is asked, asked for again, and put in the place of the old answers.
@Suite struct AnswerRefreshTests {
  private let folder: TemporaryFolder
  /// 2026-11-21.
  private static let now: Int64 = 1_795_219_200
  private static let day: Int64 = 86_400

  init() throws {
    folder = try TemporaryFolder()
    let made = { (days: Int64) in #""provenance":{"at":\#(Self.now - days * Self.day)}"# }
    try folder.write("handbook.md", "as it is now")
    try folder.write(
      "entries.jsonl",
      [
        #"{"id":"late","question":"How much is it?","answer":"One.","route":"small",\#(made(10))}"#,
        #"{"id":"fresh","question":"How long is it?","answer":"Two.","cadence":"7d",\#(made(1))}"#,
        #"{"id":"ended","question":"How wide is it?","answer":"Three.","valid_until":\#(Self.now - Self.day)}"#,
        #"{"id":"moved","question":"How high is it?","answer":"Four.","provenance":{"source_file":"handbook.md","#
          + #""source_digest":"\#(String(repeating: "0", count: 63))1"}}"#,
        #"{"id":"form","question":"How heavy is it?","answer":"{{n}}","template":["n"],"cadence":"1d"}"#,
        #"{"id":"hill","question":"How old is it?","answer":"Five.","cadence":"1d","scope":{"branch":"hill"}}"#,
        #"{"id":"dale","question":"How old is it?","answer":"Six.","scope":{"branch":"dale"}}"#, "",
        #"{ "id": "plain",  "question": "Who is it?", "answer": "Seven." }"#,
      ].joined(separator: "\n"))
    try folder.write(
      "recipe.yaml",
      "name: x\nversion: 1\nentries: entries.jsonl\ncadence: {small: 1w}\nencoder: {max_bytes: 300000}\n")
    var log = ""
    for (query, count) in [("how wide is it?", 6), ("How high is it", 9), ("how much is it", 3), ("other", 50)] {
      log += #"{"query":"\#(query)","count":\#(count),"at":\#(Self.now - 1)}"# + "\n"
    }
    try folder.write("log.jsonl", log + "broken\n")
    try folder.write("requests.yaml", "service: openai-chat\nmodel: m\n")
  }

  private func options(_ change: (inout AnswerRefresh.Options) -> Void = { _ in }) throws -> AnswerRefresh.Options {
    var options = AnswerRefresh.Options()
    options.now = Self.now
    options.until = Self.now + 7 * Self.day
    options.logs = [folder.file("log.jsonl")]
    options.sources = folder.path
    options.requests = try RequestRecipe(path: folder.file("requests.yaml"))
    change(&options)
    return options
  }

  private func refresh(
    _ output: String, _ change: (inout AnswerRefresh.Options) -> Void = { _ in }
  ) throws -> RefreshReport {
    try AnswerRefresh(try options(change)).run(
      recipe: try Recipe.load(path: folder.file("recipe.yaml")), into: folder.file(output))
  }

  private func text(_ name: String) throws -> String {
    String(decoding: try contents(folder.file(name)), as: UTF8.self)
  }

  @Test func whatIsAskedMostComesFirst() throws {
    let report = try refresh("due")
    #expect(
      try text("due/schedule.csv") == """
        day,date,id,reasons,due,asked_a_day,question
        1,2026-11-21,moved,changed,2026-11-21,9.225,How high is it?
        1,2026-11-21,ended,expired,2026-11-20,6.15,How wide is it?
        1,2026-11-21,late,cadence,2026-11-18,3.075,How much is it?
        6,2026-11-26,fresh,cadence,2026-11-27,0.0,How long is it?
        by hand,,form,cadence,2026-11-21,0.0,How heavy is it?
        by hand,,hill,cadence,2026-11-21,0.0,How old is it?

        """)
    #expect(report.entries == 8 && report.rows == 5 && report.malformed == 1)
    #expect(report.reasons.map(\.count) == [1, 1, 4])
    let requests = try text("due/requests-openai-chat-1.jsonl") + (try text("due/requests-openai-chat-small-1.jsonl"))
    #expect(requests.split(separator: "\n").count == 3 && report.requests == 3)
    #expect(try text("due/refresh.jsonl").split(separator: "\n").count == 4)
  }

  @Test func theBudgetOfADayCarriesTheRestOver() throws {
    let report = try refresh("due") {
      $0.budget = 1
      $0.until = Self.now
    }
    #expect(report.due.map(\.id) == ["moved", "ended", "late", "form", "hill"])
    #expect(report.due.map(\.day) == [0, 1, 2, nil, nil])
    #expect(report.requests == 1 && report.days == 3)
    #expect(abs(report.staleAskings - (6.151 + 2 * 3.076)) < 0.01)
    #expect(try text("due/requests-openai-chat-1.jsonl").contains("How high is it?"))
  }

  @Test func equalInputsGiveEqualFiles() throws {
    _ = try refresh("first")
    _ = try refresh("second")
    for name in ["schedule.csv", "refresh.jsonl", "requests-openai-chat-1.jsonl"] {
      #expect(try text("first/\(name)") == text("second/\(name)"))
    }
  }

  @Test func aBundleSaysTheSameAsItsRecipe() throws {
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    let bundle = try Bundle.open(folder.file("x.almanac"))
    _ = try AnswerRefresh(try options()).run(bundle: bundle, into: folder.file("bundle"))
    _ = try refresh("recipe")
    #expect(try text("bundle/schedule.csv") == text("recipe/schedule.csv"))
    let record = try #require(try bundle.freshness(0))
    #expect(record.cadence == 604_800 && record.answered == Self.now - 10 * Self.day)
    #expect(try bundle.freshness(7)?.cadence == 0)
  }

  @Test func sourcesThatAreAsTheyWereMakeNothingDue() throws {
    let listed = String(repeating: "0", count: 63) + "1  handbook.md\n"
    try folder.write("digests", listed)
    let report = try refresh("due") { $0.sources = folder.file("digests") }
    #expect(!report.due.contains { $0.id == "moved" })
    try folder.write("digests", listed + "no digest\n")
    #expect(throws: InputError.self) { try refresh("due") { $0.sources = folder.file("digests") } }
    #expect(!(try refresh("due") { $0.sources = nil }).due.contains { $0.id == "moved" })
  }

  @Test func newAnswersTakeThePlacesOfTheOld() throws {
    _ = try refresh("due") { $0.budget = 2 }
    let plan = try text("due/refresh.jsonl").split(separator: "\n").map(String.init)
    func id(_ entry: String) throws -> String {
      let line = try #require(plan.first { $0.contains(#""entry":"\#(entry)""#) })
      return String(line.dropFirst(7).prefix { $0 != "\"" })
    }
    func result(_ entry: String, _ answer: String) throws -> String {
      #"{"custom_id":"\#(try id(entry))","response":{"status_code":200,"request_id":"q","body":{"model":"m","created":"#
        + #"\#(Self.now + 60),"choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"\#(answer)"}}],"#
        + #""usage":{"prompt_tokens":5,"completion_tokens":6}}},"error":null}"# + "\n"
    }
    try folder.write("results.jsonl", try result("ended", "Ninety.") + result("moved", "Forty \\\"two\\\"."))
    var options = AnswerIngest.Options()
    options.requests = [folder.file("due/requests-openai-chat-1.jsonl")]
    options.plan = folder.file("due/refresh.jsonl")
    options.refreshed = [folder.file("entries.jsonl")]
    options.sources = folder.path
    let report = try AnswerIngest(options).run([folder.file("results.jsonl")], into: folder.file("fresh"))
    #expect(report.refreshed == 2 && report.stillExpired == 1)
    let old = try text("entries.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
    let new = try text("fresh/entries.jsonl").split(separator: "\n", omittingEmptySubsequences: false)
    #expect(old.count == new.count)
    #expect(old.indices.filter { old[$0] != new[$0] } == [2, 3], "all other lines are the same, byte for byte")
    #expect(
      new[2].hasPrefix(
        #"{"id":"ended","question":"How wide is it?","answer":"Ninety.","valid_until":\#(Self.now - Self.day),"usage":{"#
      ))
    #expect(new[3].contains(#""answer":"Forty \"two\".""#) && new[3].contains(#""at":\#(Self.now + 60)"#))

    // What was made anew is no longer due; what has ended is, until somebody says how long it is valid.
    try folder.write("entries.jsonl", try text("fresh/entries.jsonl"))
    #expect(try refresh("again").due.map(\.id) == ["ended", "late", "fresh", "form", "hill"])
    options.validity = 604_800 * 4
    _ = try AnswerIngest(options).run([folder.file("results.jsonl")], into: folder.file("fresh"))
    try folder.write("entries.jsonl", try text("fresh/entries.jsonl"))
    #expect(try refresh("again").due.map(\.id) == ["late", "fresh", "form", "hill"])
  }

  @Test func anAnswerOfNoEntryIsRefused() throws {
    _ = try refresh("due")
    try folder.write("other.jsonl", #"{"id":"x","question":"y","answer":"z"}"# + "\n")
    let plan = try text("due/refresh.jsonl").split(separator: "\n")[0]
    let id = plan.dropFirst(7).prefix { $0 != "\"" }
    try folder.write(
      "results.jsonl",
      #"{"custom_id":"\#(id)","response":{"status_code":200,"body":{"model":"m","choices":[{"finish_reason":"stop","message":"#
        + #"{"role":"assistant","content":"w"}}]}}}"#)
    var options = AnswerIngest.Options()
    options.plan = folder.file("due/refresh.jsonl")
    options.refreshed = [folder.file("other.jsonl")]
    #expect(throws: InputError.self) {
      try AnswerIngest(options).run([folder.file("results.jsonl")], into: folder.file("fresh"))
    }
    #expect(
      !folder.names.contains("fresh") || !FileManager.default.fileExists(atPath: folder.file("fresh/other.jsonl")))
  }

  @Test(arguments: [
    (#""cadence":"7""#, #"entries.jsonl:1: the field "cadence" is "7"; write hours, days or weeks: 12h, 7d or 4w"#),
    (#""cadence":7"#, #"entries.jsonl:1: the field "cadence" is a number; write a string"#),
    (
      #""provenance":{"source_digest":"ab"}"#,
      #"entries.jsonl:1: "source_digest" of "provenance" is "ab"; write BLAKE2b-256 as 64 hexadecimal digits, as b2sum -l 256 prints it"#
    ),
  ])
  func wrongDatesAreRefused(member: String, error: String) throws {
    try folder.write("entries.jsonl", #"{"id":"a","question":"b","answer":"c",\#(member)}"# + "\n")
    do {
      _ = try refresh("due")
      Issue.record("not refused")
    } catch let refusal as InputError {
      #expect(refusal.description.hasSuffix(error))
    }
  }

  @Test(arguments: ["sometimes", "0d", "-1d", "1.5d", "99999999d", "{small: x}", "{small: 1d, small: 2d}"])
  func wrongCadencesOfRecipesAreRefused(cadence: String) throws {
    try folder.write("recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\ncadence: \(cadence)\n")
    #expect(throws: InputError.self) { try Recipe.load(path: folder.file("recipe.yaml")) }
  }

  @Test func datesAreThoseOfTheCalendar() throws {
    for (days, date) in [
      (0, "1970-01-01"), (11_016, "2000-02-29"), (-1, "1969-12-31"), (47_540, "2100-02-28"), (47_541, "2100-03-01"),
    ] {
      let end = Int64(days) * Self.day
      try folder.write("entries.jsonl", #"{"id":"a","question":"b","answer":"c","valid_until":\#(end)}"# + "\n")
      _ = try refresh("due") { $0.until = 5_000_000_000 }
      #expect(try text("due/schedule.csv").contains(",\(date),"))
    }
  }
}
