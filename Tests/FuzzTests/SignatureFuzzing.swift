import BundleFormat

@testable import BundleCompiler

/// The texts of signatures and keys, as minisign writes them.
enum SignatureFuzzing {
  private struct NoPassphrase: Error {}

  nonisolated(unsafe) private static let key = Result { try SecretKey() }
  private static let message = Array("a descriptor".utf8)

  static func take(_ input: [UInt8]) {
    input.withBytes { text in
      if let signature = MinisignSignature(text) { check(signature, input) }
      if let key = PublicKey(text) {
        let again = Array(key.text.utf8).withBytes { PublicKey($0) }
        require(again == key, "a public key reads back as it was written")
      }
    }
    // One that is encrypted needs a passphrase, and a gigabyte to try it.
    guard let secret = try? SecretKey(input, file: "key", passphrase: { throw NoPassphrase() }) else { return }
    guard let written = try? secret.text(passphrase: nil),
      let again = try? SecretKey(Array(written.utf8), file: "key", passphrase: { throw NoPassphrase() })
    else {
      require(false, "a secret key can be written and read")
      return
    }
    require(again.publicKey == secret.publicKey, "a secret key reads back as it was written")
    let signed = Array(again.signature(of: message, trustedComment: "t").utf8).withBytes { MinisignSignature($0) }
    require(
      message.withBytes { signed?.isValid(for: $0, by: secret.publicKey) ?? false },
      "what a key signs its public key finds valid")
  }

  private static func check(_ signature: MinisignSignature, _ input: [UInt8]) {
    require(signature.trustedComment.allSatisfy { $0 >= 0x20 || $0 == 0x09 }, "a trusted comment is one line")
    guard let own = try? key.get(),
      let stranger = PublicKey(identifier: signature.keyIdentifier, bytes: Array(own.publicKey.encoded.suffix(32)))
    else { return }
    require(
      !message.withBytes { signature.isValid(for: $0, by: stranger) }, "nobody signs for a key that was made just now")
  }
}
