import BundleFormat
import CKernels

/// The kernels of one instruction set, for what a compile holds: rows of matrices, arrays, and blocks of codes.
///
/// This is the one door through which the compiler hands memory to kernels, which test nothing: each call here checks the
/// extents that its kernel reads and writes, and stops the program if they are not there. Threads may share a value.
struct Kernels: @unchecked Sendable {
  /// The table itself, for the reader's own types.
  let unsafeTable: UnsafePointer<almanac_kernels>

  /// The kernels of `level`; `nil` if this machine lacks them.
  init?(_ level: almanac_kernel_level = ALMANAC_KERNELS_AUTO) {
    guard let table = almanac_kernels_choose(level) else { return nil }
    unsafeTable = table
  }

  /// The inner product of two rows of equal length.
  func dot(_ first: VectorRow, _ second: VectorRow) -> Int32 {
    precondition(first.count == second.count)
    return first.withUnsafeStart { first, count in
      second.withUnsafeStart { second, _ in unsafeTable.pointee.dot(first, second, count) }
    }
  }

  /// The inner product of a row with itself.
  func squaredNorm(_ row: VectorRow) -> Int32 {
    row.withUnsafeStart { start, count in unsafeTable.pointee.dot(start, start, count) }
  }

  /// The cosine of two rows in units of 1/65,536; see `Cosine.units`.
  func cosine(_ first: VectorRow, _ second: VectorRow) -> Int64 {
    Cosine.units(product: dot(first, second), norms: squaredNorm(first), squaredNorm(second))
  }

  /// The inner products of `query` with the rows `range` of `matrix`, put into `products` from `place` on.
  func dot(
    _ query: VectorRow, _ matrix: VectorMatrix, _ range: Range<Int>, into products: inout [Int32], at place: Int = 0
  ) {
    precondition(query.count == matrix.stride && place >= 0 && range.count <= products.count - place)
    guard !range.isEmpty else { return }
    query.withUnsafeStart { query, _ in
      matrix.withUnsafeStart(of: range) { rows in
        products.withUnsafeMutableBufferPointer { products in
          unsafeTable.pointee.dot_rows(query, rows, matrix.stride, range.count, products.baseAddress! + place)
        }
      }
    }
  }

  /// The inner products of `query` with all rows of `matrix`, put into the first places of `products`.
  func dot(_ query: VectorRow, _ matrix: VectorMatrix, into products: inout [Int32]) {
    dot(query, matrix, 0..<matrix.count, into: &products)
  }

  /// Adds `scale` times a row to `sum`, component by component.
  func pool(_ row: VectorRow, scale: UInt32, into sum: inout [Int32]) {
    precondition(row.count <= sum.count)
    row.withUnsafeStart { row, count in unsafeTable.pointee.pool_row(&sum, row, scale, count) }
  }

  /// Scales `sum` to the int8 range and puts it into a row.
  func quantize(_ sum: [Int32], into row: VectorRow) {
    precondition(row.count <= sum.count)
    row.withUnsafeStart { row, count in unsafeTable.pointee.quantize(sum, count, row) }
  }

  /// The look-up tables of a query in the order of the sub-vectors: the inner products of each of its sub-vectors with the 16
  /// centroids of its sub-quantiser.
  func lookupTables(_ query: [Int8], codebooks: [Int8], subquantizers: Int) -> [Int32] {
    let width = subquantizers * IndexParameters.codebookSize
    precondition(query.count >= subquantizers * IndexParameters.subvectorSize)
    precondition(codebooks.count >= width * IndexParameters.subvectorSize)
    var tables = [Int32](repeating: 0, count: width)
    unsafeTable.pointee.build_lookup(query, codebooks, subquantizers, &tables)
    return tables
  }

  /// The same tables in bytes, with the sum of their minima and the binary logarithm of their common scale.
  func quantizedLookup(_ tables: [Int32], subquantizers: Int) -> (bytes: [UInt8], minimum: Int32, shift: UInt32) {
    let width = subquantizers * IndexParameters.codebookSize
    precondition(tables.count >= width && subquantizers <= Int(ALMANAC_MAX_SUBQUANTIZERS))
    var bytes = [UInt8](repeating: 0, count: width)
    var minimum: Int32 = 0
    var shift: UInt32 = 0
    unsafeTable.pointee.quantize_lookup(tables, subquantizers, &bytes, &minimum, &shift)
    return (bytes, minimum, shift)
  }

  /// The sums of looked-up bytes for each place of `blockCount` blocks of `blockBytes` each, which lie in `codes` from
  /// `offset` on.
  func scan(
    _ codes: WorkingMemory, at offset: Int, blockCount: Int, blockBytes: Int, lookup: [UInt8], subquantizers: Int
  ) -> [UInt16] {
    let width = subquantizers * IndexParameters.codebookSize
    precondition(lookup.count >= width && width <= blockBytes && subquantizers <= Int(ALMANAC_MAX_SUBQUANTIZERS))
    var sums = [UInt16](repeating: 0, count: blockCount * IndexParameters.blockSize)
    codes.withUnsafeBytes(offset, blockCount * blockBytes) { codes in
      unsafeTable.pointee.scan_blocks(codes, blockCount, blockBytes, lookup, subquantizers, &sums)
    }
    return sums
  }

  /// Lays out the codes of one block for `scan`, from one code to a byte, into the first bytes of `block`.
  func pack(_ codes: [UInt8], subquantizers: Int, into block: inout [UInt8]) {
    precondition(codes.count >= IndexParameters.blockSize * subquantizers)
    precondition(block.count >= IndexParameters.codebookSize * subquantizers)
    unsafeTable.pointee.pack_block(codes, subquantizers, &block)
  }

  /// Adds `offset` to the first `count` of `values`, which stop at 65,535.
  func raise(_ values: inout [UInt16], count: Int, by offset: UInt16) {
    precondition(count >= 0 && count <= values.count)
    _ = unsafeTable.pointee.raise(&values, count, offset)
  }

  /// `values` shifted right by `shift` (at most 31), as 16-bit numbers in the same order.
  func narrow(_ values: [Int32], shift: UInt32) -> [UInt16] {
    precondition(shift < 32)
    var narrowed = [UInt16](repeating: 0, count: values.count)
    unsafeTable.pointee.narrow(values, values.count, shift, &narrowed)
    return narrowed
  }

  /// The greatest value that at least `wanted` of `values` reach; 0 if there are fewer.
  func threshold(_ values: [UInt16], wanted: Int) -> UInt16 {
    precondition(wanted >= 0)
    return unsafeTable.pointee.threshold(values, values.count, wanted)
  }
}
