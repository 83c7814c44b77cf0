import BundleFormat
import CKernels

/// Encodes stored wordings and compares them with a query's vector, all at once.
struct WordingFit: ~Copyable {
  private let stride: Int
  private var count = 0
  private var rows = FixedBuffer<UInt>(capacity: EncoderParameters.maximumPieces)
  private var scales = FixedBuffer<UInt16>(capacity: EncoderParameters.maximumPieces)
  private var sums: FixedBuffer<Int32>
  private var vectors: FixedBuffer<Int8>
  private var addresses = FixedBuffer<UInt>(capacity: Judge.mostEncoded)
  private var products = FixedBuffer<Int32>(capacity: Judge.mostEncoded)
  private var norms = FixedBuffer<Int32>(capacity: Judge.mostEncoded)
  private var similarities = FixedBuffer<Int64>(capacity: Judge.mostEncoded)

  /// Working memory for vectors of `stride` components.
  init(stride: Int) {
    self.stride = stride
    sums = FixedBuffer(capacity: stride)
    vectors = FixedBuffer(capacity: Judge.mostEncoded * stride)
    for index in 0..<Judge.mostEncoded {
      addresses[index] = unsafe UInt(bitPattern: vectors.unsafeStart + index * stride)
    }
  }

  /// Forgets all wordings.
  mutating func clear() { count = 0 }

  /// Encodes a wording. At most `Judge.mostEncoded`; what exceeds that is dropped.
  mutating func add<Source: JudgeSource>(
    _ text: QuestionPieces, _ pieces: inout DistinctPieces, _ source: Source,
    _ kernels: UnsafePointer<almanac_kernels>
  ) throws(BundleError) {
    guard count < Judge.mostEncoded, text.count <= rows.capacity else { return }
    for index in 0..<text.count {
      let number = try pieces.number(of: text[index], source)
      rows[index] = pieces.row(number)
      scales[index] = pieces.scale(number)
    }
    unsafe kernels.pointee.encode_rows(
      rows.unsafeRows, scales.unsafeStart, text.count, stride, sums.unsafeStart, vectors.unsafeStart + count * stride)
    count += 1
  }

  /// Computes the cosine of each wording with a vector of this squared norm.
  mutating func compare(
    with vector: borrowing FixedBuffer<Int8>, norm: Int32, _ kernels: UnsafePointer<almanac_kernels>
  ) {
    unsafe kernels.pointee.dot_gather(
      vector.unsafeStart, addresses.unsafeRows, stride, count, products.unsafeStart, norms.unsafeStart)
    for index in 0..<count {
      similarities[index] = Cosine.units(product: products[index], norms: norm, norms[index])
    }
  }

  /// The cosine of the wording that was added at `index`, in units of 1/65,536.
  func similarity(_ index: Int) -> Int64 { similarities[index] }
}

extension FixedBuffer where Element == UInt {
  /// The addresses in the buffer as those of int8 rows, for handing to a kernel.
  var unsafeRows: UnsafePointer<UnsafePointer<Int8>> {
    unsafe UnsafeRawPointer(unsafeStart).assumingMemoryBound(to: UnsafePointer<Int8>.self)
  }
}
