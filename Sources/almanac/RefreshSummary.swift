import AnswerPipeline
import Terminal

/// What a refresh came to, for people and for programs.
struct RefreshSummary {
  private let report: RefreshReport
  private let shown: Int

  init(_ report: RefreshReport, shown: Int) {
    self.report = report
    self.shown = shown
  }

  var text: String {
    var table = TextTable()
    table.add("entries", Figures.count(report.entries))
    if report.undated > 0 { table.add("  that nothing makes due", Figures.count(report.undated)) }
    if report.rows > 0 { table.add("rows of the logs", Figures.count(report.rows)) }
    if report.malformed > 0 { table.add("  without a usable query", Figures.count(report.malformed)) }
    table.add("due", Figures.count(report.due.count))
    for (reason, count) in report.reasons where count > 0 { table.add("  \(reason.rawValue)", Figures.count(count)) }
    let byHand = report.due.count { $0.day == nil }
    if byHand > 0 { table.add("  for a person", Figures.count(byHand)) }
    if report.days > 0 { table.add("days", Figures.count(report.days)) }
    if report.staleAskings > 0 { table.add("askings that meet them late", Figures.decimal(report.staleAskings, 1)) }
    if report.requests > 0 { table.add("requests of the first day", Figures.count(report.requests)) }
    var text = table.text + "\n"
    if shown > 0, !report.due.isEmpty {
      var list = TextTable()
      list.add("day", "entry", "reasons", "asked a day")
      for row in report.due.prefix(shown) {
        list.add(
          row.day.map { "\($0 + 1)" } ?? "-", String(row.id.prefix(60)),
          row.reasons.map(\.rawValue).joined(separator: " "),
          Figures.decimal(row.rate, 2))
      }
      text += "\n" + list.text + "\n"
    }
    return text + "\n  written: " + report.files.joined(separator: ", ")
  }

  var json: String {
    var object = JSONObject()
    object.add("entries", report.entries)
    object.add("undated", report.undated)
    object.add("rows", report.rows)
    object.add("malformed", report.malformed)
    object.add("due", report.due.count)
    for (reason, count) in report.reasons { object.add(reason.rawValue, count) }
    object.add("by_hand", report.due.count { $0.day == nil })
    object.add("days", report.days)
    object.add("late_askings", report.staleAskings, places: 3)
    object.add("requests", report.requests)
    return object.text
  }
}
