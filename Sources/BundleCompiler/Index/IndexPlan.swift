import BundleFormat

/// The shape of an index, chosen from the number of vectors.
struct IndexPlan {
  /// The number of inverted lists.
  var listCount: Int
  /// The number of sub-quantisers; zero for no codes.
  var subquantizers: Int

  /// Up to this many vectors an exact scan of all of them is as quick as anything else: 2,048 rows of 384 bytes stay in the
  /// second-level cache.
  static let exactLimit = 2_048
  private static let maximumSubquantizers = 256

  /// Chooses lists of about √count vectors, so that the coarse scan and the scan of a few lists cost alike.
  init(count: Int, dimensions: Int) {
    let pairs = (dimensions + 2 * IndexParameters.subvectorSize - 1) / (2 * IndexParameters.subvectorSize)
    subquantizers = 2 * pairs <= Self.maximumSubquantizers ? 2 * pairs : 0
    listCount = Int(Double(count).squareRoot().rounded(.down))
    if count <= Self.exactLimit {
      listCount = 1
      subquantizers = 0
    }
    listCount = min(max(listCount, 1), 4_096)
  }
}
