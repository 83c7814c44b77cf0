import BundleFormat
import CZstd

/// Compresses bytes as what differs from others: a zstd frame with a prefix, as `zstd --patch-from` makes them.
///
/// Long-distance matching finds runs that moved; the frame ends with a checksum of its content.
final class ReferenceCompressor {
  // From level 17 on the whole text goes through the optimal parser, which takes ten times as long for a few percent.
  private static let level: Int32 = 12
  private let context: OpaquePointer
  private var buffer: [UInt8] = []

  /// - Throws: `WriteError` if there is no memory.
  init() throws {
    guard let context = ZSTD_createCCtx() else { throw WriteError("no memory to compress; free some") }
    self.context = context
  }

  deinit { ZSTD_freeCCtx(context) }

  /// The frame of `content` over `reference`, if there is one. Memory: about as much as `content`, and 100 MiB.
  ///
  /// - Throws: `WriteError` if zstd fails, which means there is no memory.
  func compress(_ content: Bytes, reference: Bytes?) throws -> ArraySlice<UInt8> {
    // Matches may reach back over all content so far and the whole reference.
    var window: Int32 = 20
    while window < 29, 1 << Int(window) < content.count + (reference?.count ?? 0) { window += 1 }
    ZSTD_CCtx_reset(context, ZSTD_reset_session_and_parameters)
    for (parameter, value) in [
      (ZSTD_c_compressionLevel, Self.level), (ZSTD_c_windowLog, window), (ZSTD_c_enableLongDistanceMatching, 1),
      (ZSTD_c_checksumFlag, 1), (ZSTD_c_contentSizeFlag, 1),
    ] {
      try check(ZSTD_CCtx_setParameter(context, parameter, value))
    }
    if let reference { try check(unsafe ZSTD_CCtx_refPrefix(context, reference.unsafeStart, reference.count)) }
    let bound = ZSTD_compressBound(content.count)
    if buffer.count < bound { buffer = [UInt8](repeating: 0, count: bound) }
    let size = unsafe ZSTD_compress2(context, &buffer, buffer.count, content.unsafeStart, content.count)
    try check(size)
    return buffer[0..<size]
  }

  private func check(_ code: Int) throws {
    guard ZSTD_isError(code) == 0 else {
      throw WriteError("zstd failed: \(String(cString: ZSTD_getErrorName(code))); free some memory")
    }
  }
}

/// Restores what `ReferenceCompressor` compressed.
final class ReferenceDecompressor {
  private let context: OpaquePointer
  private var buffer: [UInt8] = []

  /// - Throws: `WriteError` if there is no memory.
  init() throws {
    guard let context = ZSTD_createDCtx() else { throw WriteError("no memory to decompress; free some") }
    self.context = context
  }

  deinit { ZSTD_freeDCtx(context) }

  /// The `length` bytes in `frame`; `nil` if it holds anything else. Memory: `length`.
  func decompress(_ frame: Bytes, reference: Bytes?, length: Int) -> ArraySlice<UInt8>? {
    if buffer.count < length { buffer = [UInt8](repeating: 0, count: length) }
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    if let reference {
      guard unsafe ZSTD_isError(ZSTD_DCtx_refPrefix(context, reference.unsafeStart, reference.count)) == 0 else {
        return nil
      }
    }
    let size = unsafe ZSTD_decompressDCtx(context, &buffer, length, frame.unsafeStart, frame.count)
    return ZSTD_isError(size) == 0 && size == length ? buffer[0..<length] : nil
  }
}
