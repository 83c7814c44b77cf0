import BundleCompiler
import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A signed bundle is the bundle it was, tells whose it is, and is refused by whoever expects another.
@Suite struct SigningTests {
  private struct Signed {
    let folder: TemporaryFolder
    let plain: String
    let signed: String
    let key: SecretKey
  }

  private static func signed() throws -> Signed {
    let folder = try TemporaryFolder()
    let plain = try SampleBundle.tiny(in: folder)
    let key = try SecretKey()
    let signed = folder.file("signed.almanac")
    let footer = try Bundle.open(plain).footer
    try BundleSigner.attach(
      Array(key.signature(of: footer.descriptor, trustedComment: "tiny").utf8), to: plain,
      descriptor: footer.descriptor,
      output: signed, key: key.publicKey)
    return Signed(folder: folder, plain: plain, signed: signed, key: key)
  }

  private static func refusal(_ path: String, _ requirements: OpenRequirements) -> BundleError? {
    do throws(BundleError) {
      _ = try Bundle.open(path, requirements: requirements)
      return nil
    } catch {
      return error
    }
  }

  @Test func nothingButTheFooterChanges() throws {
    let made = try Self.signed()
    let before = try contents(made.plain)
    let after = try contents(made.signed)
    #expect(before.dropLast(Footer.size) == after.dropLast(Footer.size))
    let descriptor = { (bytes: [UInt8]) in Array(bytes.suffix(Footer.size).prefix(Footer.descriptorSize)) }
    #expect(descriptor(before) == descriptor(after))
    #expect(made.folder.names == ["signed.almanac", "tiny.almanac"], "no temporary file stays")
    let attributes = try FileManager.default.attributesOfItem(atPath: made.signed)
    #expect(attributes[.posixPermissions] as? Int == 0o444)
  }

  @Test func onlyTheRightKeyOpensIt() throws {
    let made = try Self.signed()
    let own = OpenRequirements(publicKey: made.key.publicKey)
    #expect(Self.refusal(made.signed, own) == nil)
    #expect(Self.refusal(made.signed, OpenRequirements()) == nil)
    #expect(Self.refusal(made.plain, own) == .unsigned)
    let other = OpenRequirements(publicKey: try SecretKey().publicKey)
    #expect(Self.refusal(made.signed, other) == .foreignSignature(key: made.key.publicKey.identifier))
    // A key of one's own under the publisher's number.
    let forged = PublicKey(
      identifier: made.key.publicKey.identifier, bytes: Array(try SecretKey().publicKey.encoded.suffix(32)))
    #expect(Self.refusal(made.signed, OpenRequirements(publicKey: forged)) == .wrongSignature)
  }

  @Test func aSignatureFitsNoOtherBundle() throws {
    let made = try Self.signed()
    let other = try Bundle.open(try SampleBundle.sixty(in: made.folder)).footer
    var footer = other
    footer.signature = try Bundle.open(made.signed).footer.signature
    let moved = made.folder.file("moved.almanac")
    let bytes = try contents(made.folder.file("sixty.almanac")).dropLast(Footer.size) + footer.encoded
    try Data(bytes).write(to: URL(fileURLWithPath: moved))
    #expect(Self.refusal(moved, OpenRequirements()) == nil, "a whole bundle, if nobody asks for a signature")
    #expect(Self.refusal(moved, OpenRequirements(publicKey: made.key.publicKey)) == .wrongSignature)
    #expect(throws: WriteError.self) {
      try BundleSigner.attach(
        footer.signature, to: made.folder.file("sixty.almanac"), descriptor: other.descriptor,
        output: made.folder.file("out.almanac"), key: made.key.publicKey)
    }
    #expect(!made.folder.names.contains("out.almanac"))
  }

  @Test func whoeverChangesAFieldUnderTheSignatureIsFound() throws {
    let made = try Self.signed()
    let good = try contents(made.signed)
    let requirements = OpenRequirements(publicKey: made.key.publicKey)
    let path = made.folder.file("changed.almanac")
    try Data(good).write(to: URL(fileURLWithPath: path))
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    for bit in 0..<8 * (Footer.descriptorSize + 4 + 400) {
      var footer = Array(good.suffix(Footer.size))
      footer[bit / 8] ^= 1 << UInt8(bit % 8)
      // Sealed anew, as an attacker would.
      let digest = footer[..<4064].withUnsafeBytes { bytes in
        Digest(of: Bytes(start: bytes.baseAddress!, count: bytes.count), for: .footer)
      }
      footer.replaceSubrange(4064..., with: digest.encoded)
      let text = footer.withBytes { $0.slice(260, 400)?.copied ?? [] }
      let comment = "untrusted comment: ".utf8.count..<(text.firstIndex(of: 0x0A) ?? 0)
      if comment.contains(bit / 8 - 260) { continue }
      let length = footer.withBytes { Int($0.integer(at: 256, as: UInt32.self) ?? 0) }
      // Bytes behind the signature are padding.
      if bit / 8 >= 260 + length { continue }
      try file.seek(toOffset: UInt64(good.count - Footer.size))
      try file.write(contentsOf: Data(footer))
      #expect(Self.refusal(path, requirements) != nil, "bit \(bit)")
    }
  }

  @Test func aDamagedBundleIsNotSigned() throws {
    let made = try Self.signed()
    var bytes = try contents(made.plain)
    bytes[bytes.count / 2] ^= 1
    let damaged = made.folder.file("damaged.almanac")
    try Data(bytes).write(to: URL(fileURLWithPath: damaged))
    let descriptor = Array(bytes.suffix(Footer.size).prefix(Footer.descriptorSize))
    let signature = Array(made.key.signature(of: descriptor, trustedComment: "x").utf8)
    let before = try contents(damaged)
    #expect(throws: WriteError.self) {
      try BundleSigner.attach(signature, to: damaged, descriptor: descriptor, output: damaged, key: nil)
    }
    #expect(try contents(damaged) == before)
  }

  @Test func anOlderVersionIsRefused() throws {
    let made = try Self.signed()
    let key = made.key.publicKey
    #expect(Self.refusal(made.signed, OpenRequirements(publicKey: key, leastVersion: 1)) == nil)
    let newer = OpenRequirements(publicKey: key, leastVersion: 2)
    #expect(Self.refusal(made.signed, newer) == .oldVersion(found: 1, least: 2))
    #expect(Self.refusal(made.plain, newer) == .unsigned, "the version of an unsigned bundle is worth nothing")
    #expect(OpenRequirements().following(version: 9).leastVersion == 0)
    #expect(OpenRequirements(publicKey: key).following(version: 9).leastVersion == 9)
    #expect(OpenRequirements(leastVersion: 12).following(version: 9).leastVersion == 12)
  }

  @Test func signingTwiceGivesTheSameBytes() throws {
    let made = try Self.signed()
    let descriptor = try Bundle.open(made.plain).footer.descriptor
    let first = made.key.signature(of: descriptor, trustedComment: "x")
    #expect(made.key.signature(of: descriptor, trustedComment: "x") == first)
  }
}
