import AnswerPipeline
import BundleReader
import Foundation
import FoundationXML
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Plots fit the terminal and are well-formed pictures, whatever the figures and names.
@Suite struct CheckPlotTests {
  private static let names = ["dev-faq", "<b>\"Q&A\"</b> \u{1B}[31m '\u{FFFF}' 中文"]

  private func reports() throws -> [CheckReport] {
    let bundle = try Bundle.open(try CheckFixture.path.get())
    let rows = try CheckFixture.rows(of: bundle, shortened: true)
    return [
      try CheckFixture.report(bundle, rows), try CheckFixture.report(bundle, Array(rows.prefix(1))),
      try CheckFixture.report(bundle, [CheckFixture.row("how tall is the lighthouse", expect: nil)]),
      try CheckFixture.report(bundle, CheckFixture.rows(of: bundle, shortened: false)),
    ]
  }

  @Test func svgIsWellFormedXML() throws {
    for report in try reports() {
      for name in Self.names {
        let svg = CheckPlot(report, title: name, allowed: 10_000).svg
        let parser = XMLParser(data: Data(svg.utf8))
        #expect(parser.parse(), "\(String(describing: parser.parserError)): \(svg)")
        #expect(!svg.contains("href") && !svg.contains("url("))
        #expect(svg.contains("prefers-color-scheme: dark"))
      }
    }
  }

  @Test func textIsAtMost72ColumnsWide() throws {
    for report in try reports() {
      for line in CheckPlot(report, title: "", allowed: 10_000).text.split(separator: "\n") {
        #expect(line.count <= 72, "\(line)")
      }
    }
  }

  @Test func withoutAnswerableQueriesThereIsNoCurve() throws {
    let bundle = try Bundle.open(try CheckFixture.path.get())
    let report = try CheckFixture.report(bundle, [CheckFixture.row("how tall is the lighthouse", expect: nil)])
    let plot = CheckPlot(report, title: "dev-faq", allowed: 10_000)
    #expect(plot.text == "No query expects an entry, so there is no curve.")
    #expect(!plot.svg.contains("class=\"curve\""))
  }

  @Test func percentagesDoNotRoundToNothingOrAll() {
    #expect(PercentText.of(nil) == "–")
    #expect(
      [0, 0.00001, 0.0034, 0.0999, 0.09999, 0.412, 0.9972, 0.99999, 1].map { PercentText.of($0) } == [
        "0 %", "<0.01 %", "0.34 %", "9.99 %", "10.0 %", "41.2 %", "99.72 %", ">99.99 %", "100 %",
      ])
    #expect(
      [0, 1, 5_000, 10_000, 123_450, 1_000_000].map { PercentText.of(millionths: $0) } == [
        "0 %", "0.0001 %", "0.5 %", "1 %", "12.345 %", "100 %",
      ])
  }
}
