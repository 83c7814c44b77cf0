import BundleFormat

/// What a bundle must show before anything in it is used: whose it is, and that it is not an old one.
public struct OpenRequirements: Sendable {
  /// Whose signature the bundle must carry; `nil` for anybody's or none.
  public var publicKey: PublicKey?
  /// The least version of the content that is accepted.
  public var leastVersion: UInt64

  public init(publicKey: PublicKey? = nil, leastVersion: UInt64 = 0) {
    self.publicKey = publicKey
    self.leastVersion = leastVersion
  }

  /// Checks a bundle's footer. The signature is checked before the version, which is worth nothing without one.
  ///
  /// - Throws: `unsigned`, `malformedSignature`, `foreignSignature`, `wrongSignature` or `oldVersion`. About 0.2 ms with a key.
  public func check(_ footer: Footer) throws(BundleError) {
    if let publicKey {
      guard !footer.signature.isEmpty else { throw .unsigned }
      guard let signature = footer.signature.withBytes({ MinisignSignature($0) }) else { throw .malformedSignature }
      guard signature.keyIdentifier == publicKey.identifier else {
        throw .foreignSignature(key: signature.keyIdentifier)
      }
      guard footer.descriptor.withBytes({ signature.isValid(for: $0, by: publicKey) }) else { throw .wrongSignature }
    }
    try checkVersion(footer)
  }

  /// Checks the version of a bundle whose signature has been checked.
  ///
  /// - Throws: `oldVersion`.
  public func checkVersion(_ footer: Footer) throws(BundleError) {
    guard footer.bundleVersion >= leastVersion else {
      throw .oldVersion(found: footer.bundleVersion, least: leastVersion)
    }
  }

  /// What is required of a bundle that takes over from one of `version`. Where a key or a least version is required at all, no
  /// bundle takes over from a newer one; the same version may come again.
  public func following(version: UInt64) -> OpenRequirements {
    guard publicKey != nil || leastVersion > 0 else { return self }
    return OpenRequirements(publicKey: publicKey, leastVersion: max(leastVersion, version))
  }

  /// What is required of the base of a layer. Its version does not count: the layer, whose version does, names it by its root.
  public var ofBase: OpenRequirements { OpenRequirements(publicKey: publicKey) }
}
