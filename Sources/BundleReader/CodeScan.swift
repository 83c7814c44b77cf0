import BundleFormat
import CKernels

/// The scan of 4-bit codes: an approximate inner product for each place of the probed lists, and the best of them.
///
/// Values of all lists are brought to one scale of 16 bits and collected; then one threshold over all of them is found at
/// once. Which places are best does not depend on how many fit the buffer, nor on the order of the lists.
struct CodeScan: ~Copyable {
  private static let capacity = 32_768

  private let bundle: Bundle
  private let subquantizers: Int
  private var wide: FixedBuffer<Int32>
  private var components: FixedBuffer<Int8>
  private var grouped: FixedBuffer<Int8>
  private var tables: CodeTables
  private var values: FixedBuffer<UInt16>
  private var positions: FixedBuffer<UInt32>
  private var blocks: FixedBuffer<UInt32>
  private var depth = 1
  private var fewest = 1
  private var margin: Int64 = 0
  private var filled = 0
  // The greatest value so far, of places in lists.
  private var best: UInt16 = 0

  init(_ bundle: Bundle) {
    self.bundle = bundle
    subquantizers = Int(bundle.index.subquantizers)
    let rotated = bundle.index.rotatedDimensions
    wide = FixedBuffer(capacity: rotated)
    components = FixedBuffer(capacity: rotated)
    grouped = FixedBuffer(capacity: rotated)
    tables = CodeTables(bundle, .indexCodebooks, isUsed: subquantizers > 0)
    let room = subquantizers == 0 ? 0 : Self.capacity
    values = FixedBuffer(capacity: room)
    positions = FixedBuffer(capacity: room)
    blocks = FixedBuffer(capacity: room / IndexParameters.blockSize)
  }

  /// The rotated query in the order of the sub-vectors.
  var rotated: Bytes {
    unsafe Bytes(start: UnsafeRawPointer(grouped.unsafeStart), count: grouped.capacity)
  }

  /// Rotates the query and makes its look-up tables.
  ///
  /// - Parameters:
  ///   - depth: How many places are kept.
  ///   - fewest: How many of these are kept even where they fall short of the best by more than `margin`, an inner product.
  mutating func prepare(
    _ query: borrowing FixedBuffer<Int8>, depth: Int, fewest: Int, margin: Int64
  ) throws(BundleError) {
    self.depth = depth
    self.fewest = fewest
    self.margin = margin
    filled = 0
    best = 0
    let rotated = bundle.index.rotatedDimensions
    var first = 0
    while first < rotated {
      let run = try bundle.run(.indexRotation, first: first, count: rotated - first)
      unsafe bundle.kernels.pointee.dot_rows(
        query.unsafeStart, run.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), bundle.encoder.stride, run.count,
        wide.unsafeStart + first)
      first += run.count
    }
    let by = bundle.index.rotationShift
    unsafe RotatedVector.narrow(wide.unsafeStart, count: rotated, shift: by, into: components.unsafeStart)
    unsafe RotatedVector.group(components.unsafeStart, subquantizers: subquantizers, into: grouped.unsafeStart)
    try tables.fill(self.rotated)
  }

  /// Asks the processor for the codes of a list.
  func fetch(_ list: ListRecord) throws(BundleError) {
    let count = Self.blockCount(list)
    guard count > 0 else { return }
    try bundle.prefetch(.indexCodes, first: Int(list.firstBlock), count: count, limit: 1 << 14)
  }

  /// Scans a list whose centroid has the product `near` with the query; `greatest` is the greatest such product.
  mutating func scan(
    _ list: ListRecord, near: Int32, greatest: Int32, into pool: inout CandidatePool
  ) throws(BundleError) {
    let offset = IndexParameters.listOffset(near: near, greatest: greatest, shift: tables.shift)
    let size = IndexParameters.blockSize
    let total = Self.blockCount(list)
    var done = 0
    while done < total {
      if filled == Self.capacity { collect(into: &pool) }
      let wanted = min(total - done, (Self.capacity - filled) / size)
      let first = Int(list.firstBlock) + done
      let run = try bundle.run(.indexCodes, first: first, count: wanted)
      unsafe tables.scan(
        run.bytes, count: run.count, stride: bundle.index.blockBytes, into: values.unsafeStart + filled)
      let places = min(run.count * size, Int(list.rowCount) - done * size)
      best = max(best, unsafe bundle.kernels.pointee.raise(values.unsafeStart + filled, places, offset))
      // Places beyond the list's end are never among the best: a value of zero is below all others.
      for place in places..<(run.count * size) { values[filled + place] = 0 }
      for block in 0..<run.count { blocks[filled / size + block] = UInt32(truncatingIfNeeded: first + block) }
      filled += run.count * size
      done += run.count
    }
  }

  /// The greatest inner product of the places scanned, as far as the codes tell.
  func bestProduct(greatest: Int32) -> Int64 {
    StoppingRule.product(
      value: best, greatest: greatest, minimum: tables.minimum, shift: tables.shift, parameters: bundle.index)
  }

  /// Brings the best places of what has been scanned into the pool, as value and place.
  mutating func finish(into pool: inout CandidatePool) {
    collect(into: &pool)
    pool.keepBest(from: Int32(floor), atLeast: fewest)
  }

  // The least value within the margin of the best.
  private var floor: UInt16 { UInt16(max(1, Int64(best) - margin >> Int64(tables.shift))) }

  /// The four bytes that hold the row at a place that this search has scanned.
  func rowWord(_ place: UInt32) throws(BundleError) -> Bytes {
    let block = try bundle.elementAgain(.indexCodes, Int(place) / IndexParameters.blockSize)
    let offset = subquantizers * IndexParameters.codebookSize + 4 * (Int(place) % IndexParameters.blockSize)
    guard let word = block.slice(offset, 4) else { throw .malformedSection(.indexCodes) }
    return word
  }

  private static func blockCount(_ list: ListRecord) -> Int {
    (Int(list.rowCount) + IndexParameters.blockSize - 1) / IndexParameters.blockSize
  }

  private mutating func collect(into pool: inout CandidatePool) {
    guard filled > 0 else { return }
    let size = IndexParameters.blockSize
    let deepest = unsafe bundle.kernels.pointee.threshold(values.unsafeStart, filled, depth)
    var found = select(from: fewest < depth ? max(deepest, floor) : deepest)
    if found < fewest {
      found = select(from: unsafe bundle.kernels.pointee.threshold(values.unsafeStart, filled, fewest))
    }
    for index in 0..<found {
      let position = Int(positions[index])
      let place = blocks[position / size] &* UInt32(size) &+ UInt32(position % size)
      pool.add(product: Int32(values[position]), row: place)
    }
    filled = 0
  }

  private mutating func select(from threshold: UInt16) -> Int {
    unsafe bundle.kernels.pointee.select_above(
      values.unsafeStart, filled, max(threshold, 1), positions.unsafeStart)
  }
}
