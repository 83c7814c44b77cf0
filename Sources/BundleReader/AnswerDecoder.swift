import BundleFormat
import CZstd

/// Decompresses answers. Owns a decompression context, the prepared dictionary and the bytes of the last answer.
struct AnswerDecoder: ~Copyable {
  /// The longest answer in bytes; the compiler refuses longer ones.
  static let maximumAnswer = 1 << 20

  private let zstd: ZstdMemory
  private var output = FixedBuffer<UInt8>(capacity: 16_384)
  private var length = 0

  /// Prepares for the answers of `bundle`. About 150 KB of memory.
  init(_ bundle: Bundle) { zstd = ZstdMemory(dictionary: bundle.dictionary) }

  /// The last answer; valid until the next is decoded.
  var answer: Bytes { output.bytes(length) }

  /// Forgets the last answer.
  mutating func clear() { length = 0 }

  /// Decodes the answer of an entry. The frame's own checksum is verified.
  ///
  /// - Throws: `damagedAnswer` if the frame is not exactly the answer its record states; `damagedChunk`.
  mutating func decode(_ record: EntryRecord, of entry: UInt32, in bundle: Bundle) throws(BundleError) {
    let expected = Int(record.answerLength)
    // A hit without an answer would be no answer.
    guard expected > 0, expected <= Self.maximumAnswer else { throw .damagedAnswer(entry: entry) }
    let frame = try bundle.blob(.answerFrames, address: record.answerAddress, length: Int(record.frameLength))
    if expected > output.capacity { output = FixedBuffer(capacity: expected) }
    length = 0
    let stated = unsafe ZSTD_getFrameContentSize(frame.unsafeStart, frame.count)
    // Exactly one frame of RFC 8878 (a library may know older ones), and one with a checksum: bit 2 after the magic number.
    guard frame.integer(at: 0, as: UInt32.self) == 0xFD2F_B528, frame[4] & 4 != 0,
      unsafe ZSTD_findFrameCompressedSize(frame.unsafeStart, frame.count) == frame.count
    else {
      throw .damagedAnswer(entry: entry)
    }
    guard stated == UInt64(expected), let context = unsafe zstd.context else { throw .damagedAnswer(entry: entry) }
    let written = unsafe ZSTD_decompress_usingDDict(
      context, output.unsafeStart, output.capacity, frame.unsafeStart, frame.count, zstd.dictionary)
    guard ZSTD_isError(written) == 0, written == expected else { throw .damagedAnswer(entry: entry) }
    length = expected
  }
}

extension Bundle {
  /// A copy of an entry's answer, for tools; a session answers without copies.
  ///
  /// - Throws: `damagedAnswer`, `damagedChunk` or `malformedSection`.
  public func answer(of entry: UInt32) throws(BundleError) -> [UInt8] {
    var decoder = AnswerDecoder(self)
    try decoder.decode(try self.entry(entry), of: entry, in: self)
    return decoder.answer.copied
  }
}

/// What zstd allocates. A class, since Embedded Swift cannot destroy a noncopyable value whose `deinit` is in another module.
private final class ZstdMemory {
  let context: OpaquePointer?
  let dictionary: OpaquePointer?

  init(dictionary bytes: [UInt8]) {
    unsafe context = ZSTD_createDCtx()
    unsafe dictionary =
      bytes.isEmpty ? nil : bytes.withUnsafeBytes { unsafe ZSTD_createDDict($0.baseAddress, $0.count) }
  }

  deinit {
    unsafe ZSTD_freeDCtx(context)
    unsafe ZSTD_freeDDict(dictionary)
  }
}
