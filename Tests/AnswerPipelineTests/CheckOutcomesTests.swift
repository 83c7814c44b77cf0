import AnswerPipeline
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// `check --outcomes` says of each query what the report says of all; `check --vectors` asks with the vectors it is given.
@Suite struct CheckOutcomesTests {
  private let folder: TemporaryFolder
  private let bundle: String

  init() throws {
    folder = try TemporaryFolder()
    bundle = try CheckFixture.path.get()
  }

  private func check(_ queries: String, _ options: String...) throws -> Tool.Outcome {
    try Tool.run("almanac", ["check", bundle, queries, "--json", "--now", "\(CheckFixture.now)"] + options)
  }

  private func objects(_ text: String) throws -> [[String: Any]] {
    try text.split(separator: "\n").map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }
  }

  /// The dev-faq entries, whose vectors are in `entries.npy`, asked in words that nothing stored has.
  private func unreadable(dropping count: Int = 0) throws -> String {
    let entries = try objects(
      String(contentsOfFile: Repository.path("bundles/dev-faq/entries.jsonl"), encoding: .utf8))
    let rows = try entries.dropLast(count).map { entry in
      try CheckFixture.row("qzx wvk pqy", expect: try #require(entry["id"] as? String))
    }
    return try folder.write("unreadable.jsonl", rows.joined(separator: "\n"))
  }

  @Test func everyQueryHasItsLine() throws {
    let opened = try Bundle.open(bundle)
    let rows =
      try CheckFixture.rows(of: opened, shortened: true) + CheckFixture.rows(of: opened, shortened: false).prefix(50)
    let file = folder.file("outcomes.jsonl")
    let outcome = try check(try folder.write("queries.jsonl", rows.joined(separator: "\n")), "--outcomes", file)
    let report = try #require(try objects(outcome.output).first)
    let lines = try objects(String(contentsOfFile: file, encoding: .utf8))
    #expect(lines.compactMap { $0["line"] as? Int } == Array(1...rows.count))
    for (verdict, key) in [
      ("right", "right"), ("wrong", "wrong"), ("missed", "missed"), ("refused", "correct_fallbacks"),
    ] {
      #expect(lines.count { $0["verdict"] as? String == verdict } == report[key] as? Int)
    }
    #expect(lines.allSatisfy { ($0["entry"] is NSNull) == !($0["reason"] is NSNull) })
    #expect(lines.allSatisfy { ($0["via"] is NSNull) == ($0["entry"] is NSNull) })
    // What answers is the best, and at or above the threshold unless it is an exact match.
    let threshold = try #require((report["curve"] as? [String: Any])?["threshold"] as? Int)
    for line in lines where !(line["entry"] is NSNull) {
      #expect(line["entry"] as? String == line["best"] as? String)
      #expect(line["via"] as? String == "exact" ? line["score"] is NSNull : line["score"] as? Int ?? 0 >= threshold)
    }
  }

  @Test func aVectorFindsWhatTheTextDoesNot() throws {
    let queries = try unreadable()
    let served = { (outcome: Tool.Outcome) in
      let at = try #require((try objects(outcome.output).first?["curve"] as? [String: Any])?["at"] as? [[String: Any]])
      return try #require(at.last?["served"] as? Double)
    }
    #expect(try served(try check(queries)) < 0.1)
    #expect(try served(try check(queries, "--vectors", Repository.path("bundles/dev-faq/entries.npy"))) > 0.9)
  }

  @Test func vectorsOfOtherQueriesOrModelsAreRefused() throws {
    let vectors = Repository.path("bundles/dev-faq/entries.npy")
    let queries = try unreadable(dropping: 1)
    let short = try check(queries, "--vectors", vectors)
    #expect(short.status == 1)
    #expect(
      short.errors.hasPrefix("error: \(vectors): the array has 521 rows, but \(queries) has 520 lines"),
      "\(short.errors)")

    let narrow = try folder.write("narrow.jsonl", try CheckFixture.row("qzx", expect: nil))
    let header = "{'descr': '|i1', 'fortran_order': False, 'shape': (1, 8), }".padding(
      toLength: 117, withPad: " ", startingAt: 0)
    let array =
      Data([0x93]) + Data("NUMPY".utf8) + Data([1, 0, 118, 0]) + Data((header + "\n").utf8)
      + Data(repeating: 1, count: 8)
    try array.write(to: URL(fileURLWithPath: folder.file("narrow.npy")))
    let width = try check(narrow, "--vectors", folder.file("narrow.npy"))
    #expect(width.status == 1)
    #expect(
      width.errors.contains("narrow.npy: the vectors have 8 components, those of the bundle have 384"),
      "\(width.errors)")

    let missing = try check(narrow, "--vectors", folder.file("missing.npy"))
    #expect(missing.errors.hasPrefix("error: \(folder.file("missing.npy")): cannot be opened"), "\(missing.errors)")
  }
}
