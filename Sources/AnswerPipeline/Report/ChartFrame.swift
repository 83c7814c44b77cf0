/// The field of a chart inside its picture, and where values lie in it.
struct ChartFrame {
  /// The size of the picture. Text has 12 units, so a narrow picture is made for a narrow screen instead of being shrunk.
  let width: Double
  let height: Double
  let left = 46.0
  let top = 14.0
  var right: Double { width - 14 }
  var bottom: Double { height - 44 }

  /// A screen of usual width, and a telephone's.
  static let wide = ChartFrame(width: 720, height: 300)
  static let narrow = ChartFrame(width: 350, height: 260)

  private init(width: Double, height: Double) {
    self.width = width
    self.height = height
  }

  var isNarrow: Bool { width < 500 }

  /// The place of a value from 0 to 1 on either axis.
  func x(_ share: Double) -> Double { left + share * (right - left) }
  func y(_ share: Double) -> Double { bottom - share * (bottom - top) }

  /// A coordinate in tenths of a unit, which is as fine as anybody sees.
  static func text(_ value: Double) -> Markup { "\(ReportFigures.plain((value * 10).rounded() / 10))" }

  /// Lines and labels for the shares 0 to 100 %.
  var shareGrid: Markup {
    Markup(
      stride(from: 0, through: 100, by: 25).map { percent -> Markup in
        let y = y(Double(percent) / 100)
        return """
          <path class="grid" d="M\(Self.text(left)) \(Self.text(y))H\(Self.text(right))"/>\
          <text class="quiet" x="\(Self.text(left - 6))" y="\(Self.text(y + 4))" text-anchor="end">\(percent) %</text>
          """
      })
  }

  /// A label below the field; those at its ends stay inside the picture.
  func label(_ text: String, at share: Double, row: Int = 0) -> Markup {
    let anchor: Markup = share > 0.93 ? "end" : share < 0.04 ? "start" : "middle"
    return """
      <text class="quiet" x="\(Self.text(x(share)))" y="\(Self.text(bottom + 17 + Double(row) * 18))" text-anchor="\(anchor)">\
      \(text)</text>
      """
  }

  /// The whole picture, once for wide screens and paper and once for narrow ones.
  static func figure(_ title: String, _ description: String, id: String, _ draw: (ChartFrame) -> Markup) -> Markup {
    let pictures = [wide, narrow].map { frame -> Markup in
      let size: Markup = frame.isNarrow ? "narrow" : "wide"
      return """
        <svg class="\(size)" viewBox="0 0 \(text(frame.width)) \(text(frame.height))" role="img" \
        aria-labelledby="\(id)-\(size)-title \(id)-\(size)-description">
        <title id="\(id)-\(size)-title">\(title)</title>
        <desc id="\(id)-\(size)-description">\(description)</desc>
        \(draw(frame))
        </svg>
        """
    }
    return "<figure>\n\(pictures)\n</figure>"
  }

  /// Round numbers from 0 to `end`, at most `count` steps.
  static func ticks(to end: Double, count: Int) -> [Double] {
    guard end > 0, end.isFinite else { return [0] }
    var step = 1.0
    while step * 10 < end { step *= 10 }
    while step > end { step /= 10 }
    for factor in [0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10] where end / (step * factor) <= Double(count) {
      return Array(stride(from: 0, through: end + step * factor * 1e-6, by: step * factor))
    }
    return [0, end]
  }
}
