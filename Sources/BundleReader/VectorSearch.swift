import BundleFormat
import CKernels

/// The search of the vector index: choice of lists, 4-bit code scan, exact re-rank. Owns its working memory.
///
/// The result does not depend on the instruction set: everything up to the cosine is integer arithmetic, and rows are
/// ordered totally, by product and then by ordinal.
struct VectorSearch: ~Copyable {
  /// The most rows compared as they are between two looks at the results.
  private static let scanRows = 2048
  /// How many lists ahead of the scan codes are asked for.
  private static let listsAhead = 3

  private let bundle: Bundle
  private var lists: ListChoice
  private var pool: CandidatePool
  private var codes: CodeScan
  private var seen: RowSet
  private var products: FixedBuffer<Int32>
  private var norms: FixedBuffer<Int32>
  private var keys: FixedBuffer<UInt64>
  private var order: FixedBuffer<UInt64>
  private var rowAddresses: FixedBuffer<UInt>
  private var questionAddresses: FixedBuffer<UInt>

  private let probes: Int
  private let firstProbes: Int
  private let depth: Int
  private let leastDepth: Int
  private let usesCodes: Bool
  private let isExhaustive: Bool
  private var queryNorm: Int32 = 0

  /// The number of rows scored exactly by the last search.
  private(set) var count = 0
  /// The number of lists that the last search looked at, and of places in them.
  private(set) var probedLists = 0
  private(set) var scannedRows = 0

  init(_ bundle: Bundle, effort: SearchEffort = .chosen) {
    self.bundle = bundle
    // Locals, since Swift 6.3 destroys a noncopyable `self` that an autoclosure (after `&&`) reads in the initialiser.
    //
    // Who names an effort gets all of it. Without codes there is nothing to stop by before the rows themselves are scored.
    let hasCodes = bundle.index.subquantizers > 0 && !effort.isExhaustive
    let most = min(max(effort.probes ?? Int(bundle.index.probes), 1), Int(bundle.index.listCount))
    let deepest = min(max(effort.rerank ?? Int(bundle.index.rerank), 1), IndexParameters.maximumRerank)
    isExhaustive = effort.isExhaustive
    usesCodes = hasCodes
    probes = most
    firstProbes = hasCodes && effort.probes == nil ? Int(bundle.index.firstProbes) : most
    depth = deepest
    leastDepth = hasCodes && effort.rerank == nil ? Int(bundle.index.leastRerank) : deepest
    lists = ListChoice(bundle, most: most)
    pool = CandidatePool(capacity: deepest)
    codes = CodeScan(bundle)
    seen = RowSet(capacity: deepest)
    products = FixedBuffer(capacity: max(hasCodes ? 0 : Self.scanRows, deepest))
    norms = FixedBuffer(capacity: deepest)
    keys = FixedBuffer(capacity: deepest)
    order = FixedBuffer(capacity: deepest)
    rowAddresses = FixedBuffer(capacity: deepest)
    questionAddresses = FixedBuffer(capacity: deepest)
  }

  /// Finds the stored vectors nearest to `query`, a vector of the bundle's stride.
  ///
  /// Afterwards `similarity(_:)` and `question(_:)` give them, best first. Cost: lists + places in the probed lists.
  /// - Throws: `damagedChunk` if any chunk on the way is bad; nothing is skipped.
  mutating func search(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    count = 0
    scannedRows = 0
    probedLists = 0
    queryNorm = unsafe bundle.kernels.pointee.dot(query.unsafeStart, query.unsafeStart, bundle.encoder.stride)
    pool.reset(limit: depth)
    if isExhaustive {
      try scanVectors(ListRecord(firstRow: 0, rowCount: bundle.index.rowCount, firstBlock: 0), query)
      scannedRows = Int(bundle.index.rowCount)
      probedLists = Int(bundle.index.listCount)
    } else {
      try searchLists(query)
    }
    try rerank(query)
  }

  private mutating func searchLists(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    if usesCodes {
      let margin = StoppingRule.product(margin: bundle.index.rerankMargin, squaredLength: queryNorm)
      try codes.prepare(query, depth: depth, fewest: leastDepth, margin: margin)
    }
    try lists.chooseFirst(firstProbes, query, rotated: codes.rotated)
    try scanChosenLists(query)
    guard usesCodes else { return }
    if firstProbes < probes {
      let margin = StoppingRule.product(margin: bundle.index.probeMargin, squaredLength: queryNorm)
      let enough = bundle.index.enoughPlaces == 0 ? Int.max : max(Int(bundle.index.enoughPlaces) - scannedRows, 0)
      try lists.chooseOthers(
        from: codes.bestProduct(greatest: lists.greatest) - margin, enough: enough, query)
      try scanChosenLists(query)
    }
    codes.finish(into: &pool)
  }

