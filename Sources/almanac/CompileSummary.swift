import BundleCompiler
import Terminal

/// The closing summary of a compile, for people and as JSON.
struct CompileSummary {
  private let report: CompileReport

  init(_ report: CompileReport) { self.report = report }

  /// The summary as text.
  var text: String {
    var lines = [
      "\(report.path): \(report.name) version \(report.version), \(Figures.bytes(report.fileBytes)), root \(report.root.prefix(16))…"
    ]
    var numbers = TextTable()
    numbers.add("entries", Figures.count(report.entries))
    numbers.add("questions", Figures.count(report.questions))
    if report.distractors > 0 { numbers.add("distractors among them", Figures.count(report.distractors)) }
    if report.repeatedWordings > 0 { numbers.add("repeated wordings left out", Figures.count(report.repeatedWordings)) }
    numbers.add("encoder pieces", Figures.count(report.pieces))
    lines.append(numbers.text)
    lines.append("encoder    \(report.model), \(report.dimensions) dimensions\(fidelity)")
    lines.append(
      "index      \(report.lists) lists, \(report.probes) probed, \(report.rerank) scored exactly; recall "
        + "\(Figures.decimal(report.recall, 3)) (asked for \(Figures.decimal(report.recallTarget, 3))) on \(report.recallQueries) queries"
    )
    lines.append("decision   \(report.level)")
    lines.append("  text     \(point(report.text))")
    lines.append("  vector   \(point(report.vector))")
    if let queries = report.queries {
      lines.append(
        "queries    \(queries.count) labelled: \(queries.right) right, \(queries.wrong) wrong, \(queries.missed) missed, "
          + "\(queries.refused) rightly refused")
    }
    var sections = TextTable()
    for section in report.sections where section.bytes > 0 { sections.add(section.name, Figures.bytes(section.bytes)) }
    lines.append("sections\n\(sections.text)")
    var stages = TextTable()
    for stage in report.stages { stages.add(stage.name, "\(Figures.decimal(stage.seconds, 2)) s") }
    stages.add("total", "\(Figures.decimal(report.stages.reduce(0) { $0 + $1.seconds }, 2)) s")
    lines.append("stages\n\(stages.text)")
    return lines.joined(separator: "\n")
  }

  private var fidelity: String {
    report.fidelity.map {
      ", cosine \(Figures.decimal($0, 3)) to the given embeddings of questions left out of the fit"
    } ?? ""
  }

  private func point(_ point: CompileReport.Point) -> String {
    guard point.answers else {
      return report.entries < CompileReport.leastEntries
        ? "exact matches only: a self-test needs \(CompileReport.leastEntries) entries, and there are \(report.entries)"
        : "exact matches only: no threshold keeps the budget"
    }
    var text = "\(point.accepted) of \(point.asked) questions answered (wrongly) with their entry left out"
    if point.wordings > 0 {
      text += "; \(point.right) right and \(point.wrong) wrong of \(point.wordings) with their wording left out"
    }
    return text
  }

  /// The summary as one line of JSON.
  var json: String {
    var object = JSONObject()
    object.add("path", report.path)
    object.add("name", report.name)
    object.add("version", Int(report.version))
    object.add("root", report.root)
    object.add("bytes", report.fileBytes)
    object.add("entries", report.entries)
    object.add("questions", report.questions)
    object.add("distractors", report.distractors)
    object.add("repeated_wordings", report.repeatedWordings)
    object.add("pieces", report.pieces)
    object.add("model", report.model)
    object.add("dimensions", report.dimensions)
    if let fidelity = report.fidelity { object.add("fidelity", fidelity, places: 4) }
    object.add("lists", report.lists)
    object.add("probes", report.probes)
    object.add("rerank", report.rerank)
    object.add("recall", report.recall, places: 4)
    object.add("evidence_level", report.level)
    object.add("text", json(report.text))
    object.add("vector", json(report.vector))
    if let queries = report.queries {
      var outcome = JSONObject()
      outcome.add("right", queries.right)
      outcome.add("wrong", queries.wrong)
      outcome.add("missed", queries.missed)
      outcome.add("refused", queries.refused)
      object.add("queries", outcome)
    }
    var sections = JSONObject()
    for section in report.sections { sections.add(section.name, section.bytes) }
    object.add("sections", sections)
    var stages = JSONObject()
    for stage in report.stages { stages.add(stage.name, stage.seconds, places: 3) }
    object.add("seconds", stages)
    return object.text
  }

  private func json(_ point: CompileReport.Point) -> JSONObject {
    var object = JSONObject()
    object.add("answers", point.answers)
    object.add("entry_left_out", point.asked)
    object.add("entry_left_out_answered", point.accepted)
    object.add("wording_left_out", point.wordings)
    object.add("wording_left_out_right", point.right)
    object.add("wording_left_out_wrong", point.wrong)
    return object
  }
}
