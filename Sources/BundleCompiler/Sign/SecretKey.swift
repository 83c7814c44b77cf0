import BundleFormat
import CSodium

extension PublicKey {
  /// The key as base64, as minisign -P takes it.
  public var base64: String { MinisignText.base64(encoded) }

  /// The text of its file.
  public var text: String { "untrusted comment: minisign public key \(PublicKey.name(identifier))\n\(base64)\n" }
}

/// A minisign secret key: makes signatures of bundles' descriptors.
public struct SecretKey {
  // The layout of minisign: signature, derivation and checksum algorithm, salt, limits, then what a passphrase encrypts:
  // identifier, Ed25519 key (seed and public key), checksum.
  private static let encodedSize = 158
  private static let saltOffset = 6
  private static let secretOffset = 54
  private static let secretSize = 104
  private static let keyOffset = 8
  private static let keySize = 64
  private static let checksumOffset = 72

  private let secret: SecretBytes

  /// The public key that belongs to it.
  public let publicKey: PublicKey

  /// Makes a new key from the system's random numbers.
  public init() throws {
    let secret = SecretBytes(count: Self.secretSize)
    unsafe randombytes_buf(secret.start, 8)
    var key = [UInt8](repeating: 0, count: 32)
    _ = unsafe crypto_sign_ed25519_keypair(&key, secret.start + Self.keyOffset)
    let checksum = Self.checksum(secret.bytes)
    for (index, byte) in checksum.enumerated() { unsafe secret.start[Self.checksumOffset + index] = byte }
    try self.init(secret, file: "the new key")
  }

  /// Reads the text of a secret key file.
  ///
  /// - Parameters:
  ///   - file: Its path, for errors.
  ///   - passphrase: Called if the key is encrypted.
  /// - Throws: `InputError` if it is no secret key or the passphrase is not its own; what `passphrase` throws.
  public init(_ text: [UInt8], file: String, passphrase: () throws -> [UInt8]) throws {
    let encoded = try text.withBytes { try Self.decoded($0, file: file) }
    let secret = encoded.withBytes { SecretBytes(copying: $0.slice(Self.secretOffset, Self.secretSize)!) }
    let isEncrypted = Array(encoded[2..<4]) == Array("Sc".utf8)
    if isEncrypted {
      let derivation = encoded.withBytes {
        KeyDerivation(operations: $0.integer(at: 38) ?? 0, memory: $0.integer(at: 46) ?? 0)
      }
      guard derivation.isAcceptable else {
        throw InputError(
          file: file, problem: "the key asks for more work than minisign ever does", remedy: "make a new key")
      }
      let stream = derivation.stream(
        Self.secretSize, passphrase: Self.secret(try passphrase()), salt: Array(encoded[Self.saltOffset..<38]))
      guard let stream else {
        throw InputError(
          file: file, problem: "there is not enough memory to decrypt the key, \(derivation.memory) bytes",
          remedy: "free some, or use a machine with more")
      }
      secret.combine(stream)
    }
    guard Self.isWhole(secret.bytes, isEncrypted: isEncrypted) else {
      throw InputError(
        file: file, problem: isEncrypted ? "the passphrase is wrong" : "the key is damaged",
        remedy: isEncrypted ? "try again" : "take it from a backup")
    }
    try self.init(secret, file: file)
  }

  private init(_ secret: SecretBytes, file: String) throws {
    guard let identifier: UInt64 = secret.bytes.integer(at: 0),
      let key = secret.bytes.slice(Self.keyOffset + 32, 32),
      let publicKey = PublicKey(identifier: identifier, bytes: key.copied)
    else { throw InputError(file: file, problem: "the key is too short", remedy: "take it from a backup") }
    self.secret = secret
    self.publicKey = publicKey
  }

