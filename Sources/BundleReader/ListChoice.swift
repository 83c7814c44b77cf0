import BundleFormat
import CKernels

/// Which lists a query looks at: first some whose centroids seem nearest to it, then those that may still hold a better row.
///
/// All lists are ordered by their *rough value*: the inner product of the query's first rotated components with those of the
/// centroid, a third of the bytes, or with the whole centroid where a bundle has no coarse dimensions. Whole centroids are
/// compared only of lists that come into question.
struct ListChoice: ~Copyable {
  private let bundle: Bundle
  private let most: Int
  private var products: FixedBuffer<Int32>
  private var rough: FixedBuffer<UInt16>
  private var positions: FixedBuffer<UInt32>
  private var near: FixedBuffer<Int32>
  private var norms: FixedBuffer<Int32>
  private var addresses: FixedBuffer<UInt>
  private var records: FixedBuffer<UInt32>
  // The last of the first lists, in the order of all.
  private var lastRough: UInt16 = 0
  private var last: UInt32 = 0
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
    products = FixedBuffer(capacity: lists)
    rough = FixedBuffer(capacity: lists)
    positions = FixedBuffer(capacity: lists)
    near = FixedBuffer(capacity: most)
    norms = FixedBuffer(capacity: most)
    addresses = FixedBuffer(capacity: most)
    records = FixedBuffer(capacity: 3 * most)
  }

  /// The record of the chosen list at place `index`.
  func record(_ index: Int) -> ListRecord {
    ListRecord(firstRow: records[3 * index], rowCount: records[3 * index + 1], firstBlock: records[3 * index + 2])
  }

  /// The inner product of the query with the centroid of the chosen list at place `index`.
  func product(_ index: Int) -> Int32 { near[index] }

  /// Compares the query with all lists, and chooses the first `wanted` of their order.
  mutating func chooseFirst(
    _ wanted: Int, _ query: borrowing FixedBuffer<Int8>, rotated: Bytes
  ) throws(BundleError) {
    let lists = Int(bundle.index.listCount)
    let coarse = Int(bundle.index.coarseDimensions)
    if coarse == 0 {
      try scan(.indexCentroids, unsafe UnsafePointer(query.unsafeStart), stride: bundle.encoder.stride)
    } else {
      try scan(.indexCoarse, unsafe rotated.unsafeStart.assumingMemoryBound(to: Int8.self), stride: coarse)
    }
    unsafe bundle.kernels.pointee.narrow(
      products.unsafeStart, lists, bundle.index.roughShift, rough.unsafeStart)
    count = first(min(wanted, most), from: 0)
    lastRough = .max
    for index in 0..<count { lastRough = min(lastRough, rough[Int(positions[index])]) }
    for index in 0..<count where rough[Int(positions[index])] == lastRough { last = positions[index] }
    try compareWhole(query)
    greatest = .min
    beyond = 0
    for index in 0..<count {
      greatest = max(greatest, near[index])
      beyond += Int64(near[index]) - Int64(products[Int(positions[index])]) << Int64(bundle.index.coarseProductShift)
    }
    beyond /= Int64(max(count, 1))
    try readRecords()
  }

  /// Chooses, of the lists that follow the first up to `most`, those whose centroid has at least the product `least` with the query.
  mutating func chooseOthers(from least: Int64, _ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    let floor = StoppingRule.rough(near: least, beyond: beyond, parameters: bundle.index)
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
  }

  private mutating func scan(
    _ section: SectionName, _ query: UnsafePointer<Int8>, stride: Int
  ) throws(BundleError) {
    let lists = Int(bundle.index.listCount)
    var first = 0
    while first < lists {
      let run = try bundle.run(section, first: first, count: lists - first)
      unsafe bundle.kernels.pointee.dot_rows(
        query, run.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), stride, run.count,
        products.unsafeStart + first)
      first += run.count
    }
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
    guard bundle.index.coarseDimensions > 0 else {
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
