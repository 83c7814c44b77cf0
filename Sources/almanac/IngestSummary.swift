import AnswerPipeline
import Terminal

/// What an ingest came to, for people and for programs.
struct IngestSummary {
  private let report: IngestReport

  init(_ report: IngestReport) { self.report = report }

  // In a fixed order: what was used, what waits, what was dropped.
  private static let fates: [(fate: LineFate, text: String)] =
    [
      (.entry, "became entries"), (.sample, "bear an entry out"), (.wordings, "gave wordings"),
      (.embedding, "gave embeddings"),
    ] + HoldReason.allCases.map { (.held($0), "held: \($0.rawValue)") }
    + DropReason.allCases.map { (.dropped($0), "dropped: \($0.rawValue)") }

  var text: String {
    var table = TextTable()
    table.add("lines", Figures.count(report.lines))
    for (fate, text) in Self.fates {
      if let count = report.fates[fate] { table.add("  \(text)", Figures.count(count)) }
    }
    table.add(report.refreshed == nil ? "entries" : "entries made anew", Figures.count(report.entries))
    if report.variants > 0 { table.add("further wordings", Figures.count(report.variants)) }
    if report.distractors > 0 { table.add("distractors", Figures.count(report.distractors)) }
    if report.proposed > 0 {
      table.add("wordings proposed", Figures.count(report.proposed))
      for fate in WordingFate.allCases {
        if let count = report.wordingFates[fate] { table.add("  \(fate.rawValue)", Figures.count(count)) }
      }
    }
    if report.embedded > 0 { table.add("questions with embeddings", Figures.count(report.embedded)) }
    if report.held > 0 { table.add("questions that wait for a person", Figures.count(report.held)) }
    if report.requests > 0 {
      table.add("requests", Figures.count(report.requests))
      table.add("  to send again", Figures.count(report.unanswered))
    }
    if report.audit > 0 { table.add("drawn for rating", Figures.count(report.audit)) }
    if report.inputTokens + report.outputTokens > 0 {
      table.add(
        "tokens in / out", "\(Figures.count(Int(report.inputTokens))) / \(Figures.count(Int(report.outputTokens)))")
    }
    var text = table.text
    if let share = report.goodShare {
      text +=
        "\n  rated good: \(Figures.count(report.auditedGood)) of \(Figures.count(report.audited)), "
        + "that is \(Figures.percent(share.lower)) to \(Figures.percent(share.upper)) of all (95 % each way)"
    }
    if report.stillExpired > 0 {
      text += "\n  \(Figures.count(report.stillExpired)) of them stay expired: give --valid-for, or correct valid_until"
    }
    text += "\n  written: " + report.files.joined(separator: ", ")
    if let model = report.embeddingModel, report.embedded > 0 {
      text += "\n  in the recipe: embeddings: {model: \(model)}"
    }
    return text
  }

  var json: String {
    var object = JSONObject()
    object.add("lines", report.lines)
    var fates = JSONObject()
    for (fate, _) in Self.fates {
      if let count = report.fates[fate] { fates.add(fate.name, count) }
    }
    object.add("fates", fates)
    object.add("entries", report.entries)
    if report.refreshed != nil { object.add("still_expired", report.stillExpired) }
    object.add("variants", report.variants)
    object.add("distractors", report.distractors)
    if report.proposed > 0 {
      object.add("proposed", report.proposed)
      var wordings = JSONObject()
      for fate in WordingFate.allCases {
        if let count = report.wordingFates[fate] { wordings.add(fate.rawValue, count) }
      }
      object.add("wordings", wordings)
    }
    object.add("embedded", report.embedded)
    object.add("held", report.held)
    object.add("requests", report.requests)
    object.add("unanswered", report.unanswered)
    object.add("audit", report.audit)
    object.add("input_tokens", Int(report.inputTokens))
    object.add("output_tokens", Int(report.outputTokens))
    if let share = report.goodShare {
      object.add("rated", report.audited)
      object.add("rated_good", report.auditedGood)
      object.add("good_share_lower", share.lower, places: 4)
      object.add("good_share_upper", share.upper, places: 4)
    }
    return object.text
  }
}
