import CSodium

/// Ed25519 (RFC 8032), and the hash that minisign puts before it, as libsodium does them.
///
/// `sodium_init` is not called: both are plain C and need no randomness. Signatures and keys with points of small order or
/// numbers that are not reduced are refused, so that a signature has one spelling.
enum Ed25519 {
  /// The size of a public key in bytes.
  static let keySize = 32
  /// The size of a signature in bytes.
  static let signatureSize = 64
  /// The size of a digest of `prehash` in bytes.
  static let digestSize = 64

  /// Whether `signature` is one of `message` by `key`. Wrong sizes are not. About 0.1 ms and 2 ns for each byte.
  static func isValid(_ signature: Bytes, of message: Bytes, by key: Bytes) -> Bool {
    guard signature.count == signatureSize, key.count == keySize else { return false }
    return unsafe crypto_sign_ed25519_verify_detached(
      address(signature), address(message), UInt64(message.count), address(key)) == 0
  }

  /// The BLAKE2b-512 digest of `message`, which minisign signs in its stead.
  static func prehash(_ message: Bytes) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: digestSize)
    _ = unsafe crypto_generichash_blake2b(&digest, digestSize, address(message), UInt64(message.count), nil, 0)
    return digest
  }

  private static func address(_ bytes: Bytes) -> UnsafePointer<UInt8> {
    unsafe bytes.unsafeStart.assumingMemoryBound(to: UInt8.self)
  }
}
