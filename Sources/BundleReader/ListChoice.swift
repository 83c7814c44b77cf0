import BundleFormat
import CKernels

/// Which lists a query looks at: first some whose centroids seem nearest to it, then those that may still hold a better row.
///
/// All lists are ordered by rough values (`ListOrder`); whole centroids are compared only of lists that come into question.
struct ListChoice: ~Copyable {
  private let bundle: Bundle
  private let most: Int
  private var order: ListOrder
  private var chosen: FixedBuffer<UInt32>
  private var near: FixedBuffer<Int32>
  private var norms: FixedBuffer<Int32>
  private var addresses: FixedBuffer<UInt>
  private var records: FixedBuffer<UInt32>
  private var keys: FixedBuffer<UInt64>
  private var sorted: FixedBuffer<UInt64>
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
    order = ListOrder(bundle)
    chosen = FixedBuffer(capacity: most)
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
    try order.compare(query, rotated: rotated)
    count = order.first(min(wanted, most), from: 0)
    lastRough = .max
    for index in 0..<count {
      chosen[index] = order.list(index)
      lastRough = min(lastRough, order.rough(chosen[index]))
    }
    for index in 0..<count where order.rough(chosen[index]) == lastRough { last = chosen[index] }
    try compareWhole(query)
    greatest = .min
    beyond = 0
    for index in 0..<count {
      greatest = max(greatest, near[index])
      beyond += Int64(near[index]) - order.scale.product(order.rough(chosen[index]))
    }
    beyond /= Int64(max(count, 1))
    try readRecords()
  }

  /// Chooses, of the lists that follow the first up to `most`, those whose centroid has at least the product `least` with the
  /// query; where these have more than `enough` places, only the nearest of them, up to the one with which it is enough.
  mutating func chooseOthers(
    from least: Int64, enough: Int, _ query: borrowing FixedBuffer<Int8>
  ) throws(BundleError) {
    let found = order.first(most, from: order.scale.rough(least - beyond))
    count = 0
    for index in 0..<found {
      let list = order.list(index)
      let value = order.rough(list)
      guard value < lastRough || value == lastRough && list > last else { continue }
      chosen[count] = list
      count += 1
    }
    try compareWhole(query)
    let compared = count
    count = 0
    for index in 0..<compared where Int64(near[index]) >= least {
      near[count] = near[index]
      chosen[count] = chosen[index]
      count += 1
    }
    try keepNearest(enough)
  }

  // Lists in the order of their whole centroids, of equals of their ordinals, while those before have fewer than `enough` places. Of
  // what is not kept the records need not be read.
  private mutating func keepNearest(_ enough: Int) throws(BundleError) {
    for index in 0..<count {
      keys[index] = UInt64(UInt32(bitPattern: near[index]) ^ 0x8000_0000) << 32 | UInt64(~chosen[index])
    }
    unsafe bundle.kernels.pointee.sort_keys(keys.unsafeStart, count, sorted.unsafeStart)
    var places = 0
    var kept = 0
    while kept < count, places < enough {
      near[kept] = Int32(bitPattern: UInt32(truncatingIfNeeded: sorted[kept] >> 32) ^ 0x8000_0000)
      chosen[kept] = ~UInt32(truncatingIfNeeded: sorted[kept])
      try readRecord(kept)
      places += Int(record(kept).rowCount)
      kept += 1
    }
    count = kept
  }

  // The products of the query with the whole centroids at `chosen`.
  private mutating func compareWhole(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    guard bundle.index.listBlocks > 0 else {
      for index in 0..<count { near[index] = order.product(chosen[index]) }
      return
    }
    for index in 0..<count {
      let centroid = try bundle.element(.indexCentroids, Int(chosen[index]))
      addresses[index] = unsafe UInt(bitPattern: centroid.unsafeStart)
    }
    unsafe bundle.kernels.pointee.dot_gather(
      query.unsafeStart, UnsafeRawPointer(addresses.unsafeStart).assumingMemoryBound(to: UnsafePointer<Int8>.self),
      bundle.encoder.stride, count, near.unsafeStart, norms.unsafeStart)
  }

  private mutating func readRecords() throws(BundleError) {
    for index in 0..<count { try readRecord(index) }
  }

  private mutating func readRecord(_ index: Int) throws(BundleError) {
    guard let record = ListRecord(try bundle.element(.indexLists, Int(chosen[index]))) else {
      throw .malformedSection(.indexLists)
    }
    records[3 * index] = record.firstRow
    records[3 * index + 1] = record.rowCount
    records[3 * index + 2] = record.firstBlock
  }
}
