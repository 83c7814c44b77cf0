import BundleFormat
import CKernels

/// The search of the vector index: coarse scan, 4-bit code scan of the nearest lists, exact re-rank. Owns its working memory.
///
/// The result does not depend on the instruction set: everything up to the cosine is integer arithmetic, and rows are
/// ordered totally, by product and then by ordinal.
struct VectorSearch: ~Copyable {
  /// The most rows scanned between two looks at the results.
  private static let scanBlocks = 64

  private let bundle: Bundle
  private var listProducts: FixedBuffer<Int32>
  private var probes: CandidatePool
  private var pool: CandidatePool
  private var tables: FixedBuffer<Int32>
  private var lookup: FixedBuffer<UInt8>
  private var sums: FixedBuffer<UInt16>
  private var positions: FixedBuffer<UInt32>
  private var products: FixedBuffer<Int32>
  private var norms: FixedBuffer<Int32>
  private var order: FixedBuffer<UInt64>
  private var rowAddresses: FixedBuffer<UInt>

  /// The number of rows scored exactly by the last search.
  private(set) var count = 0
  /// The number of lists that the last search looked at, and of rows in them.
  private(set) var probedLists = 0
  private(set) var scannedRows = 0

  init(_ bundle: Bundle) {
    self.bundle = bundle
    let lists = Int(bundle.index.listCount)
    let rerank = Int(bundle.index.rerank)
    let width = Int(bundle.index.subquantizers) * IndexParameters.codebookSize
    listProducts = FixedBuffer(capacity: lists)
    probes = CandidatePool(capacity: Int(bundle.index.probes))
    pool = CandidatePool(capacity: rerank)
    tables = FixedBuffer(capacity: width)
    lookup = FixedBuffer(capacity: width)
    let scanned = Self.scanBlocks * IndexParameters.blockSize
    sums = FixedBuffer(capacity: scanned)
    positions = FixedBuffer(capacity: scanned)
    products = FixedBuffer(capacity: max(scanned, rerank))
    norms = FixedBuffer(capacity: rerank)
    order = FixedBuffer(capacity: rerank)
    rowAddresses = FixedBuffer(capacity: rerank)
  }

  /// Finds the stored vectors nearest to `query`, a vector of the bundle's stride.
  ///
  /// Afterwards `similarity(_:)` and `question(_:)` give them, best first. Cost: lists + rows in the probed lists.
  /// - Throws: `damagedChunk` if any chunk on the way is bad; nothing is skipped.
  mutating func search(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    let index = bundle.index
    count = 0
    scannedRows = 0
    pool.reset(limit: Int(index.rerank))
    try chooseLists(query)
    if index.subquantizers > 0 { try prepareLookup(query) }
    let minimumAndShift = narrowTables()
    for probe in 0..<probes.count {
      let list = Int(probes.row(probe))
      guard let record = ListRecord(try bundle.element(.indexLists, list)) else { throw .malformedSection(.indexLists) }
      guard record.rowCount > 0 else { continue }
      scannedRows += Int(record.rowCount)
      // Lists do not overlap; a file that says otherwise could make one query scan for hours.
      guard scannedRows <= Int(index.rowCount) else { throw .malformedSection(.indexLists) }
      if index.subquantizers > 0 {
        try scanCodes(record, bias: listProducts[list] &+ minimumAndShift.minimum, shift: minimumAndShift.shift)
      } else {
        try scanVectors(record, query)
      }
    }
    probedLists = probes.count
    try rerank(query)
  }

  /// The similarity of result `index`, a cosine in units of 1/65,536.
  func similarity(_ index: Int) -> Int64 { Int64(order[index] >> 32) - Self.similarityOffset }

  /// The ordinal of the question of result `index`.
  func question(_ index: Int) -> UInt32 { ~UInt32(truncatingIfNeeded: order[index]) }

  // Makes a similarity non-negative, so that it can be the high half of a key.
  private static let similarityOffset: Int64 = 1 << 20

