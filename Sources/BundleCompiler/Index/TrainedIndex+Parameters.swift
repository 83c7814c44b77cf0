import BundleFormat

extension TrainedIndex {
  /// The shape of the index as the reader knows it, without what is tuned.
  var parameters: IndexParameters {
    IndexParameters(
      dimensions: UInt32(centroids.dimensions), rowCount: UInt32(order.count), listCount: UInt32(lists.count),
      subquantizers: UInt32(subquantizers), probes: 1, rerank: 1, rotationShift: rotation?.shift ?? 0,
      codeShift: rotation?.codeShift ?? 0)
  }

  /// The same with what was tuned.
  func parameters(_ point: SearchTuning.Point) -> IndexParameters {
    var parameters = parameters
    parameters.probes = UInt32(point.probes)
    parameters.firstProbes = UInt32(min(SearchTuning.firstProbes, point.probes))
    parameters.probeMargin = point.probeMargin
    parameters.enoughPlaces = UInt32(point.enoughPlaces)
    parameters.rerank = UInt32(point.rerank)
    parameters.leastRerank = UInt32(point.leastRerank)
    parameters.rerankMargin = point.rerankMargin
    return parameters
  }

  /// The same with what was tuned for an earlier index.
  func parameters(_ previous: IndexParameters) -> IndexParameters {
    var parameters = parameters
    parameters.probes = previous.probes
    parameters.firstProbes = previous.firstProbes
    parameters.probeMargin = previous.probeMargin
    parameters.enoughPlaces = previous.enoughPlaces
    parameters.rerank = previous.rerank
    parameters.leastRerank = previous.leastRerank
    parameters.rerankMargin = previous.rerankMargin
    return parameters
  }
}