  private mutating func scanChosenLists(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    // Lists do not overlap; a file that says otherwise could make one query scan for hours.
    let most =
      usesCodes ? bundle.count(.indexCodes) * IndexParameters.blockSize : Int(bundle.index.rowCount)
    for probe in 0..<lists.count {
      scannedRows += Int(lists.record(probe).rowCount)
      guard scannedRows <= most else { throw .malformedSection(.indexLists) }
    }
    probedLists += lists.count
    guard usesCodes else {
      for probe in 0..<lists.count { try scanVectors(lists.record(probe), query) }
      return
    }
    for probe in 0..<min(Self.listsAhead, lists.count) { try codes.fetch(lists.record(probe)) }
    for probe in 0..<lists.count {
      if probe + Self.listsAhead < lists.count { try codes.fetch(lists.record(probe + Self.listsAhead)) }
      try codes.scan(
        lists.record(probe), near: lists.product(probe), greatest: lists.greatest, into: &pool)
    }
  }

  /// The similarity of result `index`, a cosine in units of 1/65,536.
  func similarity(_ index: Int) -> Int64 { Int64(order[index] >> 32) - Self.similarityOffset }

  /// The ordinal of the question of result `index`.
  func question(_ index: Int) -> UInt32 { ~UInt32(truncatingIfNeeded: order[index]) }

  // Makes a similarity non-negative, so that it can be the high half of a key.
  static let similarityOffset: Int64 = 1 << 20

  private mutating func scanVectors(
    _ list: ListRecord, _ query: borrowing FixedBuffer<Int8>
  ) throws(BundleError) {
    var done = 0
    while done < Int(list.rowCount) {
      let wanted = min(Int(list.rowCount) - done, Self.scanRows)
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
    if !usesCodes { pool.keepBest() }
    // Each step asks the processor for what the next one reads, so that misses overlap.
    if usesCodes {
      for index in 0..<pool.count {
        let word = try codes.rowWord(pool.row(index))
        unsafe almanac_prefetch(word.unsafeStart, word.count)
        rowAddresses[index] = unsafe UInt(bitPattern: word.unsafeStart)
      }
    }
    seen.clear()
    var found = 0
    for index in 0..<pool.count {
      let row = usesCodes ? storedWord(rowAddresses[index]) : pool.row(index)
      guard seen.insert(row) else { continue }
      let vector = try bundle.element(.indexVectors, Int(row))
      let question = try bundle.element(.indexQuestions, Int(row))
      rowAddresses[found] = unsafe UInt(bitPattern: vector.unsafeStart)
      questionAddresses[found] = unsafe UInt(bitPattern: question.unsafeStart)
      found += 1
    }
    // By themselves, since what else is read between them would have to wait for them.
    unsafe almanac_prefetch_each(rowAddresses.unsafeStart, found, stride)
    unsafe almanac_prefetch_each(questionAddresses.unsafeStart, found, MemoryLayout<UInt32>.size)
    unsafe bundle.kernels.pointee.dot_gather(
      query.unsafeStart,
      UnsafeRawPointer(rowAddresses.unsafeStart).assumingMemoryBound(to: UnsafePointer<Int8>.self), stride,
      found, products.unsafeStart, norms.unsafeStart)
    for index in 0..<found {
      let similarity = Cosine.units(product: products[index], norms: queryNorm, norms[index])
      let question = storedWord(questionAddresses[index])
      keys[index] = UInt64(similarity + Self.similarityOffset) << 32 | UInt64(~question)
    }
    unsafe bundle.kernels.pointee.sort_keys(keys.unsafeStart, found, order.unsafeStart)
    dropRepeats(found)
  }

  // The integer at an address that `element` has checked in this search; the four bytes lie within that element.
  private func storedWord(_ address: UInt) -> UInt32 {
    guard let start = unsafe UnsafeRawPointer(bitPattern: address) else { return UInt32.max }
    return unsafe Bytes(start: start, count: 4).integer(at: 0) ?? UInt32.max
  }

  // A file may give a question two rows; these then come one after the other.
  private mutating func dropRepeats(_ sorted: Int) {
    count = 0
    for index in 0..<sorted where index == 0 || order[index] != order[index - 1] {
      order[count] = order[index]
      count += 1
    }
  }
}
