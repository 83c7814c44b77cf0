import Foundation
import TestSupport
import Testing

/// `almanac report` as its user meets it.
@Suite struct ReportCommandTests {
  private let folder: TemporaryFolder
  private let bundle: String

  init() throws {
    folder = try TemporaryFolder()
    bundle = try CheckFixture.path.get()
  }

  @Test func itWritesThePageAndPrintsFigures() throws {
    let log = try folder.write("log.csv", "query,count,at\nHow do I reverse a string?,3,2026-01-01\nno such thing,1,\n")
    let page = folder.file("report.html")
    let outcome = try Tool.run(
      "almanac",
      [
        "report", bundle, "--log", log, "-o", page, "--json", "--prices", Repository.path("tools/prices.example.yaml"),
      ])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(try object.object("requests").number("exact") == 3)
    #expect(object["as_of"] as? String == "2026-01-01")
    let first = try contents(page)
    #expect(String(decoding: first, as: UTF8.self).hasPrefix("<!DOCTYPE html>"))
    let again = try Tool.run(
      "almanac", ["report", bundle, "--log", log, "-o", page], environment: ["SOURCE_DATE_EPOCH": "1780000000"])
    #expect(again.status == 0)
    #expect(again.output.contains("75.0 % of 4 requests answered"))
    #expect(String(decoding: try contents(page), as: UTF8.self).contains("As of 2026-05-28"))
    #expect(folder.names == ["log.csv", "report.html"])
  }

  @Test func badInputIsOneLineAndLeavesThePage() throws {
    let log = try folder.write("log.jsonl", #"{"query":"x"}"# + "\n")
    let page = try folder.write("report.html", "before")
    let empty = try folder.write("empty.jsonl", "\n")
    let prices = try folder.write("prices.yaml", "date: 2026-01-01\nmodels: [{name: a, input: 1}]\n")
    let nothing = try folder.write("nothing.prom", "x 1\n")
    for (wrong, message) in [
      (["--log", "no.jsonl"], "no.jsonl"), (["--log", empty], "empty.jsonl"),
      (["--log", log, "--prices", prices], "prices.yaml:2: the key 'output' is missing"),
      (["--log", log, "--reader", nothing], "nothing.prom: the file has no latencies"),
      (["--log", log, "--labels", log], "the field \"expect\" is missing"),
    ] {
      let outcome = try Tool.run("almanac", ["report", bundle, "-o", page] + wrong)
      #expect(outcome.status == 1, "\(wrong)")
      #expect(outcome.errors.hasPrefix("error: ") && outcome.errors.contains(message), "\(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
    let outcome = try Tool.run(
      "almanac", ["report", bundle, "--log", log, "-o", page], environment: ["SOURCE_DATE_EPOCH": "soon"])
    #expect(outcome.status == 1)
    #expect(String(decoding: try contents(page), as: UTF8.self) == "before")
    for wrong in [
      [], ["--log", log, "--horizon", "0"], ["--log", log, "--next=-1"], ["--log", log, "--bundle-energy", "1"],
      ["--log", log, "--energy=-1"],
    ] {
      #expect(try Tool.run("almanac", ["report", bundle, "-o", page] + wrong).status == 64, "\(wrong)")
    }
    #expect(try Tool.run("almanac", ["report", bundle, "--log", log]).status == 64)
  }

  @Test func staleEntriesAreListedWithHowOftenTheyAreAsked() throws {
    let entries = [
      ["id": "a", "question": "When are you open?", "answer": "Always.", "valid_until": "2026-01-10"],
      ["id": "b", "question": "Where are you?", "answer": "Here.", "valid_until": "2026-02-10"],
      ["id": "c", "question": "Who are you?", "answer": "We.", "valid_from": "2027-01-01"],
      ["id": "d", "question": "Why are you?", "answer": "So.", "valid_until": "2030-01-01"],
    ].map { IngestFixture.line($0) }
    try folder.write("entries.jsonl", entries.joined(separator: "\n") + "\n")
    let recipe = try folder.write("recipe.yaml", "name: small\nversion: 1\nentries: entries.jsonl\n")
    try SampleBundle.compile(recipe: recipe, to: folder.file("small.almanac"))
    let log = try folder.write(
      "log.jsonl",
      [
        PlanFixture.row("when are you open", 9, at: "2026-01-20"),
        PlanFixture.row("Where are you", 2, at: "2026-01-20"),
      ]
      .joined(separator: "\n"))
    let timeless = try folder.write("timeless.jsonl", PlanFixture.row("when are you open"))
    let refused = try Tool.run("almanac", ["report", folder.file("small.almanac"), "--log", timeless, "--json"])
    #expect(refused.status == 1)
    #expect(refused.errors.contains("give --now"))
    let outcome = try Tool.run("almanac", ["report", folder.file("small.almanac"), "--log", log, "--json"])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let stale = try object.objects("stale")
    #expect(stale.compactMap { $0["entry"] as? String } == ["a", "b", "c"])
    #expect(stale.compactMap { $0["state"] as? String } == ["expired", "due", "not yet valid"])
    #expect(try stale.map { try $0.number("requests") } == [9, 2, 0])
    #expect(try object.objects("fallbacks")[0]["reason"] as? String == "expired")
  }
}
