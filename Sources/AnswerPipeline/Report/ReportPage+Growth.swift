import BundleFormat

extension ReportPage {
  var growth: Markup {
    let growth = report.growth
    var parts: [Markup] = ["<h2>Coverage against size and spend</h2>", "<p>\(growthText)</p>"]
    let last = growth.points[growth.points.count - 1]
    parts.append(
      curve("answers", "answers", id: "size", of: { Double($0.answers) }, end: Double(last.answers)) {
        ReportFigures.count($0)
      })
    if let currency = report.cost?.pricing.table.currency, let end = last.spend, end > 0 {
      parts.append(
        curve("spend", "spent on answers, \(currency)", id: "spend", of: { $0.spend ?? 0 }, end: end) {
          ReportFigures.plain($0)
        })
    }
    var table = ReportTable([
      .init(title: "answers"), .init(title: "about so large"), .init(title: "spent on answers"),
      .init(title: "covered"),
      .init(title: "", isBar: true),
    ])
    for point in growth.milestones {
      let isPresent = point.answers == growth.present
      let number = ReportFigures.count(point.answers)
      table.add([
        isPresent ? "<strong>\(number), now</strong>" : "\(number)", "\(ReportFigures.bytes(point.bytes))",
        "\(point.spend.map { ReportFigures.money($0, report.cost?.pricing.table.currency ?? "") } ?? "–")",
        "\(PercentText.of(growth.coverage(point)))", ReportTable.bar(growth.coverage(point)),
      ])
    }
    parts.append(table.markup)
    return Markup(parts)
  }

  private var growthText: Markup {
    let growth = report.growth
    var text: Markup = """
      The present answers, the most used first, then what the log would have been served by further ones. \
      \(ReportFigures.count(growth.unused)) of the \(ReportFigures.count(growth.present)) present answers were not needed for \
      this log.
      """
    if report.options.next > 0 {
      let next = report.next.groups.count
      let gain = report.next.groups.reduce(0) { $0 + $1.gain }
      text = """
        \(text) The next \(ReportFigures.count(next)) would serve up to \(PercentText.of(share(gain))) more, if it is asked again \
        as it was: what was asked once may never come again.
        """
      if let paying = growth.paying {
        let time = growth.horizon.map { "within \(ReportFigures.plain($0)) days" } ?? "within one such log"
        let which =
          switch paying {
          case 0: "none saves"
          case next: "all \(ReportFigures.count(next)) save"
          case 1: "the first saves"
          default: "the first \(ReportFigures.count(paying)) save"
          }
        text = "\(text) <strong>Of these, \(which) more \(time) than making and checking an answer costs</strong>."
      }
    }
    return text
  }

  private func curve(
    _ name: String, _ axis: String, id: String, of x: (CoverageGrowth.Point) -> Double, end: Double,
    format: @escaping (Double) -> String
  ) -> Markup {
    let growth = report.growth
    guard end > 0, end.isFinite else { return "" }
    let now = growth.points[growth.present]
    var marks = [
      CurveChart.Mark(x: x(now), y: growth.coverage(now), text: "now \(PercentText.of(growth.coverage(now)))")
    ]
    if let paying = growth.paying, growth.present + paying < growth.points.count, paying > 0 {
      marks.append(CurveChart.Mark(x: x(growth.points[growth.present + paying]), y: nil, text: "pays until here"))
    }
    let chart = CurveChart(
      points: growth.points.map { (x($0), growth.coverage($0)) }, isStepped: false, end: end, marks: marks,
      format: format, axis: axis)
    return ChartFrame.figure(
      "Coverage against \(name)",
      "The share of requests answered, with the best \(name) first; \(PercentText.of(growth.coverage(now))) now. The table below has the numbers.",
      id: id, chart.draw)
  }

  var riskCoverage: Markup? {
    guard let check = report.check else { return nil }
    let counts = check.counts
    guard counts.answerable > 0, let wrong = counts.wrongShare, let served = counts.served else {
      return "<h2>Risk and coverage</h2>\n<p>No labelled query expects an entry, so there is no curve.</p>"
    }
    let end = [0.05, 0.1, 0.2, 0.5].first { wrong <= $0 } ?? 1
    let allowed = Double(report.allowedWrong) / 1_000_000
    let points = check.curve.frontier.map {
      (x: Double($0.wrong) / Double(check.curve.requests), y: check.curve.served($0) ?? 0)
    }.filter { $0.x <= end }
    var marks = [CurveChart.Mark(x: wrong, y: served, text: "now \(PercentText.of(served))")]
    if allowed <= end {
      marks.append(
        CurveChart.Mark(
          x: allowed, y: nil, text: "allowed \(PercentText.of(millionths: report.allowedWrong))",
          height: served < 0.5 ? 0.9 : 0.06))
    }
    let chart = CurveChart(
      points: points, isStepped: true, end: end, marks: marks, format: { "\(ReportFigures.plain($0 * 100)) %" },
      axis: "wrong, of all requests")
    let figure = ChartFrame.figure(
      "Risk and coverage",
      "Right answers as a share of answerable requests, against wrong answers as a share of all; now \(PercentText.of(wrong)) wrong, \(PercentText.of(served)) right.",
      id: "risk", chart.draw)
    var table = ReportTable([.init(title: "wrong answers allowed"), .init(title: "answerable requests served")])
    for budget in RiskCoverageCurve.budgets {
      let point = check.curve.point(wrongWithin: budget)
      table.add(["\(PercentText.of(millionths: budget))", "\(PercentText.of(point.flatMap(check.curve.served)))"])
    }
    return """
      <h2>Risk and coverage</h2>
      <p>\(ReportFigures.count(counts.requests)) labelled queries: \(ReportFigures.count(counts.right)) answered rightly, \
      \(ReportFigures.count(counts.wrong)) wrongly, \(ReportFigures.count(counts.missed)) missed, \
      \(ReportFigures.count(counts.refused)) rightly left to a live model. The curve shows what other thresholds would give.</p>
      \(figure)
      \(table.markup)
      """
  }
}
