import AnswerPipeline
import BundleFormat
import BundleReader
import Terminal

/// What became of each checked query, for programs that compare or plot queries one by one.
struct CheckOutcomes {
  private let bundle: Bundle
  private let queries: [CheckedQuery]

  init(_ bundle: Bundle, _ queries: [CheckedQuery]) {
    self.bundle = bundle
    self.queries = queries
  }

  /// One JSON object a line, in the order of the queries.
  ///
  /// `entry` answered. `best` would answer at a threshold of at most `score`, or does; a query that equals a stored
  /// question has no score and is answered at any. Both are null if no threshold makes the query a hit.
  var lines: String {
    get throws {
      var ids: [UInt32: String] = [:]
      var lines = ""
      for query in queries {
        var object = JSONObject()
        object.add("line", query.query.line)
        object.add("verdict", query.verdict.rawValue)
        object.addOrNull("entry", try query.answered.map { try id($0, &ids) })
        object.addOrNull("via", query.outcome.kind.map { $0 == .exact ? "exact" : "semantic" })
        object.addOrNull("reason", query.outcome.kind == nil ? query.outcome.reason.map { "\($0.name)" } : nil)
        object.add("confidence", Double(query.outcome.confidence) / 1_000_000, places: 6)
        object.addOrNull("best", try query.best.map { try id($0.entry, &ids) })
        if let best = query.best, best.score != RiskCoverageCurve.exactScore {
          object.add("score", Int(best.score))
        } else {
          object.add("score", raw: "null")
        }
        lines += object.text + "\n"
      }
      return lines
    }
  }

  private func id(_ entry: UInt32, _ ids: inout [UInt32: String]) throws -> String {
    if let known = ids[entry] { return known }
    let id = String(decoding: try bundle.entryText(bundle.entry(entry)).id.copied, as: UTF8.self)
    ids[entry] = id
    return id
  }
}
