extension CheckPlot {
  private static let columns = 60
  private static let rows = 12

  /// The plot in block characters, at most 72 columns wide.
  public var text: String {
    guard counts.answerable > 0, let wrongShare = counts.wrongShare, let served = counts.served else {
      return Self.nothing
    }
    var cells = area
    if let column = column(Double(allowed) / 1_000_000) {
      for row in 0..<Self.rows where cells[row][column] == " " { cells[row][column] = "┆" }
    }
    let row = Self.rows - 1 - min(Int(served * Double(Self.rows)), Self.rows - 1)
    cells[row][column(wrongShare) ?? Self.columns - 1] = "◆"

    var lines = ["right, of answerable requests"]
    for row in 0..<Self.rows { lines.append(label(row) + Self.trimmed(String(cells[row]))) }
    lines.append(contentsOf: axis)
    lines.append("◆ \(pointLegend)   ┆ \(allowedLegend)")
    return lines.joined(separator: "\n")
  }

  // A bar for each column, as high as the curve in the middle of the column, in eighths of a cell.
  private var area: [[Character]] {
    let eighths: [Character] = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"]
    var cells = [[Character]](repeating: Array(repeating: " ", count: Self.columns), count: Self.rows)
    for column in 0..<Self.columns {
      let share = (Double(column) + 0.5) / Double(Self.columns) * Double(range) / 100
      let point = curve.point(wrongAtMost: Int(share * Double(curve.requests)))
      let height = Int(((point.flatMap(curve.served) ?? 0) * Double(Self.rows * 8)).rounded())
      for row in 0..<Self.rows {
        cells[row][column] = eighths[min(max(height - (Self.rows - 1 - row) * 8, 0), 8)]
      }
    }
    return cells
  }

  // The column above the place on the axis where a tick would stand.
  private func column(_ share: Double) -> Int? {
    position(share) > 1 ? nil : max(Int((position(share) * Double(Self.columns)).rounded()) - 1, 0)
  }

  private func label(_ row: Int) -> String {
    switch row {
    case 0: "100 % ┤"
    case Self.rows / 4: " 75 % ┤"
    case Self.rows / 2: " 50 % ┤"
    case Self.rows * 3 / 4: " 25 % ┤"
    default: "      │"
    }
  }

  private var axis: [String] {
    var line = [Character](repeating: "─", count: Self.columns + 1)
    var labels = [Character](repeating: " ", count: Self.columns + 10)
    for tick in ticks {
      let column = tick * Self.columns / range
      line[column] = tick == 0 ? "┼" : "┴"
      // Centred under the tick, which stands six columns in; the last one also says what the axis shows.
      for (index, digit) in "\(tick)".enumerated() { labels[6 + column - "\(tick)".count / 2 + index] = digit }
    }
    return ["  0 % " + String(line), Self.trimmed(String(labels)) + " %", "      wrong, of all requests"]
  }

  private static func trimmed(_ line: String) -> Substring {
    line.lastIndex { $0 != " " }.map { line[...$0] } ?? ""
  }
}
