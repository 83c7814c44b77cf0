/// A table of a report: its first column and those of text to the left, numbers to the right.
struct ReportTable {
  /// A column.
  struct Column {
    let title: String
    var isText = false
    var isBar = false
  }

  private let columns: [Column]
  private var rows: [Markup] = []

  init(_ columns: [Column]) { self.columns = columns }

  /// Adds a row; a cell for each column.
  mutating func add(_ cells: [Markup]) {
    let row = zip(columns, cells).map { column, cell -> Markup in
      if column.isBar { return "<td class=\"bar\">\(cell)</td>" }
      return column.isText ? "<td class=\"text left\">\(cell)</td>" : "<td>\(cell)</td>"
    }
    rows.append("<tr>\(row)</tr>")
  }

  /// A bar for a share from 0 to 1.
  static func bar(_ share: Double) -> Markup {
    "<span style=\"width:\(ReportFigures.fixed(max(0, min(1, share)) * 100, 1))%\"></span>"
  }

  var isEmpty: Bool { rows.isEmpty }

  var markup: Markup {
    let head = columns.map { column -> Markup in
      if column.isBar { return "<th class=\"bar\" aria-hidden=\"true\"></th>" }
      return column.isText
        ? "<th class=\"left\" scope=\"col\">\(column.title)</th>" : "<th scope=\"col\">\(column.title)</th>"
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
