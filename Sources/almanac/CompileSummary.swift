import AnswerPipeline
import BundleCompiler
import Terminal

/// The closing summary of a compile, for people and as JSON.
struct CompileSummary {
  let report: CompileReport

  private static let shownEfforts = 6

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
    if let base = report.base { lines.append("layer      over \(base.prefix(16))…, calibrated on both together") }
    if let previous = report.previous {
      let kept = "its ordinals, encoder, index and dictionary are kept"
      let outcome = report.retraining.map { "all trained anew: \($0)" } ?? kept
      lines.append("previous   \(previous.prefix(16))…; \(outcome)")
    }
    lines.append("encoder    \(report.model), \(report.dimensions) dimensions\(fidelity)")
    lines.append(
      "index      \(report.lists) lists, \(report.probes) probed, \(report.rerank) scored exactly; recall "
        + "\(Figures.decimal(report.recall, 3)) (asked for \(Figures.decimal(report.recallTarget, 3))) on \(report.recallQueries) queries"
    )
    if report.lists > 1 { lines.append(frontier) }
    lines.append("decision   \(report.level)")
    for (name, mode) in modes {
      lines.append("  \(name)\(String(repeating: " ", count: 9 - name.count))\(point(mode))")
    }
    lines.append("rules      \(rules)")
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
    if !report.pairs.isEmpty { lines.append(pairs) }
    return lines.joined(separator: "\n")
  }

  private var fidelity: String {
    report.fidelity.map {
      ", cosine \(Figures.decimal($0, 3)) to the given embeddings of questions left out of the fit"
    } ?? ""
  }

  // A few points up to the recall of the bundle's own; the manifest has all.
  private var frontier: String {
    let points = report.frontier.filter { $0.recall <= report.recall }
    var table = TextTable()
    table.add("recall", "lists, mean", "most", "scored, mean", "most")
    let shown = min(points.count, Self.shownEfforts)
    for index in 0..<shown {
      let point = points[shown == 1 ? 0 : index * (points.count - 1) / (shown - 1)]
      table.add(
        Figures.decimal(point.recall, 4), Figures.decimal(point.meanProbes, 1), "\(point.probes)",
        Figures.decimal(point.meanRerank, 1), "\(point.rerank)")
    }
    return table.text
  }

  private var rules: String {
    let rules = report.rules
    var parts: [String] = []
    if rules.cutsCourtesy { parts.append("courtesy cut away") }
    if !rules.classes.isEmpty {
      let counts = rules.classes.map { "\($0.name) \($0.barred)" }.joined(separator: ", ")
      parts.append("stored questions that a class would keep back: \(counts)")
    }
    return parts.isEmpty ? "none" : "\(rules.languages.joined(separator: ", ")); \(parts.joined(separator: "; "))"
  }

  private func point(_ point: CompileReport.Point) -> String {
    guard point.answers else {
      if let hits = point.hits { return "exact matches only\n           \(self.hits(hits))" }
      if let labels = point.labels { return "exact matches only\n           \(self.labels(labels, point))" }
      return report.entries < CompileReport.leastEntries
        ? "exact matches only: a self-test needs \(CompileReport.leastEntries) entries, and there are \(report.entries)"
        : "exact matches only: no threshold keeps the budget"
    }
    var text = "\(point.level)"
    if let rate = point.expectedHitRate { text += ", \(PercentText.of(rate)) of requests expected to be answered" }
    if let labels = point.labels { text += "\n           \(self.labels(labels, point))" }
    if let hits = point.hits { text += "\n           \(self.hits(hits))" }
    text += "\n           \(point.accepted) of \(point.asked) questions answered (wrongly) with their entry left out"
    if point.wordings > 0 {
      text += "; \(point.right) right and \(point.wrong) wrong of \(point.wordings) with their wording left out"
    }
    return text
  }

  var modes: [(String, CompileReport.Point)] {
    [("text", report.text), ("vector", report.vector), ("both", report.both)]
  }

  // The sample, its mix and what it proves.
  private func labels(_ labels: CompileReport.Labels, _ point: CompileReport.Point) -> String {
    let mix = PercentText.of(Double(labels.outOfScope) / Double(max(labels.count, 1)))
    var text =
      "\(labels.wrong) of \(labels.answers) answers to \(Figures.count(labels.count)) sampled queries wrong (\(mix) without "
      + "an answer here)"
    if let requests = labels.boundOfRequests, let answers = labels.boundOfAnswers {
      text += "; at most \(PercentText.of(requests)) of requests, \(PercentText.of(answers)) of answers"
    } else {
      text += "; the threshold was raised, since with the self-test's these labels broke the budget"
    }
    return text
  }

  // What a person said of hits, and what that proves.
  private func hits(_ hits: CompileReport.Hits) -> String {
    var text =
      "\(hits.wrong) of \(Figures.count(hits.marked)) marked hits not right (\(Figures.count(hits.drawn)) drawn; "
      + "\(PercentText.of(Double(hits.hits) / Double(max(hits.requests, 1)))) of \(Figures.count(hits.requests)) requests are hits)"
    if let fallbacks = hits.fallbacks {
      text +=
        "; the bundle has changed since: \(hits.withdrawn) of them fall back now, \(hits.changed) get another answer, "
        + "\(fallbacks.answered) of \(Figures.count(fallbacks.drawn)) drawn fallbacks are answered now"
    }
    if let requests = hits.boundOfRequests, let answers = hits.boundOfAnswers {
      text += "; at most \(PercentText.of(requests)) of requests, \(PercentText.of(answers)) of answers wrong"
    } else {
      text += "; the threshold was raised, since with the one before these marks broke the budget"
    }
    return text
  }

  private var pairs: String {
    let shown = report.pairs.prefix(Self.shownPairs).map { pair in
      """
        \(pair.isAnswered ? "answered" : "close   ")  \(Self.quoted(pair.question))  \(pair.entry)
             like  \(Self.quoted(pair.otherQuestion))  \(pair.other)
      """
    }
    let count = report.pairs.count
    let more = count > Self.shownPairs ? "; the first \(Self.shownPairs):" : ":"
    return """
      \(count) pair\(count == 1 ? "" : "s") to decide: merge, keep apart, distractor (--pairs FILE writes them)\(more)
      \(shown.joined(separator: "\n"))
      """
  }

  private static let shownPairs = 5
  private static let shownLetters = 60

  private static func quoted(_ text: String) -> String {
    text.count > shownLetters ? "\"\(text.prefix(shownLetters - 1))…\"" : "\"\(text)\""
  }
}
