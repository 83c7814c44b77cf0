import AnswerPipeline
import BundleCompiler
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A bundle that was built upon an earlier one may have ordinals that no entry and no question has any more. What visits all
/// entries passes them over.
@Suite struct GappedBundleTests {
  private let folder: TemporaryFolder
  private let recipe: FAQRecipe
  private let path: String
  private let bundle: Bundle
  private static let now: Int64 = 1_780_000_000

  init() throws {
    folder = try TemporaryFolder()
    var recipe = try FAQRecipe(0..<60)
    let old = try recipe.compile("old", in: folder)
    for index in [40, 11, 0] { recipe.remove(index) }
    self.recipe = recipe
    path = try recipe.compile("new", in: folder, previous: old)
    bundle = try Bundle.open(path)
    #expect(bundle.entryCount == 60)
  }

  private func log() throws -> String {
    let rows = (0..<recipe.rows.count).map { index in
      #"{"query":\#(quoted(recipe.question(index))),"count":\#(index + 1),"at":\#(Self.now - 86_400)}"#
    }
    return try folder.write("log.jsonl", rows.joined(separator: "\n") + "\n")
  }

  private func quoted(_ text: String) -> String {
    (try? JSONEncoder().encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }

  @Test func aReportNamesEachEntryByItsOwnPlace() throws {
    var options = TrafficReport.Options()
    options.now = Self.now
    let report = try TrafficReport(bundle, logs: [try log()], options)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
    let described = try #require(object["bundle"] as? [String: Any])
    #expect(described["entries"] as? Int == 57)
    #expect(try Tool.run("almanac", ["report", path, "--log", log(), "-o", folder.file("r")]).status == 0)
  }

  @Test func aRefreshFindsWhatIsDueAndHowOftenItIsAsked() throws {
    var options = AnswerRefresh.Options()
    options.now = Self.now
    options.until = Self.now
    options.logs = [try log()]
    #expect(try AnswerRefresh(options).run(bundle: bundle, into: folder.file("due")).entries == 57)
  }

  @Test func aWideningAsksForWordingsOfAllThatIsThere() throws {
    try folder.write("requests.yaml", "service: anthropic\nmodel: m\n")
    var options = EntryWidening.Options()
    options.requests = try RequestRecipe(path: folder.file("requests.yaml"))
    let report = try EntryWidening(options).run(path, into: folder.file("widening"))
    #expect(report.entries == 57)
  }

  @Test func benchAndInspectLeaveThemOut() throws {
    let bench = try Tool.run("almanac", ["bench", path, "--repeat", "2", "--json", "--now", "\(Self.now)"])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(bench.output.utf8)) as? [String: Any])
    let asked = ["exact", "semantic", "fallback"].compactMap { (object[$0] as? [String: Any])?["queries"] as? Int }
    #expect(asked.reduce(0, +) == 2 * 57)
    for kind in ["entries", "questions"] {
      let lines = try Tool.run("almanac", ["inspect", path, "--dump", kind]).output.split(separator: "\n")
      #expect(lines.count == 57)
    }
  }
}
