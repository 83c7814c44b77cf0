import BundleFormat
import CSodium

/// Memory for secrets: kept out of swap files and core dumps where the system allows it, and zeroed when it is given back.
final class SecretBytes {
  let count: Int
  private let memory: UnsafeMutableRawPointer

  /// Zeros.
  init(count: Int) {
    // Without it libsodium does not know the size of a page. It can only fail for lack of randomness, without which nothing may go on.
    precondition(sodium_init() >= 0, "the system gives no random numbers")
    guard let memory = unsafe sodium_malloc(max(count, 1)) else { fatalError("no memory for \(count) bytes") }
    self.count = count
    unsafe self.memory = memory
    unsafe sodium_memzero(memory, count)
  }

  deinit { unsafe sodium_free(memory) }

  /// The secret in `bytes`.
  convenience init(copying bytes: Bytes) {
    self.init(count: bytes.count)
    unsafe memory.copyMemory(from: bytes.unsafeStart, byteCount: bytes.count)
  }

  /// A window on the bytes, valid as long as this object.
  var bytes: Bytes { unsafe Bytes(start: UnsafeRawPointer(memory), count: count) }

  /// The address of the first byte, for handing to C together with `count`.
  var start: UnsafeMutablePointer<UInt8> { unsafe memory.assumingMemoryBound(to: UInt8.self) }

  /// Combines each byte with the one of `stream` at its place by exclusive or. Both have the same size.
  func combine(_ stream: SecretBytes) {
    for index in 0..<min(count, stream.count) { unsafe start[index] ^= stream.bytes[index] }
  }
}
