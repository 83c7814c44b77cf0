import BundleFormat
import BundleReader

/// The trained parts of an earlier bundle's index, to be filled with other vectors.
struct PreviousIndex {
  /// Its shape.
  let parameters: IndexParameters
  /// The coarse centroids.
  let centroids: VectorMatrix
  /// The directions of the rotation; no rows without codes.
  let rotation: VectorMatrix
  /// The codebooks; empty without codes.
  let codebooks: [Int8]
  /// The recall that was measured when it was chosen.
  let recall: Double

  // With more vectors, or fewer, lists of another number would serve better.
  private static let mostGrowth = 2

  /// Reads the index of `previous`; `nil` if `count` vectors are too many or too few for it.
  init?(_ previous: PreviousBundle, count: Int) throws {
    let bundle = previous.bundle
    let rows = Int(bundle.index.rowCount)
    guard count <= Self.mostGrowth * max(rows, IndexPlan.exactLimit / Self.mostGrowth), Self.mostGrowth * count >= rows
    else { return nil }
    parameters = bundle.index
    let dimensions = Int(bundle.encoder.dimensions)
    centroids = try previous.vectors(.indexCentroids, dimensions: dimensions)
    rotation = try previous.vectors(.indexRotation, dimensions: dimensions)
    codebooks = try previous.bytes(.indexCodebooks).map { Int8(bitPattern: $0) }
    recall = previous.facts.recall
  }

  /// The shape of an index with these parts.
  var plan: IndexPlan {
    var plan = IndexPlan(count: 1, dimensions: Int(parameters.dimensions))
    plan.listCount = Int(parameters.listCount)
    plan.subquantizers = Int(parameters.subquantizers)
    return plan
  }
}
