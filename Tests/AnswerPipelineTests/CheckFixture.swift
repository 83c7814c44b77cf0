import AnswerPipeline
import BundleReader
import Foundation
import TestSupport

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// `bundles/dev-faq`, compiled once for all tests, and queries for it.
enum CheckFixture {
  /// The bundle's path. It is removed when the tests end.
  static let path = Result {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    atexit { try? FileManager.default.removeItem(at: CheckFixture.folder) }
    let output = folder.appendingPathComponent("dev-faq.almanac").path
    try SampleBundle.compile(recipe: Repository.path("bundles/dev-faq/recipe.yaml"), to: output)
    return output
  }

  private static let folder = FileManager.default.temporaryDirectory
    .appendingPathComponent("almanac-check-\(ProcessInfo.processInfo.processIdentifier)")

  /// A time when everything without a window is valid.
  static let now: Int64 = 1_780_000_000

  /// A row for every stored question, as it is or without its last word. Every third expects nothing, every fifth
  /// another entry than its own, so that all verdicts occur.
  static func rows(of bundle: Bundle, shortened: Bool) throws -> [String] {
    try (0..<UInt32(bundle.questionCount)).map { ordinal in
      let question = String(decoding: try bundle.questionText(ordinal).copied, as: UTF8.self)
      let words = question.split(separator: " ")
      let query = shortened && words.count > 1 ? words.dropLast().joined(separator: " ") : question
      let owner = ordinal % 5 == 0 ? 0 : try bundle.question(ordinal).owner
      let id = String(decoding: try bundle.entryText(bundle.entry(owner)).id.copied, as: UTF8.self)
      return try row(query, expect: ordinal % 3 == 0 ? nil : id, kind: ordinal % 2 == 0 ? "even" : nil)
    }
  }

  /// One row of a file of labelled queries.
  static func row(_ query: String, expect: String?, kind: String? = nil) throws -> String {
    var members: [String: Any] = ["query": query, "expect": expect ?? NSNull()]
    if let kind { members["kind"] = kind }
    return String(decoding: try JSONSerialization.data(withJSONObject: members, options: .sortedKeys), as: UTF8.self)
  }

  /// Asks `bundle` the rows.
  static func report(_ bundle: Bundle, _ rows: [String]) throws -> CheckReport {
    let folder = try TemporaryFolder()
    let file = try folder.write("queries.jsonl", rows.joined(separator: "\n") + "\n")
    let queries = try LabelledQueries(path: file, bundle: bundle, requiringLabels: true)
    return CheckReport(try QueryCheck(bundle, now: now).run(queries))
  }
}
