import BundleFormat
import CKernels

/// Which lists a query looks at: first some whose centroids seem nearest to it, then those that may still hold a better row.
///
/// All lists are ordered by their *rough value*: what 4-bit codes of the centroid make of the inner product, a twelfth of the
/// bytes, or the product with the whole centroid where a bundle has no codes. Whole centroids are compared only of lists that
/// come into question.
struct ListChoice: ~Copyable {
  private let bundle: Bundle
  private let most: Int
  private var products: FixedBuffer<Int32>
  private var tables: FixedBuffer<Int32>
  private var lookup: FixedBuffer<UInt8>
  private var rough: FixedBuffer<UInt16>
  private var positions: FixedBuffer<UInt32>
  private var near: FixedBuffer<Int32>
  private var norms: FixedBuffer<Int32>
  private var addresses: FixedBuffer<UInt>
  private var records: FixedBuffer<UInt32>
  private var keys: FixedBuffer<UInt64>
  private var sorted: FixedBuffer<UInt64>
  // The last of the first lists, in the order of all.
  private var lastRough: UInt16 = 0
  private var last: UInt32 = 0
  private var scale = RoughScale.whole
  private var beyond: Int64 = 0

  /// The number of lists chosen last.
  private(set) var count = 0
  /// The greatest inner product of the query with the centroid of one of the first lists.
  private(set) var greatest = Int32.min

  /// Prepares to choose at most `most` lists of `bundle`.
  init(_ bundle: Bundle, most: Int) {
    self.bundle = bundle
    self.most = most
    let lists = Int(bundle.index.listCount)
    let blocks = bundle.index.listBlocks
    let width = blocks == 0 ? 0 : IndexParameters.codebookSize * Int(bundle.index.subquantizers)
    tables = FixedBuffer(capacity: width)
    lookup = FixedBuffer(capacity: width)
    products = FixedBuffer(capacity: blocks == 0 ? lists : 0)
    rough = FixedBuffer(capacity: max(lists, blocks * IndexParameters.blockSize))
    positions = FixedBuffer(capacity: lists)
    near = FixedBuffer(capacity: most)
    norms = FixedBuffer(capacity: most)
    addresses = FixedBuffer(capacity: most)
    records = FixedBuffer(capacity: 3 * most)
    keys = FixedBuffer(capacity: most)
    sorted = FixedBuffer(capacity: most)
  }

  /// The record of the chosen list at place `index`.
  func record(_ index: Int) -> ListRecord {
    ListRecord(firstRow: records[3 * index], rowCount: records[3 * index + 1], firstBlock: records[3 * index + 2])
  }

  /// The inner product of the query with the centroid of the chosen list at place `index`.
  func product(_ index: Int) -> Int32 { near[index] }

  /// Compares the query with all lists, and chooses the first `wanted` of their order. `rotated` is the rotated query in the order
  /// of the sub-vectors, of no meaning without codes.
  mutating func chooseFirst(
    _ wanted: Int, _ query: borrowing FixedBuffer<Int8>, rotated: Bytes
  ) throws(BundleError) {
    if bundle.index.listBlocks > 0 { try scanCodes(rotated) } else { try scanCentroids(query) }
    count = first(min(wanted, most), from: 0)
    lastRough = .max
    for index in 0..<count { lastRough = min(lastRough, rough[Int(positions[index])]) }
    for index in 0..<count where rough[Int(positions[index])] == lastRough { last = positions[index] }
    try compareWhole(query)
    greatest = .min
    beyond = 0
    for index in 0..<count {
      greatest = max(greatest, near[index])
      beyond += Int64(near[index]) - scale.product(rough[Int(positions[index])])
    }
    beyond /= Int64(max(count, 1))
    try readRecords()
  }

  /// Chooses, of the lists that follow the first up to `most`, those whose centroid has at least the product `least` with the
  /// query; where these have more than `enough` places, only the nearest of them, up to the one with which it is enough.
  mutating func chooseOthers(
    from least: Int64, enough: Int, _ query: borrowing FixedBuffer<Int8>
  ) throws(BundleError) {
    let floor = scale.rough(least - beyond)
    let found = first(most, from: floor)
    count = 0
    for index in 0..<found {
      let list = positions[index]
      let value = rough[Int(list)]
      guard value < lastRough || value == lastRough && list > last else { continue }
      positions[count] = list
      count += 1
    }
    try compareWhole(query)
    let compared = count
    count = 0
    for index in 0..<compared where Int64(near[index]) >= least {
      near[count] = near[index]
      positions[count] = positions[index]
      count += 1
    }
    try readRecords()
    var places = 0
    for index in 0..<count { places += Int(record(index).rowCount) }
    if places > enough { try keepNearest(enough) }
  }

