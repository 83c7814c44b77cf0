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

  /// Chooses lists of about √count / 6 vectors: with two lists for each vector, short lists and a cheap choice among many of
  /// them scan the fewest bytes.
  init(count: Int, dimensions: Int) {
    // Two thirds of the rotated components hold nearly all that residuals vary by.
    subquantizers = max(dimensions / 6, 2) & ~1
    if subquantizers >= 16 { subquantizers &= ~15 }
    let fits = 4 * subquantizers <= dimensions && dimensions <= Self.widest
    listCount = min(max(Int((6.5 * Double(count).squareRoot()).rounded(.down)), 1), IndexParameters.maximumLists)
    // k-means wants a few vectors for each centroid.
    listCount = min(listCount, count / 12)
    if count <= Self.exactLimit || !fits {
      listCount = count <= Self.exactLimit ? 1 : max(1, Int(Double(count).squareRoot()))
      subquantizers = 0
    }
  }

  // Wider vectors would take minutes to find their directions.
  private static let widest = 1_024
}