  private mutating func chooseLists(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    let stride = bundle.encoder.stride
    let lists = Int(bundle.index.listCount)
    var first = 0
    probes.reset(limit: Int(bundle.index.probes))
    while first < lists {
      let run = try bundle.run(.indexCentroids, first: first, count: lists - first)
      unsafe bundle.kernels.pointee.dot_rows(
        query.unsafeStart, run.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), stride, run.count,
        listProducts.unsafeStart + first)
      first += run.count
    }
    for list in 0..<lists where listProducts[list] >= probes.floor {
      probes.add(product: listProducts[list], row: UInt32(list))
    }
    probes.keepBest()
    // Nearest list first: the sooner good rows are in the pool, the more of the others fail the comparison of sums.
    probes.sort()
  }

  private mutating func prepareLookup(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    let subquantizers = Int(bundle.index.subquantizers)
    let codebooks = try bundle.run(.indexCodebooks, first: 0, count: subquantizers)
    guard codebooks.count == subquantizers else { throw .malformedSection(.indexCodebooks) }
    unsafe bundle.kernels.pointee.build_lookup(
      query.unsafeStart, codebooks.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), subquantizers,
      tables.unsafeStart)
  }

  private mutating func narrowTables() -> (minimum: Int32, shift: UInt32) {
    var minimum: Int32 = 0
    var shift: UInt32 = 0
    unsafe bundle.kernels.pointee.quantize_lookup(
      tables.unsafeStart, Int(bundle.index.subquantizers), lookup.unsafeStart, &minimum, &shift)
    return (minimum, shift)
  }

  // A row's approximate product is bias + (sum << shift), so only sums from a threshold on can enter the pool.
  private mutating func scanCodes(_ list: ListRecord, bias: Int32, shift: UInt32) throws(BundleError) {
    let blocks = (Int(list.rowCount) + IndexParameters.blockSize - 1) / IndexParameters.blockSize
    let subquantizers = Int(bundle.index.subquantizers)
    var done = 0
    while done < blocks {
      let wanted = min(blocks - done, Self.scanBlocks)
      let run = try bundle.run(.indexCodes, first: Int(list.firstBlock) + done, count: wanted)
      unsafe bundle.kernels.pointee.scan_blocks(
        run.bytes.unsafeStart.assumingMemoryBound(to: UInt8.self), run.count, lookup.unsafeStart, subquantizers,
        sums.unsafeStart)
      let first = done * IndexParameters.blockSize
      let rows = min(run.count * IndexParameters.blockSize, Int(list.rowCount) - first)
      let distance = Int64(pool.floor) - Int64(bias)
      let threshold = distance <= 0 ? 0 : (distance + (1 << Int64(shift)) - 1) >> Int64(shift)
      if threshold <= Int64(UInt16.max) {
        let found = unsafe bundle.kernels.pointee.select_above(
          sums.unsafeStart, rows, UInt16(threshold), positions.unsafeStart)
        for index in 0..<found {
          let position = Int(positions[index])
          let product = bias &+ Int32(truncatingIfNeeded: UInt32(sums[position]) << shift)
          pool.add(product: product, row: list.firstRow &+ UInt32(first + position))
        }
      }
      done += run.count
    }
  }

  private mutating func scanVectors(
    _ list: ListRecord, _ query: borrowing FixedBuffer<Int8>
  ) throws(BundleError) {
    var done = 0
    while done < Int(list.rowCount) {
      let wanted = min(Int(list.rowCount) - done, Self.scanBlocks * IndexParameters.blockSize)
      let run = try bundle.run(.indexVectors, first: Int(list.firstRow) + done, count: wanted)
      unsafe bundle.kernels.pointee.dot_rows(
        query.unsafeStart, run.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), bundle.encoder.stride, run.count,
        products.unsafeStart)
      for index in 0..<run.count where products[index] >= pool.floor {
        pool.add(product: products[index], row: list.firstRow &+ UInt32(done + index))
      }
      done += run.count
    }
  }

  private mutating func rerank(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    let stride = bundle.encoder.stride
    pool.keepBest()
    for index in 0..<pool.count {
      let vector = try bundle.element(.indexVectors, Int(pool.row(index)))
      rowAddresses[index] = unsafe UInt(bitPattern: vector.unsafeStart)
    }
    unsafe bundle.kernels.pointee.dot_gather(
      query.unsafeStart,
      UnsafeRawPointer(rowAddresses.unsafeStart).assumingMemoryBound(to: UnsafePointer<Int8>.self), stride,
      pool.count, products.unsafeStart, norms.unsafeStart)
    let queryNorm = unsafe bundle.kernels.pointee.dot(query.unsafeStart, query.unsafeStart, stride)
    for index in 0..<pool.count {
      let similarity = Cosine.units(product: products[index], norms: queryNorm, norms[index])
      guard let question: UInt32 = try bundle.element(.indexQuestions, Int(pool.row(index))).integer(at: 0) else {
        throw .malformedSection(.indexQuestions)
      }
      order[index] = UInt64(similarity + Self.similarityOffset) << 32 | UInt64(~question)
    }
    order.sortDescending(first: pool.count)
    dropRepeats(pool.count)
  }

  // A question may stand in two lists; its two rows then come one after the other.
  private mutating func dropRepeats(_ sorted: Int) {
    count = 0
    for index in 0..<sorted where index == 0 || order[index] != order[index - 1] {
      order[count] = order[index]
      count += 1
    }
  }
}
