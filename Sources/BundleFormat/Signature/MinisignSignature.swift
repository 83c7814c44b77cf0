/// A signature in the form of minisign (jedisct1/minisign): four lines of text.
///
///     untrusted comment: anything
///     base64 of: algorithm (2 bytes), key identifier (8), Ed25519 signature (64)
///     trusted comment: text that is signed too
///     base64 of: Ed25519 signature (64) of the signature above and the trusted comment
///
/// Nothing but the untrusted comment can be changed without making it invalid: base64 has one spelling, and no fifth line may
/// follow.
public struct MinisignSignature: Sendable {
  /// What was signed.
  public enum Algorithm: UInt8, Sendable {
    /// The message itself ("Ed", of minisign before 0.10 or with `-l`).
    case direct
    /// Its BLAKE2b-512 digest ("ED").
    case prehashed
  }

  // Algorithm, identifier, signature.
  private static let encodedSize = 74

  /// What was signed.
  public let algorithm: Algorithm
  /// The key that made it, as it says itself.
  public let keyIdentifier: UInt64
  /// The comment that is signed too: UTF-8 without control characters but tabs, if it comes from minisign.
  public let trustedComment: [UInt8]
  private let signature: [UInt8]
  private let globalSignature: [UInt8]

  /// Reads the text of a signature; `nil` if it is none. Nothing is checked against a key yet. Linear in the text.
  public init?(_ text: Bytes) {
    guard text.count <= Footer.maximumSignature else { return nil }
    var lines = TextLines(text)
    guard let untrusted = lines.next(), untrusted.after("untrusted comment: ") != nil,
      let encoded = lines.next()?.base64(Self.encodedSize),
      let comment = lines.next()?.after("trusted comment: "), Self.isPrintable(comment),
      let globalSignature = lines.next()?.base64(Ed25519.signatureSize), lines.next() == nil
    else { return nil }
    let parts = encoded.withBytes { encoded -> (Algorithm, UInt64, [UInt8])? in
      guard let algorithm = Self.algorithm(encoded), let identifier: UInt64 = encoded.integer(at: 2),
        let signature = encoded.slice(10, Ed25519.signatureSize)
      else { return nil }
      return (algorithm, identifier, signature.copied)
    }
    guard let parts else { return nil }
    (algorithm, keyIdentifier, signature) = parts
    trustedComment = comment.copied
    self.globalSignature = globalSignature
  }

  /// Whether `key` signed `message`, and the trusted comment with it. About 0.2 ms.
  public func isValid(for message: Bytes, by key: PublicKey) -> Bool {
    guard keyIdentifier == key.identifier else { return false }
    return key.bytes.withBytes { key in
      let isMessageSigned = signature.withBytes { signature in
        switch algorithm {
        case .direct: Ed25519.isValid(signature, of: message, by: key)
        case .prehashed:
          Ed25519.prehash(message).withBytes { Ed25519.isValid(signature, of: $0, by: key) }
        }
      }
      guard isMessageSigned else { return false }
      return globalSignature.withBytes { global in
        (signature + trustedComment).withBytes { Ed25519.isValid(global, of: $0, by: key) }
      }
    }
  }

  private static func algorithm(_ encoded: Bytes) -> Algorithm? {
    if encoded.after("Ed") != nil { return .direct }
    return encoded.after("ED") != nil ? .prehashed : nil
  }

  private static func isPrintable(_ comment: Bytes) -> Bool {
    for index in 0..<comment.count where comment[index] < 0x20 && comment[index] != 0x09 || comment[index] == 0x7F {
      return false
    }
    return true
  }
}
