import BundleFormat
import CSodium

/// How much work and memory it takes to try one passphrase of a secret key: the limits of libsodium's scrypt.
public struct KeyDerivation: Equatable, Sendable {
  /// The limit of operations.
  public var operations: UInt64
  /// The limit of memory in bytes.
  public var memory: UInt64

  public init(operations: UInt64, memory: UInt64) {
    self.operations = operations
    self.memory = memory
  }

  /// What minisign takes for keys that are to last: 1 GiB, a few seconds.
  public static var lasting: KeyDerivation {
    KeyDerivation(
      operations: UInt64(crypto_pwhash_scryptsalsa208sha256_opslimit_sensitive()),
      memory: UInt64(crypto_pwhash_scryptsalsa208sha256_memlimit_sensitive()))
  }

  /// Whether no more is asked for than for a lasting key: a key file from elsewhere must not fill the memory.
  var isAcceptable: Bool { operations <= Self.lasting.operations && memory <= Self.lasting.memory }

  /// `count` bytes from a passphrase and a salt of 32 bytes; `nil` if there is not enough memory.
  func stream(_ count: Int, passphrase: SecretBytes, salt: [UInt8]) -> SecretBytes? {
    guard salt.count == Int(crypto_pwhash_scryptsalsa208sha256_SALTBYTES) else { return nil }
    let stream = SecretBytes(count: count)
    let result = unsafe crypto_pwhash_scryptsalsa208sha256(
      stream.start, UInt64(count), UnsafeRawPointer(passphrase.start).assumingMemoryBound(to: CChar.self),
      UInt64(passphrase.count), salt, operations, Int(memory))
    return result == 0 ? stream : nil
  }
}
