import BundleFormat

/// The values by which the reader ranks the places of lists before the exact re-rank, for one query.
struct CodeSums {
  /// The values by which lists are ordered.
  private(set) var rough: [UInt16]
  /// What these stand for.
  private(set) var scale = RoughScale.whole
  /// The sum of the look-up tables' minima.
  private(set) var minimum: Int32 = 0
  /// What values are short of inner products by, as a binary logarithm.
  private(set) var shift: UInt32 = 0
  private let index: TrainedIndex
  private let vectors: VectorMatrix
  private let query: VectorRow
  private let kernels: Kernels
  private var lookup: [UInt8] = []

  init(_ index: TrainedIndex, _ vectors: VectorMatrix, query: VectorRow, _ kernels: Kernels) {
    self.index = index
    self.vectors = vectors
    self.query = query
    self.kernels = kernels
    guard let rotation = index.rotation, let listCodes = index.listCodes else {
      var products = [Int32](repeating: 0, count: index.lists.count)
      kernels.dot(query, index.centroids, into: &products)
      rough = kernels.narrow(products, shift: RoughScale.wholeShift)
      return
    }
    var wide = [Int32](repeating: 0, count: rotation.rows.count)
    rotation.wide(query, into: &wide, kernels)
    let components = rotation.narrowed(wide)
    let grouped = rotation.grouped(components, subquantizers: index.subquantizers)
    (rough, scale) = listCodes.rough(grouped, index.parameters, kernels)
    let tables = kernels.lookupTables(
      grouped, codebooks: index.codebooks, subquantizers: index.subquantizers)
    (lookup, minimum, shift) = kernels.quantizedLookup(tables, subquantizers: index.subquantizers)
    shift += rotation.codeShift
  }

  /// Appends the values of the places of `list`, whose centroid has the product `near` with the query. Without codes these are
  /// exact inner products.
  func append(_ list: Int, near: Int32, greatest: Int32, to values: inout [Int32]) {
    let record = index.lists[list]
    guard record.rowCount > 0 else { return }
    guard index.subquantizers > 0 else {
      for row in Int(record.firstRow)..<Int(record.firstRow + record.rowCount) {
        values.append(kernels.dot(query, vectors.row(index.order[row])))
      }
      return
    }
    let blocks = (Int(record.rowCount) + IndexParameters.blockSize - 1) / IndexParameters.blockSize
    var sums = kernels.scan(
      index.codes, at: Int(record.firstBlock) * index.blockBytes, blockCount: blocks, blockBytes: index.blockBytes,
      lookup: lookup, subquantizers: index.subquantizers)
    let offset = IndexParameters.listOffset(near: near, greatest: greatest, shift: shift)
    kernels.raise(&sums, count: Int(record.rowCount), by: offset)
    values.append(contentsOf: sums.prefix(Int(record.rowCount)).lazy.map { Int32($0) })
  }
}
