/// How many wrong answers a check lets pass.
public struct CheckGate: Sendable {
  /// The greatest share of wrong answers among all requests, in millionths.
  public let wrongOfRequests: UInt32
  /// The greatest share of wrong answers among answers, in millionths; `nil` if it does not matter.
  public let wrongOfAnswers: UInt32?

  public init(wrongOfRequests: UInt32, wrongOfAnswers: UInt32?) {
    self.wrongOfRequests = wrongOfRequests
    self.wrongOfAnswers = wrongOfAnswers
  }

  /// What is over the budget, each in a sentence with what to do; empty if nothing is.
  public func failures(_ counts: CheckCounts) -> [String] {
    var failures: [String] = []
    if exceeds(counts.wrong, of: counts.requests, wrongOfRequests) {
      let share = PercentText.of(counts.wrongShare)
      failures.append(
        "\(counts.wrong) of \(counts.requests) requests (\(share)) were answered wrongly, " + remedy(wrongOfRequests))
    }
    if let limit = wrongOfAnswers, exceeds(counts.wrong, of: counts.hits, limit) {
      let share = PercentText.of(counts.precision.map { 1 - $0 })
      failures.append("\(counts.wrong) of \(counts.hits) answers (\(share)) were wrong, " + remedy(limit))
    }
    return failures
  }

  private func remedy(_ limit: UInt32) -> String {
    "more than the \(PercentText.of(millionths: limit)) allowed; look at the worst mistakes, then correct the entries, "
      + "or compile with a smaller budget"
  }

  // In whole numbers: a share of exactly the limit passes.
  private func exceeds(_ part: Int, of whole: Int, _ limit: UInt32) -> Bool { part * 1_000_000 > Int(limit) * whole }
}
