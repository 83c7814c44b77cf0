import BundleFormat

/// The sections that queries are decided by.
extension BundleWriter {
  // In the order of the keys: acceptance, judge, marks-lexicon,
  // parameters, route-examples, route-labels, routes, rules.
  mutating func writeDecision(_ content: Content) throws {
    try whole(.decisionAcceptance, elementSize: AcceptancePoint.size, content.acceptance.flatMap(\.encoded))
    try whole(.decisionJudge, elementSize: Segment.blobElement, JudgeWeights.bytes)
    try whole(.decisionMarksLexicon, elementSize: Segment.blobElement, content.marks.lexicon)
    try whole(.decisionParameters, elementSize: DecisionParameters.size, content.decision.encoded)
    try vectors(
      .decisionRouteExamples, content.routeExamples, order: Array(0..<content.routeLabels.count))
    var labels: [UInt8] = []
    for label in content.routeLabels { labels.append(littleEndian: label) }
    try whole(.decisionRouteLabels, elementSize: 2, labels)
    let routes = content.routes.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
    try whole(.decisionRoutes, elementSize: Segment.blobElement, routes)
    try whole(.decisionRules, elementSize: Segment.blobElement, content.rules.bytes)
  }

  /// The index of a route, or `noRoute`.
  static func route(_ name: String?, in routes: [String]) -> UInt16 {
    name.flatMap { routes.firstIndex(of: $0) }.map { UInt16($0) } ?? EntryRecord.noRoute
  }
}
