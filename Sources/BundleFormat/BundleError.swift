/// Why a bundle was refused, or why a query on it could not be carried out.
///
/// Every case says what was expected and what was found; `description` adds what to do.
public enum BundleError: Error, Equatable, Sendable {
  /// The operating system refused to open, size or map the file (`errno`).
  case cannotOpen(code: Int32)
  /// The file is shorter than any bundle.
  case tooShort(bytes: UInt64)
  /// The last block of the file is not the footer of a bundle.
  case notABundle
  /// The footer's own digest does not match it.
  case footerDamaged
  /// The bundle has a major version this reader does not know.
  case unsupportedVersion(major: UInt16)
  /// The lengths in the footer do not add up to the length of the file.
  case wrongLength(expected: UInt64, found: UInt64)
  /// A 4 KiB chunk (index counted from the start of the file) does not match the hash tree.
  case damagedChunk(index: UInt64)
  /// The LMDB part breaks a rule of its format on this page.
  case malformedPage(page: UInt64)
  /// A section that every bundle has is not there.
  case missingSection(SectionName)
  /// A section contradicts itself or another one, or a value in it is out of range.
  case malformedSection(SectionName)
  /// An answer's frame could not be decompressed to the length its entry states.
  case damagedAnswer(entry: UInt32)
  /// The bundle has no signature, and one is required.
  case unsigned
  /// What stands in the footer as a signature is none.
  case malformedSignature
  /// The signature was made by another key than the required one; its identifier.
  case foreignSignature(key: UInt64)
  /// The signature is not one of this bundle by the required key.
  case wrongSignature
  /// The version of the bundle's content is lower than the least one that is accepted.
  case oldVersion(found: UInt64, least: UInt64)
  /// The file is a layer, which answers only together with the bundle that has this root.
  case needsBase(root: Digest)
  /// The file was to lie over another bundle as a layer, and is none.
  case notALayer
  /// The layer lies over a bundle with the root `expected`, and was given one with `found`.
  case otherBase(expected: Digest, found: Digest)
}

extension BundleError: CustomStringConvertible {
  /// The error in one sentence: what, where, what to do.
  public var description: String {
    switch self {
    case .cannotOpen(let code): Self.refusal(code)
    case .tooShort(let bytes):
      "the file has \(bytes) bytes, fewer than the smallest bundle; it is truncated or not a bundle"
    case .notABundle:
      "the file does not end in a bundle footer; it is truncated or not a bundle"
    case .footerDamaged:
      "the footer does not match its digest; the file is damaged, fetch it again"
    case .unsupportedVersion(let major):
      "the bundle has format version \(major), this reader knows version \(BundleVersion.major); update the reader"
    case .wrongLength(let expected, let found):
      "the file has \(found) bytes where its footer expects \(expected); it is truncated or was overwritten, fetch it again"
    case .damagedChunk(let index):
      "chunk \(index) does not match the hash tree; the file is damaged, fetch it again"
    case .malformedPage(let page):
      "LMDB page \(page) is malformed; the file was not written by almanac, compile it again"
    case .missingSection(let name):
      "section \(name.text) is missing; the file was not written by almanac, compile it again"
    case .malformedSection(let name):
      "section \(name.text) is malformed; the file was not written by almanac, compile it again"
    case .damagedAnswer(let entry):
      "the answer of entry number \(entry) does not decompress; compile the bundle again"
    case .unsigned:
      "the bundle is not signed; sign it with almanac sign, or fetch the signed one"
    case .malformedSignature:
      "the bundle's signature is not in the form of minisign; sign it again, or fetch the signed one"
    case .foreignSignature(let key):
      "the bundle is signed with key \(PublicKey.name(key)), not with the required one; fetch it from its publisher"
    case .wrongSignature:
      "the signature is not one of this bundle; somebody changed it, fetch it from its publisher"
    case .oldVersion(let found, let least):
      "the bundle has version \(found) where at least \(least) is required; fetch the newest"
    case .needsBase(let root):
      "the file is a layer over the bundle with root \(root.hexadecimal); open that one and give this as its layer"
    case .notALayer:
      "the file is a whole bundle and no layer; open it alone, or compile it with --base"
    case .otherBase(let expected, let found):
      "the layer was compiled for the bundle with root \(expected.hexadecimal), and this one has \(found.hexadecimal); "
        + "give it its own base, or compile it again for this one"
    }
  }

  // The codes of Linux that users meet.
  private static func refusal(_ code: Int32) -> String {
    switch code {
    case 2: "there is no such file; check the path"
    case 12: "there is not enough memory to open the file; free some"
    case 13: "the file may not be read; check its permissions"
    case 21: "this is a folder; name a bundle in it"
    case 22: "this is no regular file; name a bundle"
    default: "the operating system refused the file (errno \(code)); check that it exists and may be read"
    }
  }
}
