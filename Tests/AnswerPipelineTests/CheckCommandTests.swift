import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// `almanac check` as a gate: its exit codes, its one line of why, and its JSON.
@Suite struct CheckCommandTests {
  private let folder: TemporaryFolder
  private let bundle: String

  init() throws {
    folder = try TemporaryFolder()
    bundle = try CheckFixture.path.get()
  }

  private func check(_ queries: String, _ options: String...) throws -> Tool.Outcome {
    try Tool.run("almanac", ["check", bundle, queries, "--now", "\(CheckFixture.now)"] + options)
  }

  private func object(_ outcome: Tool.Outcome) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  /// A hundred stored questions, one of which expects nothing: one wrong answer.
  private func hundred() throws -> String {
    let bundle = try Bundle.open(bundle)
    let rows = try (0..<100 as Range<UInt32>).map { ordinal in
      let entry = try bundle.entry(ordinal)
      let id = String(decoding: try bundle.entryText(entry).id.copied, as: UTF8.self)
      let question = String(decoding: try bundle.questionText(entry.canonicalQuestion).copied, as: UTF8.self)
      return try CheckFixture.row(question, expect: ordinal == 42 ? nil : id)
    }
    return try folder.write("hundred.jsonl", rows.joined(separator: "\n"))
  }

  @Test func theBundlesOwnBudgetIsTheDefault() throws {
    let outcome = try check(Repository.path("bundles/dev-faq/queries.jsonl"), "--json")
    let object = try object(outcome)
    let count = { (key: String) in try #require(object[key] as? Int) }
    #expect(try count("requests") == 200)
    #expect(try count("right") + count("wrong") + count("missed") + count("correct_fallbacks") == 200)
    #expect(try count("hits") == count("right") + count("wrong"))
    #expect(object["max_wrong"] as? Double == 0.01)
    #expect((outcome.status == 2) == (try count("wrong") > 2), "\(outcome.errors)")
    let kinds = try #require(object["kinds"] as? [[String: Any]])
    #expect(kinds.compactMap { $0["kind"] as? String } == ["near-miss", "out-of-scope", "reworded"])
    #expect(kinds.compactMap { $0["requests"] as? Int } == [50, 40, 110])
  }

  @Test func overTheBudgetIsExitCodeTwoAndOneLineOfWhy() throws {
    let queries = try hundred()
    for (options, status) in [
      (["--max-wrong", "1%"], 0), (["--max-wrong", "0.01"], 0), (["--max-wrong", "0.9%"], 2),
      (["--max-wrong", "0"], 2),
      (["--max-wrong-answers", "1%"], 0), (["--max-wrong-answers", "0.5%"], 2), ([], 0),
    ] {
      let outcome = try Tool.run("almanac", ["check", bundle, queries, "--now", "\(CheckFixture.now)"] + options)
      #expect(outcome.status == Int32(status), "\(options): \(outcome.errors)")
      #expect(outcome.errors.split(separator: "\n").count == status / 2, "\(outcome.errors)")
      #expect(outcome.errors.contains("1 of 100") == (status == 2))
      #expect(outcome.output.contains("EXCEEDED") == (status == 2))
    }
    let outcome = try check(queries, "--max-wrong", "0.5%", "--json")
    #expect(outcome.status == 2)
    let object = try object(outcome)
    #expect(object["passed"] as? Bool == false)
    #expect(object["precision"] as? Double == 0.99)
    let worst = try #require(object["worst"] as? [[String: Any]])
    #expect(worst.count == 1)
    #expect(worst[0]["line"] as? Int == 43)
    #expect(worst[0]["expected"] is NSNull)
    #expect(worst[0]["via"] as? String == "exact")
  }

  @Test(arguments: [
    (#"{"query":"a"}"#, "the field \"expect\" is missing"), (#"{"query":"a","expect":7}"#, "\"expect\" is a number"),
    (#"{"query":"a","expect":"no/such"}"#, "the query expects \"no/such\", which no entry of the bundle has"),
    (#"{"expect":null}"#, "the field \"query\" is missing"), (#"{"query":"a","expect":null,"turn":0}"#, "\"turn\""),
    (#"{"query":"a","expect":null,"scope":"b"}"#, "\"scope\" is a string"), ("no JSON", "the line is not JSON"),
  ])
  func aWrongRowIsNamedByFileAndLine(row: String, problem: String) throws {
    let file = try folder.write("queries.jsonl", #"{"query":"fine","expect":null}"# + "\n\n" + row + "\n")
    let outcome = try check(file)
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: \(file):3: "), "\(outcome.errors)")
    #expect(outcome.errors.contains(problem), "\(outcome.errors)")
    #expect(outcome.output.isEmpty)
  }

  @Test func whatCannotBeReadOrWrittenIsExitCodeOne() throws {
    let queries = try hundred()
    #expect(try check(folder.file("missing.jsonl")).status == 1)
    #expect(try Tool.run("almanac", ["check", queries, queries]).status == 1)
    let outcome = try check(queries, "--plot", folder.file("missing/curve.svg"))
    #expect(outcome.status == 1)
    #expect(outcome.errors.hasPrefix("error: \(folder.file("missing/curve.svg")): the file cannot be written"))
  }

  @Test func wrongUsageIsExitCodeSixtyFour() throws {
    let queries = try hundred()
    for options in [
      ["--max-wrong", "1"], ["--max-wrong", "many"], ["--max-wrong=-1%"], ["--confidence", "20%"], ["--worst=-1"],
      ["--plot", "curve.png"], ["extra"],
    ] {
      #expect(try Tool.run("almanac", ["check", bundle, queries] + options).status == 64, "\(options)")
    }
  }

  @Test func thePlotIsWrittenAndShown() throws {
    let file = folder.file("curve.svg")
    let outcome = try check(try hundred(), "--plot", file, "--worst", "0")
    #expect(outcome.status == 0)
    #expect(String(decoding: try contents(file), as: UTF8.self).hasPrefix("<svg "))
    #expect(outcome.output.contains("◆ operating point: 1.00 % wrong"))
    #expect(!outcome.output.contains("worst mistakes"))
  }
}
