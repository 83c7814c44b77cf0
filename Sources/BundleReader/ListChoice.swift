import BundleFormat
import CKernels

/// Which lists a query probes: those whose centroids have the greatest inner products with it.
///
/// With coarse dimensions the first rotated components of all centroids are compared, a quarter of the bytes, and whole
/// centroids only of the lists that come out best.
struct ListChoice: ~Copyable {
  private let bundle: Bundle
  private var products: FixedBuffer<Int32>
  private var narrow: FixedBuffer<UInt16>
  private var positions: FixedBuffer<UInt32>
  private var norms: FixedBuffer<Int32>
  private var addresses: FixedBuffer<UInt>
  private var records: FixedBuffer<UInt32>
  private var best: CandidatePool

  /// The greatest inner product among the lists probed.
  private(set) var greatest = Int32.min

  init(_ bundle: Bundle, probes: Int) {
    self.bundle = bundle
    let lists = Int(bundle.index.listCount)
    products = FixedBuffer(capacity: lists)
    narrow = FixedBuffer(capacity: lists)
    positions = FixedBuffer(capacity: lists)
    let whole = bundle.index.coarseDimensions == 0 ? 0 : lists
    norms = FixedBuffer(capacity: whole)
    addresses = FixedBuffer(capacity: whole)
    records = FixedBuffer(capacity: 3 * probes)
    best = CandidatePool(capacity: probes)
  }

  /// The number of lists to probe.
  var count: Int { best.count }

  /// The record of the list at place `probe`.
  func record(_ probe: Int) -> ListRecord {
    ListRecord(firstRow: records[3 * probe], rowCount: records[3 * probe + 1], firstBlock: records[3 * probe + 2])
  }

  /// The number of places in the list at place `probe`.
  func places(_ probe: Int) -> UInt32 { records[3 * probe + 1] }

  /// The inner product of the query with the centroid of the list at place `probe`.
  func product(_ probe: Int) -> Int32 { best.product(probe) }

  /// Chooses the `probes` lists with the greatest products, of equals those with the lower ordinals.
  mutating func choose(
    _ query: borrowing FixedBuffer<Int8>, rotated: Bytes, probes: Int
  ) throws(BundleError) {
    best.reset(limit: probes)
    let lists = Int(bundle.index.listCount)
    let coarse = Int(bundle.index.coarseDimensions)
    if coarse == 0 {
      try scan(.indexCentroids, unsafe UnsafePointer(query.unsafeStart), stride: bundle.encoder.stride)
      for list in 0..<lists where products[list] >= best.floor {
        best.add(product: products[list], row: UInt32(list))
      }
    } else {
      try scan(
        .indexCoarse, unsafe rotated.unsafeStart.assumingMemoryBound(to: Int8.self), stride: coarse)
      // Asking for more probes than the bundle has asks for as many more candidates.
      let candidates = Int(bundle.index.coarseCandidates) * max(probes, 1) / max(Int(bundle.index.probes), 1)
      try compareWhole(query, narrowed(to: max(candidates, probes), of: lists))
    }
    best.keepBest()
    greatest = Int32.min
    for probe in 0..<best.count {
      greatest = max(greatest, best.product(probe))
      guard let record = ListRecord(try bundle.element(.indexLists, Int(best.row(probe)))) else {
        throw .malformedSection(.indexLists)
      }
      records[3 * probe] = record.firstRow
      records[3 * probe + 1] = record.rowCount
      records[3 * probe + 2] = record.firstBlock
    }
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

  // Writes to `positions` at least `wanted` lists, if there are so many, and returns how many.
  private mutating func narrowed(to wanted: Int, of lists: Int) -> Int {
    unsafe bundle.kernels.pointee.narrow(
      products.unsafeStart, lists, IndexParameters.coarseProductShift, narrow.unsafeStart)
    let threshold = unsafe bundle.kernels.pointee.threshold(narrow.unsafeStart, lists, wanted)
    return unsafe bundle.kernels.pointee.select_above(narrow.unsafeStart, lists, threshold, positions.unsafeStart)
  }

  private mutating func compareWhole(_ query: borrowing FixedBuffer<Int8>, _ chosen: Int) throws(BundleError) {
    for index in 0..<chosen {
      let centroid = try bundle.element(.indexCentroids, Int(positions[index]))
      addresses[index] = unsafe UInt(bitPattern: centroid.unsafeStart)
    }
    unsafe bundle.kernels.pointee.dot_gather(
      query.unsafeStart, UnsafeRawPointer(addresses.unsafeStart).assumingMemoryBound(to: UnsafePointer<Int8>.self),
      bundle.encoder.stride, chosen, products.unsafeStart, norms.unsafeStart)
    for index in 0..<chosen where products[index] >= best.floor {
      best.add(product: products[index], row: positions[index])
    }
  }
}
