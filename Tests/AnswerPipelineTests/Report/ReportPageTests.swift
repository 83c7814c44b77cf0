import AnswerPipeline
import Foundation
import FoundationXML
import TestSupport
import Testing

/// The page is one well-formed file that needs nothing from elsewhere, whatever logs and tables contain.
@Suite struct ReportPageTests {
  private let fixture: ReportFixture

  private static let hostile = [
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "</style><script>alert(1)</script>",
    "javascript:alert(1)", "<!-- ", "]]>", "&lt;b&gt; & 'x'", "\u{202E}gpj.exe", "a\u{0}b\u{1B}[31m", "</svg></title>",
  ]

  init() throws { fixture = try ReportFixture() }

  private func hostileReport() throws -> TrafficReport {
    let rows = Self.hostile.enumerated().map { index, text in
      IngestFixture.line([
        "query": "\(text) harbour \(index)", "count": 3, "at": "2026-01-0\(index % 9 + 1)", "topic": text,
        "route": text,
      ])
    }
    let prices = try fixture.folder.write(
      "prices.yaml",
      """
      date: "<script>"
      currency: "<i>"
      note: "</p><script>alert(1)</script>"
      models: [{name: "<b onclick=x>", input: 1, output: 1, source: "<a href=x>", date: "'"}]
      routes: {"<u>": "<b onclick=x>"}
      """)
    return try fixture.report(rows + ["<script>alert(2)</script>"]) {
      $0.bundleName = "<script>alert(3)</script>"
      $0.prices = try PriceTable(path: prices)
      $0.liveMilliseconds = 900
      $0.liveEnergy = 1
    }
  }

  @Test func hostileTextIsShownAndDoesNothing() throws {
    let html = ReportFixture.html(try hostileReport())
    for wrong in [
      "<script", "<img", "onerror=alert(1)>", "<b onclick", "<a href", "\u{202E}", "\u{0}", "\u{1B}", "<u>",
    ] {
      #expect(!html.contains(wrong), "\(wrong)")
    }
    #expect(html.contains("&lt;script&gt;alert(1)&lt;/script&gt; harbour"))
  }

  @Test func everyElementIsClosed() throws {
    for report in [try hostileReport(), try fixture.report([PlanFixture.row(ReportFixture.stored)])] {
      // Without what HTML alone leaves open, the page must be XML.
      var html = ReportFixture.html(report)
      html = html.replacingOccurrences(of: "<!DOCTYPE html>", with: "")
      html = html.replacingOccurrences(of: #"<(meta|link)([^>]*)>"#, with: "<$1$2/>", options: .regularExpression)
      let parser = XMLParser(data: Data(html.utf8))
      #expect(parser.parse(), "\(String(describing: parser.parserError)) line \(parser.lineNumber)")
    }
  }

  @Test func nothingIsFetchedAndNothingRuns() throws {
    let html = ReportFixture.html(try hostileReport())
    for wrong in ["src=\"", "url(", "@import", "http://", "https://", " on"] where wrong != " on" {
      #expect(!html.contains(wrong), "\(wrong)")
    }
    #expect(html.contains("default-src 'none'"))
  }

  @Test func chartsHaveTitlesDescriptionsAndATwinForNarrowScreens() throws {
    let html = ReportFixture.html(try hostileReport())
    let charts = html.components(separatedBy: "<svg ").count - 1
    #expect(charts >= 6)
    #expect(html.components(separatedBy: "<desc ").count - 1 == charts)
    #expect(html.components(separatedBy: "class=\"narrow\"").count - 1 == charts / 2)
    #expect(html.contains("prefers-color-scheme: dark") && html.contains("@media print"))
    let ids = html.components(separatedBy: " id=\"").dropFirst().map { $0.prefix { $0 != "\"" } }
    #expect(Set(ids).count == ids.count)
  }

  @Test func personalDataIsMasked() throws {
    let texts = [
      "why was anna.smith@example.com charged", "refund to GB82 WEST 1234 5698 7654 32", "call +44 20 7946 0958 now",
      "card 4111 1111 1111 1111 declined",
    ]
    let report = try fixture.report(
      texts.map { PlanFixture.row($0, 5) } + [#"{"query":"x","topic":"anna.smith@example.com"}"#])
    for output in [ReportFixture.html(report), report.json] {
      for secret in ["anna.smith", "1234 5698", "7946", "4111"] { #expect(!output.contains(secret), "\(secret)") }
      #expect(output.contains("personal data: email") && output.contains("personal data: card"))
    }
  }
}
