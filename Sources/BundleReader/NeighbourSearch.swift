import BundleFormat

/// The stored questions nearest to a vector, without judging whether one of them is meant. Owns its working memory.
///
/// For measuring the index; queries of users go through `QuerySession`.
public struct NeighbourSearch: ~Copyable {
  private let bundle: Bundle
  private var encoder: QueryEncoder
  private var search: VectorSearch

  /// Prepares to search `bundle`.
  public init(_ bundle: Bundle, effort: SearchEffort = .chosen) {
    self.bundle = bundle
    encoder = QueryEncoder(bundle)
    search = VectorSearch(bundle, effort: effort)
  }

  /// Finds the neighbours of `vector`, int8 components as many as the bundle's dimensions. False if it has no direction.
  ///
  /// - Throws: `damagedChunk` or `malformedSection` if anything on the way is bad.
  public mutating func search(_ vector: Bytes) throws(BundleError) -> Bool {
    guard vector.count == Int(bundle.encoder.dimensions), encoder.take(vector) else { return false }
    try search.search(encoder.vector)
    return true
  }

  /// The number of neighbours found by the last search.
  public var count: Int { search.count }

  /// The ordinal of the question of neighbour `index`, the nearest first.
  public func question(_ index: Int) -> UInt32 { search.question(index) }

  /// The cosine of neighbour `index` in units of 1/65,536.
  public func similarity(_ index: Int) -> Int64 { search.similarity(index) }

  /// The number of lists that the last search looked at.
  public var probedLists: Int { search.probedLists }

  /// The number of rows in those lists.
  public var scannedRows: Int { search.scannedRows }
}
