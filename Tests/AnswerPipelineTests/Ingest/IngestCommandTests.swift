import Foundation
import TestSupport
import Testing

/// `almanac ingest` as its user meets it: exit codes, one line of why, figures.
@Suite struct IngestCommandTests {
  private let fixture: IngestFixture

  init() throws { fixture = try IngestFixture() }

  @Test func figuresAddUpAndTheExitCodeSaysWhetherItWorked() throws {
    let requests = try fixture.write(
      "r.jsonl", [IngestFixture.request("a", "what"), IngestFixture.request("b", "where")])
    let results = try fixture.write("o.jsonl", [IngestFixture.chat("a", "This."), "broken"])
    let arguments = ["ingest", results, "--requests", requests, "-o", fixture.output]
    let outcome = try Tool.run("almanac", arguments + ["--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.errors.isEmpty)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(object["lines"] as? Int == 2)
    #expect(object["fates"] as? [String: Int] == ["entry": 1, "malformed": 1])
    #expect(object["unanswered"] as? Int == 1)
    let text = try Tool.run("almanac", arguments)
    #expect(text.output.contains("dropped: malformed"))

    let before = try fixture.text("entries.jsonl")
    for wrong in [["missing.jsonl"], [results, "--requests", "missing.jsonl"], [results, "--ratings", requests]] {
      let outcome = try Tool.run("almanac", ["ingest"] + wrong + ["-o", fixture.output])
      #expect(outcome.status == 1)
      #expect(outcome.errors.hasPrefix("error: "))
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
    #expect(try Tool.run("almanac", ["ingest", results, "-o", requests]).status == 1)
    #expect(try Tool.run("almanac", ["ingest", results, "-o", fixture.folder.file("no/such/folder")]).status == 1)
    #expect(try fixture.text("entries.jsonl") == before)
    for wrong in [["--min-quality", "2"], ["--prompt", "none"], ["--headings", "7"], ["--audit", "x"]] {
      #expect(try Tool.run("almanac", arguments + wrong).status == 64, "\(wrong)")
    }
  }
}
