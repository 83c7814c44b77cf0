/// The last 4,096 bytes of a bundle: what it is, how long its parts are, and the root of the hash tree.
public struct Footer: Equatable, Sendable {
  /// The size of the footer in bytes.
  public static let size = 4096
  /// The number of leading bytes that a signature covers.
  public static let descriptorSize = 256
  /// The most bytes a signature may have.
  public static let maximumSignature = 3800
  /// The first eight bytes. The high bit and the line ends catch copies through text conversions, as in PNG.
  public static let magic: UInt64 = 0x0A0D_434E_4D4C_4189
  private static let digestOffset = 4064
  private static let signatureOffset = 260

  /// The minor version of the format.
  public let minor: UInt16
  /// The length of the LMDB part in bytes, a multiple of 4,096.
  public let dataLength: UInt64
  /// The root of the hash tree.
  public let root: Digest
  /// The version of the bundle's content, as the recipe states it.
  public let bundleVersion: UInt64
  /// When the whole bundle ends to be valid, in seconds since 1970; `Int64.max` for never.
  public let expiry: Int64
  /// The bytes that a signature covers: every field but the signature and the footer's digest. Taken from the file as they
  /// are, so that a field of a later minor version is covered too.
  public let descriptor: [UInt8]
  /// A minisign signature of the descriptor, as its text; empty if unsigned.
  public var signature: [UInt8]

  public init(
    minor: UInt16 = BundleVersion.minor, dataLength: UInt64, root: Digest, bundleVersion: UInt64, expiry: Int64,
    signature: [UInt8] = []
  ) {
    self.minor = minor
    self.dataLength = dataLength
    self.root = root
    self.bundleVersion = bundleVersion
    self.expiry = expiry
    self.signature = signature
    descriptor = Self.descriptor(minor, dataLength, root, bundleVersion, expiry)
  }

  /// Reads the footer of a file of `fileLength` bytes from its last 4,096 bytes.
  ///
  /// - Throws: `notABundle`, `footerDamaged`, `unsupportedVersion` or `wrongLength`. Constant time.
  public init(_ bytes: Bytes, fileLength: UInt64) throws(BundleError) {
    guard bytes.count == Self.size, bytes.integer(at: 0, as: UInt64.self) == Self.magic else {
      throw .notABundle
    }
    guard let body = bytes.slice(0, Self.digestOffset), let stored = Digest(bytes, at: Self.digestOffset),
      stored == Digest(of: body, for: .footer)
    else { throw .footerDamaged }
    // A version that changes these few fields would change the magic, so they may be read before the version is known.
    guard let major: UInt16 = bytes.integer(at: 8), major == BundleVersion.major else {
      throw .unsupportedVersion(major: bytes.integer(at: 8) ?? 0)
    }
    guard let minor: UInt16 = bytes.integer(at: 10), let hash: UInt16 = bytes.integer(at: 12), hash == 1,
      bytes[14] == UInt8(VerityGeometry.chunkShift), let dataLength: UInt64 = bytes.integer(at: 16),
      let treeLength: UInt64 = bytes.integer(at: 24), let root = Digest(bytes, at: 32),
      let bundleVersion: UInt64 = bytes.integer(at: 64), let expiry: Int64 = bytes.integer(at: 72),
      let signatureLength: UInt32 = bytes.integer(at: 256), signatureLength <= UInt32(Self.maximumSignature),
      let signature = bytes.slice(Self.signatureOffset, Int(signatureLength)),
      let descriptor = bytes.slice(0, Self.descriptorSize),
      let geometry = VerityGeometry(dataLength: dataLength), Int(bytes[15]) == geometry.levels,
      treeLength == geometry.treeLength
    else { throw .footerDamaged }
    // A geometry exists only for lengths far below the overflow of this sum.
    let expected = dataLength + treeLength + UInt64(Self.size)
    guard expected == fileLength else { throw .wrongLength(expected: expected, found: fileLength) }
    self.minor = minor
    self.dataLength = dataLength
    self.root = root
    self.bundleVersion = bundleVersion
    self.expiry = expiry
    self.signature = signature.copied
    self.descriptor = descriptor.copied
  }

  private static func descriptor(
    _ minor: UInt16, _ dataLength: UInt64, _ root: Digest, _ bundleVersion: UInt64, _ expiry: Int64
  ) -> [UInt8] {
    let geometry = VerityGeometry(dataLength: dataLength)
    var bytes: [UInt8] = []
    bytes.append(littleEndian: magic)
    bytes.append(littleEndian: BundleVersion.major)
    bytes.append(littleEndian: minor)
    bytes.append(littleEndian: UInt16(1))
    bytes.append(UInt8(VerityGeometry.chunkShift))
    bytes.append(UInt8(geometry?.levels ?? 0))
    bytes.append(littleEndian: dataLength)
    bytes.append(littleEndian: geometry?.treeLength ?? 0)
    bytes.append(contentsOf: root.encoded)
    bytes.append(littleEndian: bundleVersion)
    bytes.append(littleEndian: expiry)
    bytes.pad(to: descriptorSize)
    return bytes
  }

  /// The 4,096 bytes of the footer.
  public var encoded: [UInt8] {
    var bytes = descriptor
    bytes.append(littleEndian: UInt32(signature.count))
    bytes.append(contentsOf: signature)
    bytes.pad(to: Self.digestOffset)
    let digest = bytes.withBytes { Digest(of: $0, for: .footer) }
    bytes.append(contentsOf: digest.encoded)
    return bytes
  }
}
