import BundleFormat
import CKernels

/// The order in which a query comes to lists: by their *rough value*, the greatest first, of equals by ordinal.
///
/// A rough value is what 4-bit codes of the centroid make of the inner product, a twelfth of the bytes, or the product with the whole
/// centroid without its lowest bits where a bundle has no codes.
struct ListOrder: ~Copyable {
  private let bundle: Bundle
  private var products: FixedBuffer<Int32>
  private var tables: CodeTables
  private var values: FixedBuffer<UInt16>
  private var positions: FixedBuffer<UInt32>

  /// What rough values stand for.
  private(set) var scale = RoughScale.whole

  init(_ bundle: Bundle) {
    self.bundle = bundle
    let lists = Int(bundle.index.listCount)
    let blocks = bundle.index.listBlocks
    tables = CodeTables(bundle, .indexListCodebooks, isUsed: blocks > 0)
    products = FixedBuffer(capacity: blocks == 0 ? lists : 0)
    values = FixedBuffer(capacity: max(lists, blocks * IndexParameters.blockSize))
    positions = FixedBuffer(capacity: lists)
  }

  /// The rough value of a list.
  func rough(_ list: UInt32) -> UInt16 { values[Int(list)] }

  /// The inner product with the whole centroid of a list, where there are no codes.
  func product(_ list: UInt32) -> Int32 { products[Int(list)] }

  /// The list at place `index` of those found last.
  func list(_ index: Int) -> UInt32 { positions[index] }

  /// Compares the query with all lists. `rotated` is the rotated query in the order of the sub-vectors, of no meaning without
  /// codes. Linear in the lists.
  mutating func compare(_ query: borrowing FixedBuffer<Int8>, rotated: Bytes) throws(BundleError) {
    if bundle.index.listBlocks > 0 { try scanCodes(rotated) } else { try scanCentroids(query) }
  }

  /// Finds those of the first `wanted` lists that have at least the rough value `floor`, and returns their number. They come in the
  /// order of their ordinals.
  mutating func first(_ wanted: Int, from floor: UInt16) -> Int {
    let lists = Int(bundle.index.listCount)
    var found = lists
    if floor > 0 {
      found = select(from: floor)
      if found <= wanted { return found }
    }
    let threshold = unsafe bundle.kernels.pointee.threshold(values.unsafeStart, lists, wanted)
    found = select(from: threshold)
    guard found > wanted else { return found }
    var spare = wanted
    for index in 0..<found where values[Int(positions[index])] > threshold { spare -= 1 }
    var kept = 0
    for index in 0..<found {
      let list = positions[index]
      if values[Int(list)] == threshold {
        if spare == 0 { continue }
        spare -= 1
      }
      positions[kept] = list
      kept += 1
    }
    return kept
  }

  private mutating func select(from threshold: UInt16) -> Int {
    unsafe bundle.kernels.pointee.select_above(
      values.unsafeStart, Int(bundle.index.listCount), threshold, positions.unsafeStart)
  }

  private mutating func scanCodes(_ rotated: Bytes) throws(BundleError) {
    try tables.fill(rotated)
    scale = RoughScale(minimum: tables.minimum, shift: tables.shift, parameters: bundle.index)
    let blocks = bundle.index.listBlocks
    var first = 0
    while first < blocks {
      let run = try bundle.run(.indexListCodes, first: first, count: blocks - first)
      unsafe tables.scan(
        run.bytes, count: run.count, stride: IndexParameters.codebookSize * Int(bundle.index.subquantizers),
        into: values.unsafeStart + first * IndexParameters.blockSize)
      first += run.count
    }
  }

  private mutating func scanCentroids(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    let lists = Int(bundle.index.listCount)
    var first = 0
    while first < lists {
      let run = try bundle.run(.indexCentroids, first: first, count: lists - first)
      unsafe bundle.kernels.pointee.dot_rows(
        query.unsafeStart, run.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), bundle.encoder.stride, run.count,
        products.unsafeStart + first)
      first += run.count
    }
    unsafe bundle.kernels.pointee.narrow(
      products.unsafeStart, lists, RoughScale.wholeShift, values.unsafeStart)
    scale = RoughScale.whole
  }
}
