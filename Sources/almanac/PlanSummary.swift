import AnswerPipeline
import Terminal

/// What a plan came to, for people and for programs.
struct PlanSummary {
  private let report: PlanReport
  private let shown: Int

  init(_ report: PlanReport, shown: Int) {
    self.report = report
    self.shown = shown
  }

  var text: String {
    var table = TextTable()
    table.add("rows", Figures.count(report.rows))
    if report.malformed > 0 { table.add("  without a usable query", Figures.count(report.malformed)) }
    table.add("questions", Figures.count(report.questions))
    if report.forgotten > 0 { table.add("askings of forgotten questions", Figures.decimal(report.forgotten, 0)) }
    table.add("answered by the bundles", Figures.percent(report.answered))
    for item in report.excluded {
      table.add("excluded: \(item.reason)", "\(Figures.count(item.questions)), \(Figures.percent(item.share))")
    }
    table.add("planned answers", Figures.count(report.planned.count))
    table.add("they are expected to serve", Figures.percent(report.coverage))
    if let saving = report.saving { table.add("saving a day", Figures.decimal(saving, 4)) }
    if let cost = report.cost { table.add("cost, once", Figures.decimal(cost, 4)) }
    if report.requests > 0 { table.add("requests", Figures.count(report.requests)) }
    if report.embeddings > 0 { table.add("requests for embeddings", Figures.count(report.embeddings)) }
    var text = table.text + "\n"
    if shown > 0, !report.planned.isEmpty {
      var plan = TextTable()
      plan.add("question", "wordings", "asked", "serves", "together")
      for row in report.planned.prefix(shown) {
        plan.add(
          String(row.question.prefix(60)), Figures.count(row.wordings), Figures.decimal(row.count, 0),
          Figures.percent(row.coverage, places: 2), Figures.percent(row.total))
      }
      text += "\n" + plan.text + "\n"
    }
    if let error = report.firstMalformed { text += "\n  first row passed over: \(error)\n" }
    return text + "\n  written: " + report.files.joined(separator: ", ")
  }

  var json: String {
    var object = JSONObject()
    object.add("rows", report.rows)
    object.add("malformed", report.malformed)
    if let error = report.firstMalformed { object.add("first_malformed", "\(error)") }
    object.add("questions", report.questions)
    object.add("asked", report.asked, places: 3)
    object.add("forgotten", report.forgotten, places: 3)
    object.add("answered_share", report.answered, places: 6)
    object.add(
      "excluded",
      report.excluded.map { item in
        var excluded = JSONObject()
        excluded.add("reason", item.reason)
        excluded.add("questions", item.questions)
        excluded.add("share", item.share, places: 6)
        return excluded
      })
    object.add("planned", report.planned.count)
    object.add("coverage", report.coverage, places: 6)
    if let saving = report.saving { object.add("saving_per_day", saving, places: 6) }
    if let cost = report.cost { object.add("cost", cost, places: 6) }
    object.add("requests", report.requests)
    object.add("embedding_requests", report.embeddings)
    return object.text
  }
}
