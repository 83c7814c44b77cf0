import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleCompiler

/// Labelled queries of a recipe certify its bundle if they were drawn from real traffic, and only then.
@Suite struct LabelledCalibrationTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Compiles `sixty` with every question labelled five times, `origin` as stated.
  private func compile(origin: String?, expectingOthers: Int = 0) throws -> (Bundle, [String: Any]) {
    let entries = try String(contentsOfFile: Repository.path("bundles/dev-faq/entries.jsonl"), encoding: .utf8)
    var rows: [String] = []
    for line in entries.split(separator: "\n").prefix(60) {
      let entry = try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
      for _ in 0..<5 {
        var row: [String: Any] = ["query": entry["question"] ?? "", "expect": entry["id"] ?? ""]
        if rows.count < expectingOthers { row["expect"] = NSNull() }
        if let origin { row["origin"] = origin }
        rows.append(
          String(decoding: try JSONSerialization.data(withJSONObject: row, options: .sortedKeys), as: UTF8.self))
      }
    }
    try folder.write("queries.jsonl", rows.joined(separator: "\n") + "\n")
    let path = try SampleBundle.sixty(in: folder, further: "queries: queries.jsonl")
    let bundle = try Bundle.open(path)
    let manifest = try JSONSerialization.jsonObject(with: Data(try bundle.segment(.metaManifest, 0).copied))
    let decision = try #require((manifest as? [String: Any])?["decision"] as? [String: Any])
    return (bundle, decision)
  }

  @Test func onlySampledQueriesCertify() throws {
    for origin in [nil, "written", "generated"] {
      let (bundle, decision) = try compile(origin: origin)
      #expect(bundle.decision.level == .selfTested)
      #expect((decision["text"] as? [String: Any])?["labels"] is NSNull)
    }
    let (bundle, decision) = try compile(origin: "sampled")
    #expect(bundle.decision.level == .certified)
    let text = try #require(decision["text"] as? [String: Any])
    let labels = try #require(text["labels"] as? [String: Any])
    #expect(text["evidence_level"] as? String == "certified")
    #expect(labels["queries"] as? Int == 300)
    #expect(labels["wrong"] as? Int == 0)
    #expect(labels["out_of_scope"] as? Double == 0)
    #expect(text["expected_hit_rate"] as? Double == 1)
    #expect(try #require(labels["bound_of_requests"] as? Double) <= 0.01)
    #expect(bundle.decision.level(mode: AcceptancePoint.vectorMode) == .selfTested, "no query has a vector")
  }

  @Test func labelsThatContradictTheBundleDoNotCertifyIt() throws {
    let (bundle, decision) = try compile(origin: "sampled", expectingOthers: 20)
    #expect(bundle.decision.level != .certified)
    let labels = try #require((decision["text"] as? [String: Any])?["labels"] as? [String: Any])
    #expect(labels["raised"] as? Bool == true, "exact matches alone break the budget, so no threshold keeps it")
    #expect(bundle.decision.textThreshold == DecisionParameters.never)
  }

  @Test func theSameLabelsGiveTheSameBytes() throws {
    _ = try compile(origin: "sampled")
    let first = try contents(folder.file("sixty.almanac"))
    _ = try compile(origin: "sampled")
    #expect(try contents(folder.file("sixty.almanac")) == first)
    #expect(!folder.names.contains { $0.hasSuffix(".partial") })
  }

  @Test func aCallersLimitOfTheBudgetOrMoreChangesNothing() throws {
    let (bundle, _) = try compile(origin: "sampled")
    let queries = [
      "why are python strings not mutable", "indentation for grouping statements in python", "cake recipe",
    ]
    var answered: [Int] = []
    for limit: UInt32 in [0, 100, 1_000, 5_000, 10_000, 1_000_000] {
      answered.append(try queries.count { try ask(bundle, $0, maximumWrong: limit).reason == nil })
    }
    #expect(answered == answered.sorted(), "a looser limit never answers less")
    #expect(try answered.last == queries.count { try ask(bundle, $0).reason == nil })
    #expect(answered[4] == answered[5])
  }

  @Test func inspectShowsLevelsBoundsAndMix() throws {
    _ = try compile(origin: "sampled")
    let outcome = try Tool.run("almanac", ["inspect", folder.file("sixty.almanac")])
    let line = try #require(outcome.output.split(separator: "\n").first { $0.contains("text     certified") })
    #expect(line.contains("300 sampled queries (0 % without an answer), 0 wrong: at most 0.99 % of requests"))
    #expect(line.contains("with 95 % confidence"))
  }
}
