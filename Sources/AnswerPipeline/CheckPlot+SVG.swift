extension CheckPlot {
  // The frame of the curve inside a picture of 720 × 440.
  private static let left = 70.0
  private static let right = 692.0
  private static let top = 96.0
  private static let bottom = 374.0

  /// The plot as an SVG document: no outside assets, dark where the viewer prefers that, light on paper.
  public var svg: String {
    let head = """
      <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 720 440" width="720" height="440" role="img" \
      aria-labelledby="title description">
      <title id="title">\(Self.escaped(title))</title>
      <desc id="description">Share of answerable requests answered rightly, against wrong answers as a share of all \
      requests. \(Self.escaped(summary))</desc>
      <style>
      \(Self.style)
      </style>
      <rect class="paper" width="720" height="440"/>
      <text class="title" x="24" y="32">\(Self.escaped(title))</text>
      """
    let body = counts.answerable > 0 ? [legend, grid, drawing] : ["<text x=\"24\" y=\"64\">\(Self.nothing)</text>"]
    return ([head] + body + ["</svg>"]).joined(separator: "\n") + "\n"
  }

  private var summary: String { counts.answerable > 0 ? "\(pointLegend); \(allowedLegend)." : Self.nothing }

  // Colours are repeated, not variables, since not every renderer knows those.
  private static let style = """
    text { font: 13px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif; fill: #1f2328 }
    .title { font-size: 17px; font-weight: 600 }
    .quiet { fill: #57606a }
    .paper { fill: #ffffff }
    .grid { stroke: #d0d7de; stroke-width: 1 }
    .area { fill: #0b62c4; fill-opacity: 0.12 }
    .curve { fill: none; stroke: #0b62c4; stroke-width: 2; stroke-linejoin: round }
    .dot { fill: #0b62c4 }
    .allowed { stroke: #57606a; stroke-width: 1.5; stroke-dasharray: 5 4 }
    .point { fill: #b42318; stroke: #ffffff; stroke-width: 1.5 }
    @media screen and (prefers-color-scheme: dark) {
      text { fill: #e6edf3 }
      .quiet { fill: #9da7b3 }
      .paper { fill: #0d1117 }
      .grid { stroke: #30363d }
      .area { fill: #6cb0ff; fill-opacity: 0.18 }
      .curve { stroke: #6cb0ff }
      .dot { fill: #6cb0ff }
      .allowed { stroke: #9da7b3 }
      .point { fill: #ff9484; stroke: #0d1117 }
    }
    """

  private var legend: String {
    """
    \(Self.diamond(x: 32, y: 55))
    <text x="46" y="60">\(pointLegend)</text>
    <path class="allowed" d="M430 55H456"/>
    <text x="464" y="60">\(allowedLegend)</text>
    """
  }

  private var grid: String {
    var lines: [String] = []
    for percent in stride(from: 0, through: 100, by: 25) {
      let y = height(Double(percent) / 100)
      lines.append("<path class=\"grid\" d=\"M\(Self.tenths(Self.left)) \(y)H\(Self.tenths(Self.right))\"/>")
      lines.append("<text class=\"quiet\" x=\"62\" y=\"\(y)\" dy=\"4\" text-anchor=\"end\">\(percent) %</text>")
    }
    for percent in ticks {
      let x = across(Double(percent) / 100)
      lines.append("<path class=\"grid\" d=\"M\(x) \(Self.tenths(Self.bottom))v5\"/>")
      lines.append("<text class=\"quiet\" x=\"\(x)\" y=\"395\" text-anchor=\"middle\">\(percent) %</text>")
    }
    lines.append("<text class=\"quiet\" x=\"70\" y=\"86\">right, of answerable requests</text>")
    lines.append("<text class=\"quiet\" x=\"692\" y=\"420\" text-anchor=\"end\">wrong, of all requests</text>")
    return lines.joined(separator: "\n")
  }

  private var drawing: String {
    var lines: [String] = []
    if let steps {
      let base = Self.tenths(Self.bottom)
      lines.append("<path class=\"area\" d=\"M\(steps.start) \(base)V\(steps.first)\(steps.rest)V\(base)Z\"/>")
      lines.append("<path class=\"curve\" d=\"M\(steps.start) \(steps.first)\(steps.rest)\"/>")
    }
    let share = Double(allowed) / 1_000_000
    if position(share) <= 1 {
      lines.append(
        "<path class=\"allowed\" d=\"M\(across(share)) \(Self.tenths(Self.top))V\(Self.tenths(Self.bottom))\"/>")
    }
    lines.append(contentsOf: readings)
    if let wrong = counts.wrongShare, let served = counts.served {
      lines.append(Self.diamond(x: Self.left + position(wrong) * (Self.right - Self.left), y: level(served)))
    }
    return lines.joined(separator: "\n")
  }

  // The curve as horizontal and vertical strokes. Steps too narrow to be seen are drawn as one.
  private var steps: (start: String, first: String, rest: String)? {
    let end = Double(range) / 100
    let points = curve.frontier.map { (share: Double($0.wrong) / Double(curve.requests), point: $0) }
      .filter { $0.share <= end }
    guard let first = points.first else { return nil }
    var rest = ""
    var drawn = first.share
    for (index, step) in points.enumerated().dropFirst()
    where position(step.share - drawn) >= 0.0005 || index + 1 == points.count {
      rest += "H\(across(step.share))V\(height(curve.served(step.point) ?? 0))"
      drawn = step.share
    }
    return (across(first.share), height(curve.served(first.point) ?? 0), rest + "H\(Self.tenths(Self.right))")
  }

  // What the curve allows at the usual budgets, written below it, where they are not too close to each other.
  private var readings: [String] {
    var lines: [String] = []
    var last = -1.0
    for millionths in RiskCoverageCurve.budgets {
      let share = Double(millionths) / 1_000_000
      guard position(share) <= 1, position(share) - last >= 0.08,
        let served = curve.point(wrongWithin: millionths).flatMap(curve.served)
      else { continue }
      last = position(share)
      let isLast = position(share) > 0.9
      let below = served < 0.1 ? -8 : 18
      lines.append("<circle class=\"dot\" cx=\"\(across(share))\" cy=\"\(height(served))\" r=\"3.5\"/>")
      lines.append(
        "<text x=\"\(across(share))\" dx=\"\(isLast ? -6 : 7)\" y=\"\(height(served))\" dy=\"\(below)\""
          + "\(isLast ? " text-anchor=\"end\"" : "")>\(PercentText.of(served))</text>")
    }
    return lines
  }

  // MARK: Places

  private func across(_ share: Double) -> String {
    Self.tenths(Self.left + position(share) * (Self.right - Self.left))
  }

  private func level(_ served: Double) -> Double { Self.bottom - served * (Self.bottom - Self.top) }

  private func height(_ served: Double) -> String { Self.tenths(level(served)) }

  private static func diamond(x: Double, y: Double) -> String {
    "<path class=\"point\" d=\"M\(tenths(x)) \(tenths(y - 7))l7 7-7 7-7-7z\"/>"
  }

  private static func tenths(_ value: Double) -> String {
    let tenths = Int((value * 10).rounded())
    return tenths % 10 == 0 ? "\(tenths / 10)" : "\(tenths / 10).\(tenths % 10)"
  }

  private static func escaped(_ text: String) -> String {
    var escaped = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      // Characters that XML does not allow at all.
      case "\0"..<" ", "\u{FFFE}", "\u{FFFF}": escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}
