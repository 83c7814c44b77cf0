/// A table of a report: its first column and those of text to the left, numbers to the right.
struct ReportTable {
  /// A column.
  struct Column {
    let title: String
    var isText = false
    var isBar = false
    /// Whether a narrow screen does without it.
    var isExtra = false
  }

  private let columns: [Column]
  private var rows: [Markup] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; a cell for each column.
  mutating func add(_ cells: [Markup]) {
    let row = zip(columns, cells).map { column, cell -> Markup in "<td\(Self.names(column))>\(cell)</td>" }
    rows.append("<tr>\(row)</tr>")
  }

  // The classes of a column's cells.
  private static func names(_ column: Column) -> Markup {
    let names = [column.isBar ? "bar" : nil, column.isText ? "text left" : nil, column.isExtra ? "extra" : nil]
      .compactMap { $0 }
    return names.isEmpty ? "" : " class=\"\(names.joined(separator: " "))\""
  }

  /// A bar for a share from 0 to 1.
  static func bar(_ share: Double) -> Markup {
    share > 0 ? "<span style=\"width:\(ReportFigures.fixed(max(0, min(1, share)) * 100, 1))%\"></span>" : ""
  }

  var isEmpty: Bool { rows.isEmpty }

  var markup: Markup {
    let head = columns.map { column -> Markup in
      column.isBar
        ? "<th class=\"bar\" aria-hidden=\"true\"></th>"
        : "<th scope=\"col\"\(Self.names(column))>\(column.title)</th>"
    }
    return """
      <div class="scroll" tabindex="0"><table>
      <thead><tr>\(head)</tr></thead>
      <tbody>
      \(rows)
      </tbody>
      </table></div>
      """
  }
}
