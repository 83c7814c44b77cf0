import BundleFormat
import CKernels

/// Turns a normal form into a vector: the sum of its pieces' rows, scaled to int8. Owns its working memory.
struct QueryEncoder: ~Copyable {
  private let bundle: Bundle
  private var tokenizer = Tokenizer()
  private var sum: FixedBuffer<Int32>
  private var rows = FixedBuffer<UInt>(capacity: EncoderParameters.maximumPieces)
  private var scales = FixedBuffer<UInt16>(capacity: EncoderParameters.maximumPieces)

  /// The vector of the last query: `stride` components.
  private(set) var vector: FixedBuffer<Int8>
  /// The number of known pieces in the last query.
  private(set) var pieceCount = 0

  init(_ bundle: Bundle) {
    self.bundle = bundle
    sum = FixedBuffer(capacity: bundle.encoder.stride)
    vector = FixedBuffer(capacity: bundle.encoder.stride)
  }

  /// Encodes `normalForm` into `vector`. False if the bundle knows no piece of it, or all cancel out.
  ///
  /// - Throws: `malformedSection` or `damagedChunk`. About 0.2 µs a word once the chunks are checked.
  mutating func encode(_ normalForm: Bytes) throws(BundleError) -> Bool {
    let stride = bundle.encoder.stride
    var lookup = BundlePieces(bundle: bundle)
    pieceCount = min(try tokenizer.tokenize(normalForm, with: &lookup), rows.capacity)
    for index in 0..<pieceCount {
      let piece = Int(tokenizer.piece(index))
      guard let record = PieceRecord(try bundle.element(.encoderPieceRecords, piece)) else {
        throw .malformedSection(.encoderPieceRecords)
      }
      rows[index] = unsafe UInt(bitPattern: try bundle.element(.encoderRows, piece).unsafeStart)
      scales[index] = record.scale
    }
    unsafe bundle.kernels.pointee.encode_rows(
      rows.unsafeRows, scales.unsafeStart, pieceCount, stride, sum.unsafeStart, vector.unsafeStart)
    for index in 0..<stride where vector[index] != 0 { return true }
    return false
  }

  /// Takes a vector that the caller has. It must have the bundle's number of components. False if all are zero.
  mutating func take(_ given: Bytes) -> Bool {
    pieceCount = 0
    for index in 0..<vector.capacity {
      let component = index < given.count ? Int8(bitPattern: given[index]) : 0
      vector[index] = max(component, -127)
    }
    for index in 0..<vector.capacity where vector[index] != 0 { return true }
    return false
  }

  /// The piece at `index` of the last query.
  func piece(_ index: Int) -> UInt32 { tokenizer.piece(index) }

  /// The pieces of the last query, four bytes each.
  var run: Bytes { tokenizer.run }
}
