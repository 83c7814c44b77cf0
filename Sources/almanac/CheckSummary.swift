import AnswerPipeline
import BundleCompiler
import BundleReader
import Terminal

/// What `check` says for people.
struct CheckSummary {
  let report: CheckReport
  let bundle: Bundle
  let path: String
  let queries: String
  let gate: CheckGate
  /// In millionths.
  let confidence: UInt32
  let worst: Int
  /// The bundle's own threshold for queries that are asked as these are.
  let threshold: Int64

  /// The upper bound on the share of wrong answers.
  var bound: Double {
    BinomialBound.upper(report.counts.wrong, of: report.counts.requests, confidence: Double(confidence) / 1_000_000)
  }

  /// Everything as text, with the plot.
  func text(plot: String) throws -> String {
    var parts = [heading, verdicts]
    if report.kinds.contains(where: { $0.name != nil }) { parts.append(kinds) }
    if !report.fallbacks.isEmpty { parts.append(fallbacks) }
    parts.append(report.counts.answerable > 0 ? "\(curve)\n\n\(plot)" : plot)
    if worst > 0, report.counts.wrong > 0 { parts.append(try CheckMistakes(bundle, report.worst(worst)).text) }
    return parts.joined(separator: "\n\n")
  }

  private var heading: String {
    let counts = report.counts
    let passes = gate.failures(counts).isEmpty
    var limit = "\(PercentText.of(millionths: gate.wrongOfRequests)) of requests"
    if let answers = gate.wrongOfAnswers { limit += ", \(PercentText.of(millionths: answers)) of answers" }
    let outOfScope = share(counts.requests - counts.answerable, counts.requests)
    return """
      \(path): \(Figures.count(counts.requests)) queries of \(queries)
      answerable \(Figures.count(counts.answerable)); \(PercentText.of(outOfScope)) have no answer here, and the \
      bundle assumes \(PercentText.of(millionths: bundle.decision.assumedOutOfScope))
      wrong      \(PercentText.of(counts.wrongShare)) of requests (FP/n, \(counts.wrong) of \(counts.requests)); with \
      \(PercentText.of(millionths: confidence)) confidence at most \(PercentText.of(bound)) (n = \(counts.requests))
      allowed    \(limit): \(passes ? "kept" : "EXCEEDED")
      """
  }

  private var verdicts: String {
    let counts = report.counts
    var table = TextTable()
    table.add("answered", "hits", "right", "wrong", "precision", "hit rate", "right of answerable")
    for (name, part) in [("exactly", report.exact), ("by similarity", report.semantic), ("in all", counts)] {
      let isAll = name == "in all"
      table.add(
        name, Figures.count(part.hits), Figures.count(part.right), Figures.count(part.wrong),
        PercentText.of(part.precision), PercentText.of(share(part.hits, counts.requests)),
        PercentText.of(isAll ? counts.served : share(part.right, counts.answerable)))
    }
    return """
      \(table.text)
      wrong: \(counts.misdirected) with another entry, \(counts.unwarranted) although none was expected
      not answered: \(Figures.count(counts.missed)) missed (an answer was expected), \(Figures.count(counts.refused)) \
      correct fallbacks
      """
  }

  private var kinds: String {
    var table = TextTable()
    table.add("kind", "queries", "right", "wrong", "missed", "correct fallbacks", "FP/n", "precision", "hit rate")
    for kind in report.kinds {
      let part = kind.counts
      table.add(
        kind.name ?? "(none)", Figures.count(part.requests), Figures.count(part.right), Figures.count(part.wrong),
        Figures.count(part.missed), Figures.count(part.refused), PercentText.of(part.wrongShare),
        PercentText.of(part.precision), PercentText.of(part.hitRate))
    }
    return table.text
  }

  private var fallbacks: String {
    var table = TextTable()
    table.add("fallback", "queries", "missed", "correct")
    for fallback in report.fallbacks {
      table.add(
        "\(fallback.reason.name)", Figures.count(fallback.missed + fallback.refused), Figures.count(fallback.missed),
        Figures.count(fallback.refused))
    }
    return table.text
  }

  private var curve: String {
    var table = TextTable()
    table.add("curve: wrong at most", "right of answerable", "right", "wrong")
    for limit in RiskCoverageCurve.budgets {
      let point = report.curve.point(wrongWithin: limit)
      table.add(
        PercentText.of(millionths: limit), PercentText.of(point.flatMap(report.curve.served)),
        point.map { Figures.count($0.right) } ?? "–", point.map { Figures.count($0.wrong) } ?? "–")
    }
    table.add(
      "this bundle", PercentText.of(report.counts.served), Figures.count(report.counts.right),
      Figures.count(report.counts.wrong))
    var lines = [table.text]
    if let most = report.curve.point(wrongWithin: gate.wrongOfRequests)?.right, most >= report.counts.right, most > 0 {
      let part = PercentText.of(share(report.counts.right, most))
      let limit = PercentText.of(millionths: gate.wrongOfRequests)
      lines.append(
        "right      \(Figures.count(report.counts.right)) answers, \(part) of the \(Figures.count(most)) that the "
          + "curve allows at \(limit) wrong")
    }
    return lines.joined(separator: "\n")
  }

  private func share(_ part: Int, _ whole: Int) -> Double? { whole == 0 ? nil : Double(part) / Double(whole) }
}
