import Foundation
import TestSupport
import Testing

/// `almanac plan` as its user meets it.
@Suite struct PlanCommandTests {
  private let fixture: PlanFixture

  init() throws { fixture = try PlanFixture() }

  @Test func figuresExitCodesAndOneLineOfWhy() throws {
    let log = try fixture.folder.write(
      "log.jsonl", [PlanFixture.row("where is the harbour", 5, at: "2026-01-01"), "x"].joined(separator: "\n"))
    let outcome = try Tool.run("almanac", ["plan", log, "-o", fixture.output, "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(object["planned"] as? Int == 1)
    #expect(object["malformed"] as? Int == 1)
    let text = try Tool.run("almanac", ["plan", log, "-o", fixture.output])
    #expect(text.output.contains("first row passed over: \(log):2: "))
    let before = try fixture.text("plan.jsonl")
    let empty = try fixture.folder.write("empty.jsonl", "\n")
    let csv = try fixture.folder.write("log.csv", "a,b\n1,2\n")
    for wrong in [
      ["no.jsonl"], [empty], [csv], [log, "--bundle", log], [log, "--requests", log], [log, "--money", "1"],
    ] {
      let outcome = try Tool.run("almanac", ["plan"] + wrong + ["-o", fixture.output])
      #expect(outcome.status == 1, "\(wrong)")
      #expect(outcome.errors.hasPrefix("error: "))
      #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
    }
    #expect(try Tool.run("almanac", ["plan", log, "-o", log]).status == 1)
    #expect(try fixture.text("plan.jsonl") == before)
    for wrong in [["--answers", "0"], ["--half-life", "0"], ["--money=-1"], ["--show", "x"]] {
      #expect(try Tool.run("almanac", ["plan", log, "-o", fixture.output] + wrong).status == 64, "\(wrong)")
    }
  }
}
