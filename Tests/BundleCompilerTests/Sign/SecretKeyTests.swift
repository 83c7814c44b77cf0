import BundleCompiler
import BundleFormat
import Foundation
import TestSupport
import Testing

/// Secret keys in the form of minisign come back from their files, and from nothing else.
@Suite struct SecretKeyTests {
  private static let light = KeyDerivation(operations: 32_768, memory: 16 << 20)

  private static func read(_ text: String, _ passphrase: String = "") throws -> SecretKey {
    try SecretKey(Array(text.utf8), file: "test.key") { Array(passphrase.utf8) }
  }

  @Test func aKeyComesBackFromItsFile() throws {
    let key = try SecretKey()
    let plain = try Self.read(try key.text(passphrase: nil))
    #expect(plain.publicKey == key.publicKey)
    let text = try key.text(passphrase: Array("correct horse".utf8), derivation: Self.light)
    let message = Array("message".utf8)
    let read = try Self.read(text, "correct horse")
    #expect(read.signature(of: message, trustedComment: "c") == key.signature(of: message, trustedComment: "c"))
  }

  @Test func aWrongPassphraseIsToldAsSuch() throws {
    let text = try SecretKey().text(passphrase: Array("right".utf8), derivation: Self.light)
    let error = #expect(throws: InputError.self) { try Self.read(text, "wrong") }
    #expect(error?.problem == "the passphrase is wrong")
  }

  @Test func everyTruncationAndEveryFlippedBitIsRefused() throws {
    let text = Array(try SecretKey().text(passphrase: nil).utf8)
    for length in 0..<text.count - 1 {
      #expect(throws: InputError.self) { try SecretKey(Array(text[..<length]), file: "k") { [] } }
    }
    let start = text.firstIndex(of: 0x0A)! + 1
    // The salt and the limits of the derivation mean nothing in a key that is not encrypted; they stand in letters 8 to 72.
    for place in start..<text.count - 1 where !(start + 8..<start + 72).contains(place) {
      for bit in 0..<8 {
        var changed = text
        changed[place] ^= 1 << UInt8(bit)
        #expect(throws: (any Error).self, "place \(place), bit \(bit)") { try SecretKey(changed, file: "k") { [] } }
      }
    }
  }

  @Test func aKeyThatAsksForTooMuchWorkIsRefused() throws {
    let greedy = KeyDerivation(operations: 1 << 50, memory: 1 << 50)
    var encoded = Array("EdScB2".utf8) + [UInt8](repeating: 1, count: 32)
    encoded.append(littleEndian: greedy.operations)
    encoded.append(littleEndian: greedy.memory)
    encoded.pad(to: 158)
    let text = "untrusted comment: minisign encrypted secret key\n\(Data(encoded).base64EncodedString())\n"
    let error = #expect(throws: InputError.self) { try Self.read(text, "x") }
    #expect(error?.problem.contains("more work") == true)
  }
}
