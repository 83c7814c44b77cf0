import BundleFormat
import CKernels

/// The scan of 4-bit codes: an approximate inner product for each place of the probed lists, and the best of them.
///
/// Values of all lists are brought to one scale of 16 bits and collected; then one threshold over all of them is found at
/// once. Which places are best does not depend on how many fit the buffer.
struct CodeScan: ~Copyable {
  private static let capacity = 32_768

  private let bundle: Bundle
  private let subquantizers: Int
  private var wide: FixedBuffer<Int32>
  private var components: FixedBuffer<Int8>
  private var grouped: FixedBuffer<Int8>
  private var tables: FixedBuffer<Int32>
  private var lookup: FixedBuffer<UInt8>
  private var values: FixedBuffer<UInt16>
  private var positions: FixedBuffer<UInt32>
  private var blocks: FixedBuffer<UInt32>
  private var depth = 1
  private var filled = 0
  private var shift: UInt32 = 0

  init(_ bundle: Bundle) {
    self.bundle = bundle
    subquantizers = Int(bundle.index.subquantizers)
    let rotated = bundle.index.rotatedDimensions
    wide = FixedBuffer(capacity: rotated)
    components = FixedBuffer(capacity: rotated)
    grouped = FixedBuffer(capacity: rotated)
    tables = FixedBuffer(capacity: subquantizers * IndexParameters.codebookSize)
    lookup = FixedBuffer(capacity: subquantizers * IndexParameters.codebookSize)
    let room = subquantizers == 0 ? 0 : Self.capacity
    values = FixedBuffer(capacity: room)
    positions = FixedBuffer(capacity: room)
    blocks = FixedBuffer(capacity: room / IndexParameters.blockSize)
  }

  /// The rotated query.
  var rotated: Bytes {
    unsafe Bytes(start: UnsafeRawPointer(components.unsafeStart), count: components.capacity)
  }

  /// Rotates the query and makes its look-up tables.
  mutating func prepare(_ query: borrowing FixedBuffer<Int8>, depth: Int) throws(BundleError) {
    self.depth = depth
    filled = 0
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
    let books = try bundle.run(.indexCodebooks, first: 0, count: subquantizers)
    guard books.count == subquantizers else { throw .malformedSection(.indexCodebooks) }
    unsafe bundle.kernels.pointee.build_lookup(
      grouped.unsafeStart, books.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), subquantizers,
      tables.unsafeStart)
    var minimum: Int32 = 0
    unsafe bundle.kernels.pointee.quantize_lookup(
      tables.unsafeStart, subquantizers, lookup.unsafeStart, &minimum, &shift)
    shift += bundle.index.codeShift
  }

  /// Asks the processor for the codes of a list.
  func fetch(_ list: ListRecord) throws(BundleError) {
    let count = Self.blockCount(list)
    guard count > 0 else { return }
    let run = try bundle.run(.indexCodes, first: Int(list.firstBlock), count: count)
    unsafe almanac_prefetch(run.bytes.unsafeStart, min(run.bytes.count, 1 << 14))
  }

  /// Scans a list whose centroid has the product `near` with the query; `greatest` is the greatest such product.
  mutating func scan(
    _ list: ListRecord, near: Int32, greatest: Int32, into pool: inout CandidatePool
  ) throws(BundleError) {
    let offset = IndexParameters.listOffset(near: near, greatest: greatest, shift: shift)
    let size = IndexParameters.blockSize
    let total = Self.blockCount(list)
    var done = 0
    while done < total {
      if filled == Self.capacity { collect(into: &pool) }
      let wanted = min(total - done, (Self.capacity - filled) / size)
      let first = Int(list.firstBlock) + done
      let run = try bundle.run(.indexCodes, first: first, count: wanted)
      unsafe bundle.kernels.pointee.scan_blocks(
        run.bytes.unsafeStart.assumingMemoryBound(to: UInt8.self), run.count, bundle.index.blockBytes,
        lookup.unsafeStart, subquantizers, values.unsafeStart + filled)
      unsafe bundle.kernels.pointee.raise(values.unsafeStart + filled, run.count * size, offset)
      for block in 0..<run.count { blocks[filled / size + block] = UInt32(truncatingIfNeeded: first + block) }
      filled += run.count * size
      done += run.count
      // Places beyond the list's end are never among the best: a value of zero is below all others.
      if done == total {
        for place in (filled - (total * size - Int(list.rowCount)))..<filled { values[place] = 0 }
      }
    }
  }

  /// Brings the best places of what has been scanned into the pool, as product and place.
  mutating func finish(into pool: inout CandidatePool) { collect(into: &pool) }

  /// The four bytes that hold the row at a place.
  func rowWord(_ place: UInt32) throws(BundleError) -> Bytes {
    let block = try bundle.element(.indexCodes, Int(place) / IndexParameters.blockSize)
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
    let threshold = max(1, unsafe bundle.kernels.pointee.threshold(values.unsafeStart, filled, depth))
    let found = unsafe bundle.kernels.pointee.select_above(
      values.unsafeStart, filled, threshold, positions.unsafeStart)
    for index in 0..<found {
      let position = Int(positions[index])
      let place = blocks[position / size] &* UInt32(size) &+ UInt32(position % size)
      pool.add(product: Int32(values[position]), row: place)
    }
    filled = 0
  }
}