  /// The text of a secret key file, encrypted if there is a passphrase.
  ///
  /// - Throws: `WriteError` if there is not enough memory for the derivation.
  public func text(passphrase: [UInt8]?, derivation: KeyDerivation = .lasting) throws -> String {
    var encoded: [UInt8] = Array("Ed".utf8) + (passphrase == nil ? [0, 0] : Array("Sc".utf8)) + Array("B2".utf8)
    let stored = SecretBytes(copying: secret.bytes)
    if let passphrase {
      var salt = [UInt8](repeating: 0, count: 32)
      unsafe randombytes_buf(&salt, salt.count)
      guard let stream = derivation.stream(Self.secretSize, passphrase: Self.secret(passphrase), salt: salt) else {
        throw WriteError("cannot encrypt the key: it takes \(derivation.memory) bytes of memory; free some, or give -W")
      }
      stored.combine(stream)
      encoded += salt
      encoded.append(littleEndian: derivation.operations)
      encoded.append(littleEndian: derivation.memory)
    } else {
      encoded.pad(to: Self.secretOffset)
    }
    encoded += stored.bytes.copied
    let comment = passphrase == nil ? "minisign secret key" : "minisign encrypted secret key"
    return "untrusted comment: \(comment)\n\(MinisignText.base64(encoded))\n"
  }

  /// The text of a signature of `message`, prehashed, with a trusted comment. The same every time.
  public func signature(of message: [UInt8], trustedComment: String) -> String {
    let signature = signed(MinisignText.prehash(message))
    var encoded: [UInt8] = Array("ED".utf8)
    encoded.append(littleEndian: publicKey.identifier)
    return """
      untrusted comment: signature from minisign secret key
      \(MinisignText.base64(encoded + signature))
      trusted comment: \(trustedComment)
      \(MinisignText.base64(signed(signature + Array(trustedComment.utf8))))

      """
  }

  private func signed(_ message: [UInt8]) -> [UInt8] {
    var signature = [UInt8](repeating: 0, count: Int(crypto_sign_ed25519_BYTES))
    _ = unsafe crypto_sign_ed25519_detached(
      &signature, nil, message, UInt64(message.count), secret.start + Self.keyOffset)
    return signature
  }

  private static func decoded(_ text: Bytes, file: String) throws -> [UInt8] {
    guard text.count <= PublicKey.maximumText, let encoded = MinisignText.secondLine(text, size: encodedSize),
      encoded.starts(with: "Ed".utf8), Array(encoded[4..<6]) == Array("B2".utf8),
      Array(encoded[2..<4]) == Array("Sc".utf8) || Array(encoded[2..<4]) == [0, 0]
    else {
      throw InputError(
        file: file, problem: "this is no minisign secret key", remedy: "name the .key file that almanac keygen made")
    }
    return encoded
  }

  // minisign leaves the checksum of a key that is not encrypted zero; that its halves belong together says as much.
  private static func isWhole(_ secret: Bytes, isEncrypted: Bool) -> Bool {
    guard let stored = secret.slice(checksumOffset, 32)?.copied else { return false }
    guard stored == checksum(secret) || (!isEncrypted && stored.allSatisfy { $0 == 0 }) else { return false }
    let derived = SecretBytes(count: keySize)
    var publicKey = [UInt8](repeating: 0, count: 32)
    guard let key = secret.slice(keyOffset, keySize),
      unsafe crypto_sign_ed25519_seed_keypair(
        &publicKey, derived.start, key.unsafeStart.assumingMemoryBound(to: UInt8.self)) == 0
    else { return false }
    return derived.bytes.equals(key)
  }

  // Of the algorithm, the identifier and the key.
  private static func checksum(_ secret: Bytes) -> [UInt8] {
    let input = SecretBytes(count: 2 + checksumOffset)
    for (index, byte) in "Ed".utf8.enumerated() { unsafe input.start[index] = byte }
    for index in 0..<checksumOffset { unsafe input.start[2 + index] = secret[index] }
    var digest = [UInt8](repeating: 0, count: 32)
    _ = unsafe crypto_generichash(&digest, digest.count, input.start, UInt64(input.count), nil, 0)
    return digest
  }

  private static func secret(_ bytes: [UInt8]) -> SecretBytes { bytes.withBytes { SecretBytes(copying: $0) } }
}
