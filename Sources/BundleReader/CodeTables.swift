import BundleFormat
import CKernels

/// What the 4-bit codes of one section stand for in a query: for each sub-quantiser the inner products of the query with its
/// centroids, as bytes of one scale.
struct CodeTables: ~Copyable {
  private let bundle: Bundle
  private let codebooks: SectionName
  private var products: FixedBuffer<Int32>
  private var lookup: FixedBuffer<UInt8>

  /// The sum of the least products, which the bytes leave out.
  private(set) var minimum: Int32 = 0
  /// What bytes are short of inner products by, as a binary logarithm.
  private(set) var shift: UInt32 = 0

  /// Tables for the codes with the centroids in `codebooks`; no room is taken for them if there are none.
  init(_ bundle: Bundle, _ codebooks: SectionName, isUsed: Bool) {
    self.bundle = bundle
    self.codebooks = codebooks
    let size = isUsed ? Int(bundle.index.subquantizers) * IndexParameters.codebookSize : 0
    products = FixedBuffer(capacity: size)
    lookup = FixedBuffer(capacity: size)
  }

  /// Fills the tables for a rotated query in the order of the sub-vectors.
  ///
  /// - Throws: `malformedSection` if there are fewer centroids than sub-quantisers or the query has another length.
  mutating func fill(_ rotated: Bytes) throws(BundleError) {
    let subquantizers = Int(bundle.index.subquantizers)
    let books = try bundle.run(codebooks, first: 0, count: subquantizers)
    guard books.count == subquantizers, rotated.count == bundle.index.rotatedDimensions else {
      throw .malformedSection(codebooks)
    }
    unsafe bundle.kernels.pointee.build_lookup(
      rotated.unsafeStart.assumingMemoryBound(to: Int8.self),
      books.bytes.unsafeStart.assumingMemoryBound(to: Int8.self), subquantizers, products.unsafeStart)
    unsafe bundle.kernels.pointee.quantize_lookup(
      products.unsafeStart, subquantizers, lookup.unsafeStart, &minimum, &shift)
    shift += bundle.index.codeShift
  }

  /// Writes what `blocks` stand for, as sums of bytes of the query's tables; `stride` bytes lie between two of them.
  func scan(
    _ blocks: Bytes, count: Int, stride: Int, into values: UnsafeMutablePointer<UInt16>
  ) {
    unsafe bundle.kernels.pointee.scan_blocks(
      blocks.unsafeStart.assumingMemoryBound(to: UInt8.self), count, stride, lookup.unsafeStart,
      Int(bundle.index.subquantizers), values)
  }
}
