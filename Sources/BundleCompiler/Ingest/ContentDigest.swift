import BundleFormat
import CSodium

/// BLAKE2b-256 over a file's bytes, fed piece by piece while the file is read.
final class ContentDigest {
  // The state's type is over-aligned, so Swift only sees a pointer to it.
  private let memory: UnsafeMutableRawPointer
  private var state: OpaquePointer { unsafe OpaquePointer(memory) }
  private var finished: String?

  init() {
    // Picks the implementation for this processor; repeated calls cost nothing. It can only fail for lack of randomness,
    // which hashing does not use.
    _ = sodium_init()
    unsafe memory = UnsafeMutableRawPointer.allocate(byteCount: crypto_generichash_statebytes(), alignment: 64)
    _ = unsafe crypto_generichash_init(state, nil, 0, 32)
  }

  deinit { unsafe memory.deallocate() }

  /// Adds the next bytes of the file.
  func add(_ bytes: Bytes) {
    precondition(finished == nil)
    _ = unsafe crypto_generichash_update(
      state, bytes.unsafeStart.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count))
  }

  /// The digest of all bytes added, as 64 lower-case hexadecimal digits. Nothing can be added afterwards.
  func hexadecimal() -> String {
    if let finished { return finished }
    var digest = [UInt8](repeating: 0, count: 32)
    _ = unsafe crypto_generichash_final(state, &digest, 32)
    let digits = Array("0123456789abcdef".utf8)
    let text = String(decoding: digest.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    finished = text
    return text
  }
}

/// A 64-bit checksum of one line, to notice that a file has changed between reading its lines and reading its answers.
///
/// SipHash-2-4 with a fixed key: quick on short lines, and no guard against forgery, which it need not be.
enum LineChecksum {
  static func of(_ bytes: Bytes) -> UInt64 {
    let key = [UInt8](repeating: 0, count: 16)
    var output: UInt64 = 0
    unsafe withUnsafeMutableBytes(of: &output) { out in
      _ = unsafe crypto_shorthash(
        out.baseAddress!.assumingMemoryBound(to: UInt8.self),
        bytes.unsafeStart.assumingMemoryBound(to: UInt8.self), UInt64(bytes.count), key)
    }
    return UInt64(littleEndian: output)
  }
}
