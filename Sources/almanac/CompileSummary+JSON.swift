import BundleCompiler
import Terminal

extension CompileSummary {
  /// The summary as one line of JSON.
  var json: String {
    var object = JSONObject()
    object.add("path", report.path)
    object.add("name", report.name)
    object.add("version", Int(report.version))
    object.add("root", report.root)
    object.add("bytes", report.fileBytes)
    if let previous = report.previous { object.add("previous", previous) }
    if let base = report.base { object.add("base", base) }
    if let retraining = report.retraining { object.add("retraining", retraining) }
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
    object.add(
      "frontier",
      report.frontier.map { point in
        var effort = JSONObject()
        effort.add("probes", point.probes)
        effort.add("mean_probes", point.meanProbes, places: 1)
        effort.add("rerank", point.rerank)
        effort.add("mean_rerank", point.meanRerank, places: 1)
        effort.add("recall", point.recall, places: 4)
        return effort
      })
    object.add("evidence_level", report.level)
    for (name, mode) in modes { object.add(name, json(mode)) }
    object.add("confusable_pairs", report.pairs.count { $0.isAnswered })
    object.add("pairs_to_decide", report.pairs.count)
    var rules = JSONObject()
    rules.add("languages", report.rules.languages.joined(separator: ","))
    rules.add("courtesy", report.rules.cutsCourtesy)
    var barred = JSONObject()
    for shown in report.rules.classes { barred.add(shown.name, shown.barred) }
    rules.add("questions_barred", barred)
    object.add("rules", rules)
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
    var processor = JSONObject()
    for stage in report.stages { processor.add(stage.name, stage.processorSeconds, places: 3) }
    object.add("processor_seconds", processor)
    return object.text
  }

  private func json(_ point: CompileReport.Point) -> JSONObject {
    var object = JSONObject()
    object.add("evidence_level", point.level)
    object.add("answers", point.answers)
    if let rate = point.expectedHitRate { object.add("expected_hit_rate", rate, places: 6) }
    if let hits = point.hits {
      var member = JSONObject()
      member.add("requests", hits.requests)
      member.add("hits", hits.hits)
      member.add("drawn", hits.drawn)
      member.add("marked", hits.marked)
      member.add("wrong", hits.wrong)
      member.add("withdrawn", hits.withdrawn)
      member.add("changed", hits.changed)
      if let bound = hits.boundOfRequests { member.add("bound_of_requests", bound, places: 6) }
      if let bound = hits.boundOfAnswers { member.add("bound_of_answers", bound, places: 6) }
      object.add("marked_hits", member)
    }
    if let labels = point.labels {
      var member = JSONObject()
      member.add("queries", labels.count)
      member.add("out_of_scope", labels.outOfScope)
      member.add("answered", labels.answers)
      member.add("wrong", labels.wrong)
      if let bound = labels.boundOfRequests { member.add("bound_of_requests", bound, places: 6) }
      if let bound = labels.boundOfAnswers { member.add("bound_of_answers", bound, places: 6) }
      member.add("raised", labels.isRaised)
      member.add("tested", labels.rungs)
      object.add("labels", member)
    }
    object.add("entry_left_out", point.asked)
    object.add("entry_left_out_answered", point.accepted)
    object.add("wording_left_out", point.wordings)
    object.add("wording_left_out_right", point.right)
    object.add("wording_left_out_wrong", point.wrong)
    return object
  }
}