  // Lists in the order of their whole centroids, of equals of their ordinals, while those before have fewer than `enough` places.
  private mutating func keepNearest(_ enough: Int) throws(BundleError) {
    for index in 0..<count {
      keys[index] = UInt64(UInt32(bitPattern: near[index]) ^ 0x8000_0000) << 32 | UInt64(~positions[index])
    }
    unsafe bundle.kernels.pointee.sort_keys(keys.unsafeStart, count, sorted.unsafeStart)
    for index in 0..<count {
      near[index] = Int32(bitPattern: UInt32(truncatingIfNeeded: sorted[index] >> 32) ^ 0x8000_0000)
      positions[index] = ~UInt32(truncatingIfNeeded: sorted[index])
    }
    try readRecords()
    var places = 0
    var kept = 0
    while kept < count, places < enough {
      places += Int(record(kept).rowCount)
      kept += 1
    }
    count = kept
  }

  private mutating func scanCodes(_ rotated: Bytes) throws(BundleError) {
    let subquantizers = Int(bundle.index.subquantizers)
    let books = try bundle.run(.indexListCodebooks, first: 0, count: subquantizers)
    guard books.count == subquantizers, rotated.count == bundle.index.rotatedDimensions else {
      throw .malformedSection(.indexListCodebooks)
    }
    unsafe bundle.kernels.pointee.build_lookup(
      rotated.unsafeStart.assumingMemoryBound(to: Int8.self),
      books.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), subquantizers, tables.unsafeStart)
    var minimum: Int32 = 0
    var shift: UInt32 = 0
    unsafe bundle.kernels.pointee.quantize_lookup(
      tables.unsafeStart, subquantizers, lookup.unsafeStart, &minimum, &shift)
    scale = RoughScale(minimum: minimum, shift: shift + bundle.index.codeShift, parameters: bundle.index)
    let blocks = bundle.index.listBlocks
    var first = 0
    while first < blocks {
      let run = try bundle.run(.indexListCodes, first: first, count: blocks - first)
      unsafe bundle.kernels.pointee.scan_blocks(
        run.bytes.unsafeStart.assumingMemoryBound(to: UInt8.self), run.count,
        IndexParameters.codebookSize * subquantizers, lookup.unsafeStart, subquantizers,
        rough.unsafeStart + first * IndexParameters.blockSize)
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
      products.unsafeStart, lists, RoughScale.wholeShift, rough.unsafeStart)
    scale = RoughScale.whole
  }

  // Writes to `positions`, ascending, those of the first `wanted` lists that have at least the rough value `floor`. Lists are
  // ordered by rough value, of equals by ordinal.
  private mutating func first(_ wanted: Int, from floor: UInt16) -> Int {
    let lists = Int(bundle.index.listCount)
    var found = lists
    if floor > 0 {
      found = select(from: floor)
      if found <= wanted { return found }
    }
    let threshold = unsafe bundle.kernels.pointee.threshold(rough.unsafeStart, lists, wanted)
    found = select(from: threshold)
    guard found > wanted else { return found }
    var spare = wanted
    for index in 0..<found where rough[Int(positions[index])] > threshold { spare -= 1 }
    var kept = 0
    for index in 0..<found {
      let list = positions[index]
      if rough[Int(list)] == threshold {
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
      rough.unsafeStart, Int(bundle.index.listCount), threshold, positions.unsafeStart)
  }

  // The products of the query with the whole centroids at `positions`.
  private mutating func compareWhole(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    guard bundle.index.listBlocks > 0 else {
      for index in 0..<count { near[index] = products[Int(positions[index])] }
      return
    }
    for index in 0..<count {
      let centroid = try bundle.element(.indexCentroids, Int(positions[index]))
      addresses[index] = unsafe UInt(bitPattern: centroid.unsafeStart)
    }
    unsafe bundle.kernels.pointee.dot_gather(
      query.unsafeStart, UnsafeRawPointer(addresses.unsafeStart).assumingMemoryBound(to: UnsafePointer<Int8>.self),
      bundle.encoder.stride, count, near.unsafeStart, norms.unsafeStart)
  }

  private mutating func readRecords() throws(BundleError) {
    for index in 0..<count {
      guard let record = ListRecord(try bundle.element(.indexLists, Int(positions[index]))) else {
        throw .malformedSection(.indexLists)
      }
      records[3 * index] = record.firstRow
      records[3 * index + 1] = record.rowCount
      records[3 * index + 2] = record.firstBlock
    }
  }
}
