import BundleFormat
import Testing

/// The footer is the first thing a reader believes, so every way in which it can be wrong must be told apart.
@Suite struct FooterTests {
  private static let dataLength: UInt64 = 300 * 4096

  private static func footer() -> Footer {
    let root = [UInt8](repeating: 7, count: 32).withBytes { Digest(of: $0, for: .descriptor) }
    return Footer(dataLength: dataLength, root: root, bundleVersion: 42, expiry: 1_900_000_000)
  }

  // 300 chunks need three blocks of digests and one above them.
  private static let fileLength = dataLength + 4 * 4096 + 4096

  private static func read(_ bytes: [UInt8], fileLength: UInt64 = fileLength) -> Result<Footer, BundleError> {
    bytes.withBytes { bytes in
      do throws(BundleError) {
        return .success(try Footer(bytes, fileLength: fileLength))
      } catch {
        return .failure(error)
      }
    }
  }

  /// Changes bytes and makes the digest fit again, as a forger would.
  private static func forged(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
    var bytes = footer().encoded
    change(&bytes)
    let digest = Array(bytes[..<4064]).withBytes { Digest(of: $0, for: .footer) }
    bytes.replaceSubrange(4064..., with: digest.encoded)
    return bytes
  }

  @Test func readsBackWhatWasWritten() throws {
    #expect(try Self.read(Self.footer().encoded).get() == Self.footer())
    var signed = Self.footer()
    signed.signature = Array("untrusted comment: x\n".utf8)
    #expect(try Self.read(signed.encoded).get() == signed)
  }

  @Test func everySingleBitFlipIsRefused() {
    let good = Self.footer().encoded
    for bit in 0..<(good.count * 8) {
      var bytes = good
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      guard case .failure(let error) = Self.read(bytes) else {
        Issue.record("bit \(bit) flipped and not noticed")
        return
      }
      #expect(error == .footerDamaged || error == .notABundle)
    }
  }

  @Test func otherMajorVersionsAreRefusedByNumber() {
    #expect(Self.read(Self.forged { $0[8] = 2 }) == .failure(.unsupportedVersion(major: 2)))
    #expect(Self.read(Self.forged { $0[8] = 0 }) == .failure(.unsupportedVersion(major: 0)))
  }

  @Test func laterMinorVersionsAreRead() throws {
    #expect(try Self.read(Self.forged { $0[10] = 9 }).get().minor == 9)
  }

  @Test func lengthsThatDoNotFitAreRefused() {
    #expect(
      Self.read(Self.footer().encoded, fileLength: Self.fileLength - 1)
        == .failure(.wrongLength(expected: Self.fileLength, found: Self.fileLength - 1)))
    for offset in [16, 17, 23, 24, 31] {
      #expect(Self.read(Self.forged { $0[offset] ^= 0xFF }) == .failure(.footerDamaged), "offset \(offset)")
    }
  }

  @Test func contradictoryFieldsAreRefused() {
    #expect(Self.read(Self.forged { $0[12] = 9 }) == .failure(.footerDamaged), "unknown hash")
    #expect(Self.read(Self.forged { $0[14] = 13 }) == .failure(.footerDamaged), "other chunk size")
    #expect(Self.read(Self.forged { $0[15] = 3 }) == .failure(.footerDamaged), "other number of levels")
    #expect(Self.read(Self.forged { $0[258] = 0xFF }) == .failure(.footerDamaged), "signature too long")
  }

  @Test func theDescriptorLeavesOutTheSignature() {
    var signed = Self.footer()
    signed.signature = [1, 2, 3]
    #expect(signed.descriptor == Self.footer().descriptor)
    #expect(signed.encoded != Self.footer().encoded)
  }
}
