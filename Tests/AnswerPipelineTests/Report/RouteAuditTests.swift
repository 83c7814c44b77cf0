import AnswerPipeline
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Audits of routes count every example once, and both kinds of mistake.
@Suite struct RouteAuditTests {
  private let folder: TemporaryFolder
  private let bundle: String

  init() throws {
    folder = try TemporaryFolder()
    bundle = try Self.compiled.get()
  }

  // Compiled once for all tests, and removed when they end.
  private static let path = FileManager.default.temporaryDirectory
    .appendingPathComponent("almanac-routes-\(ProcessInfo.processInfo.processIdentifier).almanac").path
  private static let compiled = Result {
    let folder = try TemporaryFolder()
    let bundle = try SampleBundle.sixty(
      in: folder,
      further: """
        routes:
          small: [What is the weather in Paris tomorrow?, Will it rain in London this afternoon?, How warm is it in Rome today?]
          large: [Write a poem about the sea and the wind, Write a short story about an old lighthouse]
        """)
    atexit { try? FileManager.default.removeItem(atPath: RouteAuditTests.path) }
    try FileManager.default.moveItem(atPath: bundle, toPath: path)
    return path
  }

  private static let rows = [
    #"{"query":"\#(ReportFixture.stored)","tier":"small"}"#,
    #"{"query":"how warm is it in london this afternoon","tier":"small"}"#,
    #"{"query":"how warm is it in paris today","tier":"large"}"#,
    #"{"query":"write a poem about autumn","tier":"large"}"#,
    #"{"query":"write a short poem about the sea","tier":"small"}"#,
  ]

  private func audit(_ rows: [String] = rows, prices: String? = nil) throws -> RouteAudit {
    let file = try folder.write("tiers.jsonl", rows.joined(separator: "\n"))
    return try RouteAudit(
      try Bundle.open(bundle), examples: file, tiers: prices == nil ? ["small", "large"] : nil,
      prices: try prices.map { try ReportFixture().prices($0) }, now: ReportFixture.now, confidence: 0.95)
  }

  @Test func mistakesAreCountedBothWays() throws {
    let audit = try audit(
      Self.rows + ["no JSON", #"{"query":"x"}"#, #"{"query":"x","tier":"huge"}"#, #"{"tier":"small"}"#])
    #expect(audit.examples == 5)
    #expect(audit.hits == 1)
    #expect(audit.malformed == 4)
    #expect(audit.matrix == [[1, 1], [1, 1]])
    #expect(audit.couldBeCheaper.count == 2)
    #expect(audit.rightlyCheaper.count == 1)
    #expect(audit.tooCheap.count == 1)
    #expect(audit.tooDear.count == 1)
    // Clopper and Pearson's interval for one of four.
    #expect(abs(audit.tooCheap.low - 0.00631) < 0.00001 && abs(audit.tooCheap.high - 0.80588) < 0.00001)
  }

  @Test func savingCountsWhatIsAskedAgain() throws {
    let audit = try audit(prices: "routes: {large: dear, small: cheap}")
    #expect(audit.tiers == ["small", "large"])
    let cost = try #require(audit.cost)
    // An answer costs 3 thousandths at large and 0.3 at small.
    #expect(abs(cost.dearest - 3) < 1e-9)
    #expect(abs(cost.policy - (0.3 + 0.3 + 3 + 3 + 3) / 4) < 1e-9)
    #expect(abs(cost.ideal - (0.3 + 3 + 3 + 0.3) / 4) < 1e-9)
    #expect(abs(cost.saved - 0.2) < 1e-9)
    #expect(cost.low <= cost.saved && cost.saved <= cost.high)
    let again = try #require(try self.audit(prices: "routes: {large: dear, small: cheap}").cost)
    #expect(again.low == cost.low && again.high == cost.high)
  }

  @Test func csvIsReadAndJSONPrinted() throws {
    let file = try folder.write(
      "tiers.csv", "tier,query\nsmall,how warm is it in london this afternoon\nlarge,\"write a poem, about autumn\"\n")
    let outcome = try Tool.run(
      "almanac", ["routes", bundle, file, "--tiers", "small,large", "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(try object.number("fallbacks") == 2)
    #expect(try object.object("rightly_cheaper").number("count") == 1)
    #expect(object["tiers"] as? [String] == ["small", "large"])
    let text = try Tool.run(
      "almanac", ["routes", bundle, file, "--tiers", "small,large"])
    #expect(text.output.contains("too dear"))
  }

  @Test func whatCannotBeAuditedIsRefused() throws {
    let file = try folder.write("tiers.jsonl", Self.rows.joined(separator: "\n"))
    let unknown = try folder.write("unknown.jsonl", #"{"query":"x","tier":"huge"}"#)
    for (arguments, message) in [
      ([file], "give --tiers"), ([file, "--tiers", "tiny,small"], "none of the tiers"),
      ([unknown, "--tiers", "small,large"], "unknown.jsonl:1: the tier is \"huge\""),
      (["missing.jsonl", "--tiers", "small,large"], "missing.jsonl"),
    ] {
      let outcome = try Tool.run("almanac", ["routes", bundle] + arguments)
      #expect(outcome.status == 1, "\(arguments)")
      #expect(outcome.errors.hasPrefix("error: ") && outcome.errors.contains(message), "\(outcome.errors)")
    }
    for wrong in [["--tiers", "small"], ["--tiers", "small,small"], ["--confidence", "20%"]] {
      #expect(try Tool.run("almanac", ["routes", bundle, file] + wrong).status == 64, "\(wrong)")
    }
  }
}
