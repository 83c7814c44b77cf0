import AnswerPipeline
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A report on `dev-faq`, from a log in a folder of its own.
final class ReportFixture {
  let folder: TemporaryFolder
  let bundle: Bundle

  /// 2026-05-28.
  static let now: Int64 = 1_780_000_000

  static let stored = "Why does Python use indentation for grouping of statements?"

  init() throws {
    folder = try TemporaryFolder()
    bundle = try Bundle.open(try CheckFixture.path.get())
  }

  func report(
    _ lines: [String], _ change: (inout TrafficReport.Options) throws -> Void = { _ in }
  ) throws -> TrafficReport {
    let log = try folder.write("log.jsonl", lines.joined(separator: "\n") + "\n")
    return try report(logs: [log], change)
  }

  func report(
    logs: [String], _ change: (inout TrafficReport.Options) throws -> Void = { _ in }
  ) throws -> TrafficReport {
    var options = TrafficReport.Options()
    options.bundleName = "dev-faq.almanac"
    options.next = 50
    try change(&options)
    return try TrafficReport(bundle, logs: logs, options)
  }

  func prices(_ further: String = "") throws -> PriceTable {
    try PriceTable(
      path: try folder.write(
        "prices.yaml",
        """
        date: 2026-11-01
        models:
          - {name: dear, input: 2, output: 8}
          - {name: cheap, input: 0.2, output: 0.8}
          - {name: own, gpu_hour: 3.6, tokens_per_second: 1000}
        tokens: {input: 500, output: 250}
        \(further)
        """))
  }

  static func object(_ report: TrafficReport) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any])
  }

  static func html(_ report: TrafficReport) -> String { ReportPage(report, shown: 20).html }
}

/// Members of parsed JSON, for tests.
extension [String: Any] {
  func object(_ key: String) throws -> [String: Any] { try #require(self[key] as? [String: Any]) }
  func objects(_ key: String) throws -> [[String: Any]] { try #require(self[key] as? [[String: Any]]) }
  func number(_ key: String) throws -> Double { try #require((self[key] as? NSNumber)?.doubleValue) }
}
