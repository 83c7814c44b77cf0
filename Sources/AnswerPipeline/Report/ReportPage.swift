import BundleFormat

/// A report as one HTML file: no script, nothing from elsewhere, readable on paper and on a telephone.
public struct ReportPage {
  let report: TrafficReport
  /// How many rows the lists of misses, topics and stale entries have at most.
  let shown: Int

  public init(_ report: TrafficReport, shown: Int) {
    self.report = report
    self.shown = shown
  }

  /// The file. All text of logs and bundle is escaped: see `Markup`.
  public var html: String {
    let page: Markup = """
      <!DOCTYPE html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
      <meta name="generator" content="almanac report">
      <link rel="icon" href="data:,">
      <title>\(report.name): what it answers</title>
      <style>
      \(ReportStyle.sheet)
      </style>
      </head>
      <body>
      <main>
      \(sections)
      </main>
      </body>
      </html>

      """
    return page.description
  }

  private var sections: [Markup] {
    [
      head, figures, overTime, topics, outcomes, misses, growth, riskCoverage, cost, latencyAndEnergy, stale, method,
    ].compactMap { $0 }
  }

  // MARK: Head

  private var head: Markup {
    let time = report.span.map { "\(CalendarPeriod.day($0.lowerBound)) to \(CalendarPeriod.day($0.upperBound))" }
    let logs = report.logs.joined(separator: ", ")
    return """
      <h1>\(report.name): what it answers</h1>
      <p class="quiet">Version \(String(report.version)), root \(report.root)…, \(ReportFigures.count(report.contents.entries.count)) answers, \
      \(ReportFigures.count(report.questionCount)) questions, \(ReportFigures.bytes(Double(report.contents.bytes))), \
      \(report.level). Traffic: \(logs)\(time.map { ", \($0)" } ?? ", without times").\(report.asOf.map { " As of " + CalendarPeriod.day($0) + "." } ?? "")</p>
      """
  }

  private var figures: Markup {
    var tiles: [Markup] = [
      tile(
        "answered", PercentText.of(report.ledger.all.coverage),
        "\(PercentText.of(share(report.ledger.all.exact))) exactly"),
      tile(
        "requests", ReportFigures.count(report.requests),
        "\(ReportFigures.count(report.differentQuestions)) different questions"),
    ]
    if let cost = report.cost {
      let currency = cost.pricing.table.currency
      tiles.append(
        tile(
          "saved", PercentText.of(cost.present.saved),
          "\(ReportFigures.money(cost.present.before - cost.present.after, currency)) of \(ReportFigures.money(cost.present.before, currency))"
        ))
    }
    if let latency = report.latency, let live = latency.live, let after = latency.after {
      tiles.append(
        tile(
          "mean latency", ReportFigures.duration(microseconds: after * 1_000),
          "instead of \(ReportFigures.duration(microseconds: live * 1_000))"))
    }
    if let check = report.check {
      tiles.append(
        tile(
          "wrong, of labelled queries", PercentText.of(check.counts.wrongShare),
          "\(check.counts.wrong) of \(ReportFigures.count(check.counts.requests))"))
    }
    let expired = report.stale.count(.expired)
    if expired > 0 { tiles.append(tile("expired answers", ReportFigures.count(expired), "see the list")) }
    return "<dl class=\"figures\">\n\(tiles)\n</dl>"
  }

  private func tile(_ name: String, _ value: String, _ remark: String) -> Markup {
    "<div><dt>\(name)</dt><dd>\(value)<small>\(remark)</small></dd></div>"
  }

  /// The part that `requests` are of all; `nil` of nothing.
  func share(_ requests: Double) -> Double? { report.requests > 0 ? requests / report.requests : nil }

  // MARK: Coverage

  private static let legend: Markup = """
    <ul class="legend"><li><i class="exact"></i>answered, equal to a stored question</li>\
    <li><i class="semantic"></i>answered, reworded</li><li><i class="fallback"></i>needs a live model</li>\
    <li><i class="volume"></i>requests</li></ul>
    """

  private var overTime: Markup {
    guard let unit = report.periodUnit, !report.periods.isEmpty else {
      let why =
        report.span == nil ? "The logs have no times." : "The logs span centuries; some of their times must be wrong."
      return "<h2>Coverage over time</h2>\n<p>\(why)</p>"
    }
    var table = ReportTable([
      .init(title: unit == .week ? "week from" : unit.rawValue), .init(title: "requests"), .init(title: "exact"),
      .init(title: "reworded"), .init(title: "live model"), .init(title: "answered"), .init(title: "", isBar: true),
    ])
    for period in report.periods {
      let counts = period.counts
      table.add([
        "\(period.name)", "\(ReportFigures.count(counts.requests))", "\(ReportFigures.count(counts.exact))",
        "\(ReportFigures.count(counts.semantic))", "\(ReportFigures.count(counts.fallback))",
        "\(PercentText.of(counts.coverage))", ReportTable.bar(counts.coverage ?? 0),
      ])
    }
    let untimed = report.ledger.untimed.requests
    let remark: Markup = untimed > 0 ? "<p>\(ReportFigures.count(untimed)) requests have no time.</p>" : ""
    let chart = ChartFrame.figure(
      "Coverage over time, by \(unit.rawValue)",
      "Columns from \(report.periods[0].name) to \(report.periods[report.periods.count - 1].name); the table below has the numbers.",
      id: "time", CoverageChart(periods: report.periods).draw)
    return
      "<h2>Coverage over time</h2>\n\(chart)\n\(Self.legend)\n\(remark)\n\(Self.folded("By \(unit.rawValue)", table))"
  }

  /// A table that is open on paper and opened with a click on a screen.
  static func folded(_ name: String, _ table: ReportTable) -> Markup {
    "<details><summary>\(name)</summary>\n\(table.markup)\n</details>"
  }

  private var topics: Markup? {
    guard report.topics.count > 1 else { return nil }
    var table = ReportTable([
      .init(title: "topic", isText: true), .init(title: "requests"), .init(title: "of all"), .init(title: "answered"),
      .init(title: "", isBar: true),
    ])
    func add(_ name: Markup, _ counts: TrafficLedger.Counts) {
      table.add([
        name, "\(ReportFigures.count(counts.requests))", "\(PercentText.of(share(counts.requests)))",
        "\(PercentText.of(counts.coverage))", ReportTable.bar(counts.coverage ?? 0),
      ])
    }
    for topic in report.topics.prefix(shown) {
      add(topic.name.map { "\($0)" } ?? "<i>without a topic</i>", topic.counts)
    }
    let rest = report.topics.dropFirst(shown).reduce(into: TrafficLedger.Counts()) { sum, topic in
      sum.exact += topic.counts.exact
      sum.semantic += topic.counts.semantic
      sum.fallback += topic.counts.fallback
    }
    if rest.requests > 0 { add("<i>\(report.topics.count - shown) others</i>", rest) }
    return """
      <h2>Coverage by topic</h2>
      <p class="quiet">The log's own topic; where it has none, that of the nearest entry, if any is near: its scope's, or the folder of its id.</p>
      \(table.markup)
      """
  }
}
