/// The chart of coverage over time: a column for each period, and below it how much was asked.
struct CoverageChart {
  let periods: [TrafficReport.Period]

  func draw(in frame: ChartFrame) -> Markup {
    let most = max(periods.map(\.counts.requests).max() ?? 0, .leastNonzeroMagnitude)
    let width = 1 / Double(periods.count)
    // The lower fifth shows volume.
    func y(_ share: Double) -> Double { frame.y(0.24 + share * 0.76) }
    var columns: [Markup] = []
    for (index, period) in periods.enumerated() {
      let counts = period.counts
      guard counts.requests > 0 else { continue }
      let x = frame.x((Double(index) + 0.1) * width)
      let size = frame.x((Double(index) + 0.9) * width) - x
      let exact = counts.exact / counts.requests
      let hits = counts.hits / counts.requests
      let hint =
        "\(period.name): \(PercentText.of(hits)) of \(ReportFigures.count(counts.requests)) requests answered, \(PercentText.of(exact)) exactly"
      columns.append(
        """
        <g><title>\(hint)</title>\(bar("fallback", x, size, y(1), y(hits)))\(bar("semantic", x, size, y(hits), y(exact)))\
        \(bar("exact", x, size, y(exact), y(0)))\
        \(bar("volume", x, size, frame.y(counts.requests / most * 0.16), frame.y(0)))</g>
        """)
    }
    return Markup([grid(frame, y)] + columns + labels(frame, width))
  }

  private func bar(_ kind: Markup, _ x: Double, _ width: Double, _ top: Double, _ bottom: Double) -> Markup {
    guard bottom - top > 0.05 else { return "" }
    return """
      <rect class="\(kind)" x="\(ChartFrame.text(x))" y="\(ChartFrame.text(top))" width="\(ChartFrame.text(max(width, 0.5)))" \
      height="\(ChartFrame.text(bottom - top))"/>
      """
  }

  private func grid(_ frame: ChartFrame, _ y: (Double) -> Double) -> Markup {
    Markup(
      [0, 50, 100].map { percent -> Markup in
        let place = y(Double(percent) / 100)
        return """
          <path class="grid" d="M\(ChartFrame.text(frame.left)) \(ChartFrame.text(place))H\(ChartFrame.text(frame.right))"/>\
          <text class="quiet" x="\(ChartFrame.text(frame.left - 6))" y="\(ChartFrame.text(place + 4))" text-anchor="end">\
          \(percent) %</text>
          """
      } + [
        """
        <text class="quiet" x="\(ChartFrame.text(frame.left - 6))" y="\(ChartFrame.text(frame.y(0.04)))" text-anchor="end">\
        asked</text>
        """
      ])
  }

  private func labels(_ frame: ChartFrame, _ width: Double) -> [Markup] {
    let most = frame.isNarrow ? 3 : 6
    let step = max(1, (periods.count + most - 1) / most)
    // The year stands above the chart; it is repeated only where there are several.
    let isOneYear = periods[0].name.count > 7 && Set(periods.map { $0.name.prefix(4) }).count == 1
    return stride(from: 0, to: periods.count, by: step).map { index in
      let name = periods[index].name
      return frame.label(isOneYear ? String(name.dropFirst(5)) : name, at: (Double(index) + 0.5) * width)
    }
  }
}
