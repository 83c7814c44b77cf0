import BundleFormat
import BundleReader

/// The part of a manifest that says what the bundle promises, and what that rests on.
extension Manifest {
  /// The member `decision`.
  static func decision(_ content: BundleWriter.Content, _ calibration: Calibration) -> JSONValue {
    let recipe = content.inputs.recipe
    return object([
      ("evidence_level", .string("\(content.decision.level.name)")),
      (
        "budget",
        object([
          ("requests", .number(recipe.budget.wrongOfRequests)), ("answers", .number(recipe.budget.wrongOfAnswers)),
          ("confidence", .number(recipe.budget.confidence)),
          ("assume_out_of_scope", .number(recipe.assumeOutOfScope)),
        ])
      ),
      ("similarity_weight", .integer(content.decision.similarityWeight)),
      ("margin_weight", .integer(content.decision.marginWeight)),
      ("text", point(calibration.text)), ("vector", point(calibration.vector)), ("both", point(calibration.both)),
      ("merged_entries", .integer(Int64(content.inputs.entries.count { $0.mergedInto != nil }))),
      ("confusable_pairs", .integer(Int64(calibration.pairs.count { $0.isAnswered }))),
      ("route_examples", .integer(Int64(content.routeLabels.count))),
    ])
  }

  private static func point(_ point: OperatingPoint) -> JSONValue {
    let hits = point.hits.map { [("marked_hits", self.hits($0, point))] } ?? []
    return object(
      [
        ("evidence_level", .string("\(point.level.name)")),
        ("threshold", point.threshold == DecisionParameters.never ? .null : .integer(point.threshold)),
        ("expected_hit_rate", point.expectedHitRate.map { share($0) } ?? .null),
        ("expected_scores", point.expectedScores.map { scores($0) } ?? .null),
        ("entry_left_out", .integer(Int64(point.sampleCount))),
        ("entry_left_out_answered", .integer(Int64(point.accepted))),
        ("wording_left_out", .integer(Int64(point.wordingCount))),
        ("wording_left_out_right", .integer(Int64(point.right))),
        ("wording_left_out_wrong", .integer(Int64(point.wrong))),
        ("labels", point.certification.map { labels($0, point) } ?? .null),
      ] + hits)
  }

  // The bounds are the tightest budgets that so many marks certify, whether they were asked for or not.
  private static func hits(_ hits: HitCertification, _ point: OperatingPoint) -> JSONValue {
    let isRaised = point.isRaisedByMarks
    return object([
      ("requests", .integer(Int64(hits.requests))), ("hits", .integer(Int64(hits.hits))),
      ("drawn", .integer(Int64(hits.drawn))), ("marked", .integer(Int64(hits.marked))),
      ("wrong", .integer(Int64(hits.wrong))), ("unsure", .integer(Int64(hits.unsure))),
      ("withdrawn", .integer(Int64(hits.withdrawn))), ("changed", .integer(Int64(hits.changed))),
      (
        "fallbacks",
        hits.fallbacks.map {
          object([("drawn", .integer(Int64($0.drawn))), ("answered", .integer(Int64($0.answered)))])
        } ?? .null
      ),
      ("bound_of_requests", isRaised ? .null : bound(hits.boundOfRequests)),
      ("bound_of_answers", isRaised ? .null : bound(hits.boundOfAnswers)), ("raised", .bool(isRaised)),
    ])
  }

  private static func scores(_ histogram: ScoreHistogram) -> JSONValue {
    object([
      ("edges", .array(histogram.edges.map { .integer($0) })),
      ("shares", .array(histogram.shares.map { share(Double($0) / 1_000_000) })),
    ])
  }

  // A bound is rounded away from what it promises.
  private static func bound(_ value: Double) -> JSONValue { .number((value * 1_000_000).rounded(.up) / 1_000_000) }

  // The bounds are the tightest budgets that so many labels certify at the threshold, whether it was asked for or not.
  private static func labels(_ certification: Certification, _ point: OperatingPoint) -> JSONValue {
    let rung = certification.rung(at: point.threshold)
    let count = Double(max(certification.sampleCount, 1))
    let isRaised = point.isRaisedByLabels
    return object([
      ("queries", .integer(Int64(certification.sampleCount))),
      ("out_of_scope", share(Double(certification.outOfScope) / count)),
      ("answered", .integer(Int64(rung.answers))), ("wrong", .integer(Int64(rung.wrong))),
      ("hit_rate", share(Double(rung.answers) / count)),
      ("bound_of_requests", isRaised ? .null : bound(rung.boundOfRequests)),
      ("bound_of_answers", isRaised ? .null : bound(rung.boundOfAnswers)),
      ("raised", .bool(isRaised)),
      (
        "tested",
        .array(
          certification.rungs.map {
            object([
              ("threshold", .integer($0.threshold)), ("answered", .integer(Int64($0.answers))),
              ("wrong", .integer(Int64($0.wrong))), ("passed", .bool($0.passes)),
            ])
          })
      ),
    ])
  }
}
