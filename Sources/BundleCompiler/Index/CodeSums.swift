import BundleFormat
import CKernels

/// The values by which the reader ranks the places of lists before the exact re-rank, for one query.
struct CodeSums {
  /// The inner products by which lists are ordered.
  private(set) var products: [Int32]
  /// The sum of the look-up tables' minima.
  private(set) var minimum: Int32 = 0
  /// What values are short of inner products by, as a binary logarithm.
  private(set) var shift: UInt32 = 0
  private let index: TrainedIndex
  private let vectors: VectorMatrix
  private let query: UnsafeMutablePointer<Int8>
  private let table: KernelTable
  private var lookup: [UInt8] = []

  init(_ index: TrainedIndex, _ vectors: VectorMatrix, query: UnsafeMutablePointer<Int8>, _ table: KernelTable) {
    self.index = index
    self.vectors = vectors
    self.query = query
    self.table = table
    let lists = index.lists.count
    products = [Int32](repeating: 0, count: lists)
    if index.coarse.count == 0 {
      table.kernels.pointee.dot_rows(query, index.centroids.row(0), index.centroids.stride, lists, &products)
    }
    guard let rotation = index.rotation else { return }
    let count = rotation.rows.count
    var wide = [Int32](repeating: 0, count: count)
    var components = [Int8](repeating: 0, count: count)
    var grouped = [Int8](repeating: 0, count: count)
    rotation.wide(query, into: &wide, table)
    RotatedVector.narrow(wide, count: count, shift: rotation.shift, into: &components)
    RotatedVector.group(components, subquantizers: index.subquantizers, into: &grouped)
    if index.coarse.count > 0 {
      table.kernels.pointee.dot_rows(components, index.coarse.row(0), index.coarse.stride, lists, &products)
    }
    let width = index.subquantizers * IndexParameters.codebookSize
    var tables = [Int32](repeating: 0, count: width)
    lookup = [UInt8](repeating: 0, count: width)
    table.kernels.pointee.build_lookup(grouped, index.codebooks, index.subquantizers, &tables)
    table.kernels.pointee.quantize_lookup(tables, index.subquantizers, &lookup, &minimum, &shift)
    shift += rotation.codeShift
  }

  /// Appends the values of the places of `list`, whose centroid has the product `near` with the query. Without codes these are
  /// exact inner products.
  func append(_ list: Int, near: Int32, greatest: Int32, to values: inout [Int32]) {
    let record = index.lists[list]
    guard record.rowCount > 0 else { return }
    guard index.subquantizers > 0 else {
      for row in Int(record.firstRow)..<Int(record.firstRow + record.rowCount) {
        values.append(table.kernels.pointee.dot(query, vectors.row(index.order[row]), vectors.stride))
      }
      return
    }
    let blocks = (Int(record.rowCount) + IndexParameters.blockSize - 1) / IndexParameters.blockSize
    var sums = [UInt16](repeating: 0, count: blocks * IndexParameters.blockSize)
    index.codes.withUnsafeBufferPointer { codes in
      guard let start = codes.baseAddress else { return }
      table.kernels.pointee.scan_blocks(
        start + Int(record.firstBlock) * index.blockBytes, blocks, index.blockBytes, lookup, index.subquantizers, &sums)
    }
    let offset = IndexParameters.listOffset(near: near, greatest: greatest, shift: shift)
    _ = table.kernels.pointee.raise(&sums, Int(record.rowCount), offset)
    values.append(contentsOf: sums.prefix(Int(record.rowCount)).lazy.map { Int32($0) })
  }
}
