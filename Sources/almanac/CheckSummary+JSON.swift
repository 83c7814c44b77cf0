import AnswerPipeline
import BundleReader
import Terminal

extension CheckSummary {
  /// Everything as one line of JSON. Shares are 0…1; those of nothing are null.
  var json: String {
    get throws {
      let counts = report.counts
      var object = JSONObject()
      object.add("bundle", path)
      object.add("bundle_version", Int(bundle.footer.bundleVersion))
      object.add("evidence_level", "\(bundle.decision.level.name)")
      object.add("queries", queries)
      object.add("passed", gate.failures(counts).isEmpty)
      object.add("max_wrong", Double(gate.wrongOfRequests) / 1_000_000, places: 6)
      object.addOrNull("max_wrong_answers", gate.wrongOfAnswers.map { Double($0) / 1_000_000 })
      object.add("wrong_share_bound", bound, places: 6)
      object.add("confidence", Double(confidence) / 1_000_000, places: 6)
      add(counts, to: &object)
      object.add("exact", hits(report.exact))
      object.add("semantic", hits(report.semantic))
      object.add(
        "kinds",
        report.kinds.map { kind in
          var member = JSONObject()
          member.addOrNull("kind", kind.name)
          add(kind.counts, to: &member)
          return member
        })
      object.add(
        "fallbacks",
        report.fallbacks.map { fallback in
          var member = JSONObject()
          member.add("reason", "\(fallback.reason.name)")
          member.add("requests", fallback.missed + fallback.refused)
          member.add("missed", fallback.missed)
          member.add("correct", fallback.refused)
          return member
        })
      object.add("curve", curveObject)
      object.add("worst", try CheckMistakes(bundle, report.worst(worst)).json)
      return object.text
    }
  }

  private func add(_ counts: CheckCounts, to object: inout JSONObject) {
    object.add("requests", counts.requests)
    object.add("answerable", counts.answerable)
    object.add("hits", counts.hits)
    object.add("right", counts.right)
    object.add("wrong", counts.wrong)
    object.add("wrong_entry", counts.misdirected)
    object.add("wrong_unexpected", counts.unwarranted)
    object.add("missed", counts.missed)
    object.add("correct_fallbacks", counts.refused)
    object.addOrNull("precision", counts.precision)
    object.addOrNull("wrong_share", counts.wrongShare)
    object.addOrNull("hit_rate", counts.hitRate)
    object.addOrNull("served", counts.served)
  }

  private func hits(_ counts: CheckCounts) -> JSONObject {
    var object = JSONObject()
    object.add("hits", counts.hits)
    object.add("right", counts.right)
    object.add("wrong", counts.wrong)
    object.addOrNull("precision", counts.precision)
    return object
  }

  // `at`: the usual budgets. `points`: the most right answers for every number of wrong ones, with the threshold.
  private var curveObject: JSONObject {
    var object = JSONObject()
    object.addThreshold(threshold)
    object.add(
      "at",
      RiskCoverageCurve.budgets.map { limit in
        var member = JSONObject()
        member.add("max_wrong", Double(limit) / 1_000_000, places: 3)
        let point = report.curve.point(wrongWithin: limit)
        member.addOrNull("served", point.flatMap(report.curve.served))
        if let point {
          member.add("right", point.right)
          member.add("wrong", point.wrong)
          member.addThreshold(point.threshold)
        }
        return member
      })
    let most = report.curve.point(wrongWithin: gate.wrongOfRequests)?.right ?? 0
    object.addOrNull("served_of_allowed", most == 0 ? nil : Double(report.counts.right) / Double(most))
    object.add(
      "points",
      report.curve.frontier.map { point in
        var member = JSONObject()
        member.addThreshold(point.threshold)
        member.add("right", point.right)
        member.add("wrong", point.wrong)
        return member
      })
    return object
  }
}

extension JSONObject {
  // The threshold of exact matches only is no number.
  fileprivate mutating func addThreshold(_ threshold: Int64) {
    if threshold == RiskCoverageCurve.exactScore {
      add("threshold", raw: "null")
    } else {
      add("threshold", Int(threshold))
    }
  }

  mutating func addOrNull(_ key: String, _ share: Double?) {
    if let share { add(key, share, places: 6) } else { add(key, raw: "null") }
  }

  mutating func addOrNull(_ key: String, _ text: String?) {
    if let text { add(key, text) } else { add(key, raw: "null") }
  }
}
