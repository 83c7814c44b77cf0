import AnswerPipeline
import Foundation
import TestSupport
import Testing

/// A plan made from a small log, in a folder of its own.
final class PlanFixture {
  let folder: TemporaryFolder
  var output: String { folder.file("plan") }

  init() throws { folder = try TemporaryFolder() }

  @discardableResult
  func plan(_ lines: [String], _ change: (inout AnswerPlan.Options) throws -> Void = { _ in }) throws -> PlanReport {
    let log = try folder.write("log.jsonl", lines.joined(separator: "\n") + "\n")
    return try plan(logs: [log], change)
  }

  @discardableResult
  func plan(logs: [String], _ change: (inout AnswerPlan.Options) throws -> Void = { _ in }) throws -> PlanReport {
    var options = AnswerPlan.Options()
    options.now = 1_780_000_000
    try change(&options)
    let report = try AnswerPlan(options).run(logs, into: output)
    let names = try FileManager.default.contentsOfDirectory(atPath: output)
    #expect(!names.contains { $0.hasSuffix(".part") })
    return report
  }

  static func row(_ query: String, _ count: Double = 1, at day: String? = nil) -> String {
    var object: [String: Any] = ["query": query, "count": count]
    if let day { object["at"] = day }
    return IngestFixture.line(object)
  }

  func rows(_ name: String) throws -> [[String: Any]] {
    try text(name).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(output)/\(name)", encoding: .utf8) }

  /// The planned questions in their order.
  func questions() throws -> [String] { try rows("plan.jsonl").compactMap { $0["question"] as? String } }
}
