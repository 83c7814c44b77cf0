/// A chart of a share that rises with something: a line over its area, with marks.
struct CurveChart {
  /// A vertical line with words, or a diamond on the curve.
  struct Mark {
    let x: Double
    /// `nil` for a line.
    let y: Double?
    let text: String
    /// How high the words of a line stand, from 0 to 1.
    var height = 0.06
  }

  /// The points from left to right; `x` in the unit of the axis, `y` from 0 to 1.
  let points: [(x: Double, y: Double)]
  /// Whether the line goes in steps.
  let isStepped: Bool
  /// The end of the axis, more than 0.
  let end: Double
  let marks: [Mark]
  /// How a number on the axis is written, and what the axis shows.
  let format: (Double) -> String
  let axis: String

  func draw(in frame: ChartFrame) -> Markup {
    Markup([frame.shareGrid, ticks(frame), line(frame)] + marks.map { mark($0, frame) })
  }

  private func ticks(_ frame: ChartFrame) -> Markup {
    Markup(
      ChartFrame.ticks(to: end, count: frame.isNarrow ? 4 : 8).map { frame.label(format($0), at: $0 / end) }
        + [frame.label(axis, at: 1, row: 1)])
  }

  private func line(_ frame: ChartFrame) -> Markup {
    guard let first = points.first else { return "" }
    func place(_ point: (x: Double, y: Double)) -> (x: Double, y: Double) {
      (frame.x(min(point.x / end, 1)), frame.y(point.y))
    }
    var path: Markup = ""
    var last = place(first)
    let start = last
    for point in points.dropFirst() {
      let next = place(point)
      // Shorter strokes than the eye sees are drawn as one.
      guard next.x - last.x >= 0.4 || abs(next.y - last.y) >= 0.4 else { continue }
      path =
        isStepped
        ? "\(path)H\(ChartFrame.text(next.x))V\(ChartFrame.text(next.y))"
        : "\(path)L\(ChartFrame.text(next.x)) \(ChartFrame.text(next.y))"
      last = next
    }
    if isStepped {
      path = "\(path)H\(ChartFrame.text(frame.right))"
      last.x = frame.right
    }
    let head: Markup = "M\(ChartFrame.text(start.x)) \(ChartFrame.text(start.y))"
    return """
      <path class="area" d="\(head)\(path)V\(ChartFrame.text(frame.bottom))H\(ChartFrame.text(start.x))Z"/>\
      <path class="curve" d="\(head)\(path)"/>
      """
  }

  private func mark(_ mark: Mark, _ frame: ChartFrame) -> Markup {
    let share = min(mark.x / end, 1)
    let x = frame.x(share)
    // Words stand where there is room: left of what is on the right.
    let isRight = share > (frame.isNarrow ? 0.4 : 0.6)
    let anchor: Markup = isRight ? "end" : "start"
    let textX = ChartFrame.text(x + (isRight ? -9 : 9))
    guard let y = mark.y else {
      return """
        <path class="limit" d="M\(ChartFrame.text(x)) \(ChartFrame.text(frame.top))V\(ChartFrame.text(frame.bottom))"/>\
        <text class="halo" x="\(textX)" y="\(ChartFrame.text(frame.y(mark.height)))" \
        text-anchor="\(anchor)">\(mark.text)</text>
        """
    }
    let place = frame.y(y)
    // Below the curve, unless that is below the field.
    let below = place + 22 < frame.bottom - 40 ? 22.0 : -12.0
    return """
      <path class="point" d="M\(ChartFrame.text(x)) \(ChartFrame.text(place - 7))l7 7-7 7-7-7z"/>\
      <text class="halo" x="\(textX)" y="\(ChartFrame.text(place + below))" text-anchor="\(anchor)">\(mark.text)</text>
      """
  }
}
