import BundleFormat
import Testing

/// Signatures in the form of minisign: those that minisign 0.11 made are valid, and nothing that differs from them is.
@Suite struct SignatureTests {
  private static let message = Array("what is signed".utf8)
  private static let keyLine = "RWS8G+EX5hy4a6iqLtnR2Xej1EksxbblPHJaJYWLUMQc3VNLI24k99s3"
  private static let prehashed = """
    untrusted comment: signature from minisign secret key
    RUS8G+EX5hy4a99MiCvN1lsfLg+zE2DfUXllXBQNmW5sY4HcFeu0KaSMjvoSp1AkY4uq3isC9kDZ2C/XeVZKM1lnYh44yNK8Ow4=
    trusted comment: a trusted comment
    FOLO7OC6xcq7XhA4gWp8t7PP4Eif5/GzVqktRWWsUV4+iXuYy0PkkSQsangsi3gMxsXaLaFXVU7QdDAI0yTDDQ==

    """
  private static let direct = """
    untrusted comment: signature from minisign secret key
    RWS8G+EX5hy4a2cJLfqpVv0UM59XhP9KWNrI85vWK9tx7p9sLoTsz9Na0sVTP8lASSXOLH6UwUmE1mxvvXq89RelM1Lw373oiQQ=
    trusted comment: a trusted comment
    0YsZ0tLcy8mP/iYXc2scqc/ZX6ea/i5EFchkI4w1sBqtU2fyojQm4gFXwLTozV++JYaQzI33O2OgS55M7vO+Cw==

    """

  private static func key(_ text: String) -> PublicKey? { Array(text.utf8).withBytes { PublicKey($0) } }

  private static func signature(_ text: [UInt8]) -> MinisignSignature? { text.withBytes { MinisignSignature($0) } }

  private static func isValid(_ text: [UInt8], _ message: [UInt8] = message) -> Bool {
    guard let signature = signature(text), let key = key(keyLine) else { return false }
    return message.withBytes { signature.isValid(for: $0, by: key) }
  }

  @Test(arguments: [prehashed, direct])
  func whatMinisignSignedIsValid(text: String) throws {
    let bytes = Array(text.utf8)
    #expect(Self.isValid(bytes))
    let signature = try #require(Self.signature(bytes))
    #expect(signature.trustedComment == Array("a trusted comment".utf8))
    #expect(PublicKey.name(signature.keyIdentifier) == "6BB81CE617E11BBC")
    #expect(signature.algorithm == (text == Self.direct ? .direct : .prehashed))
    #expect(Self.isValid(Array(text.replacing("\n", with: "\r\n").utf8)), "a file that went through Windows")
    #expect(Self.isValid(Array(bytes.dropLast())), "without the last line's end")
  }

  @Test(arguments: [prehashed, direct])
  func everyTruncationIsRefused(text: String) {
    let bytes = Array(text.utf8)
    for length in 0..<bytes.count - 1 { #expect(!Self.isValid(Array(bytes[..<length])), "cut to \(length)") }
  }

  @Test(arguments: [prehashed, direct])
  func everyFlippedBitOutsideTheUntrustedCommentIsRefused(text: String) {
    let bytes = Array(text.utf8)
    let untrusted = "untrusted comment: ".utf8.count..<bytes.firstIndex(of: 0x0A)!
    for bit in 0..<8 * bytes.count {
      var changed = bytes
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      // The comment is called untrusted for a reason; but it cannot come to be two lines.
      let isComment = untrusted.contains(bit / 8) && changed[bit / 8] != 0x0A
      #expect(Self.isValid(changed) == isComment, "bit \(bit)")
    }
  }

  @Test(arguments: [prehashed, direct])
  func everyFlippedBitOfTheMessageIsRefused(text: String) {
    for bit in 0..<8 * Self.message.count {
      var changed = Self.message
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      #expect(!Self.isValid(Array(text.utf8), changed), "bit \(bit)")
    }
  }

  @Test func noBitOfAKeyCanBeFlipped() throws {
    let signature = try #require(Self.signature(Array(Self.prehashed.utf8)))
    let good = try #require(Self.key(Self.keyLine)).encoded
    for bit in 16..<8 * good.count {
      var changed = good
      changed[bit / 8] ^= 1 << UInt8(bit % 8)
      let identifier = changed.withBytes { $0.integer(at: 2, as: UInt64.self) ?? 0 }
      let key = try #require(PublicKey(identifier: identifier, bytes: Array(changed[10...])))
      #expect(!Self.message.withBytes { signature.isValid(for: $0, by: key) }, "bit \(bit)")
    }
  }

  @Test func partsOfTwoSignaturesDoNotMakeOne() {
    let first = Self.prehashed.split(separator: "\n")
    let second = Self.direct.split(separator: "\n")
    for place in [1, 3] {
      var lines = first
      lines[place] = second[place]
      #expect(!Self.isValid(Array(lines.joined(separator: "\n").utf8)))
    }
  }

  @Test(arguments: [
    "", "\n", "\n\n\n\n", "untrusted comment: ", "untrusted comment: a\n\ntrusted comment: b\n\n",
    prehashed + "more", prehashed + "\n", prehashed + prehashed, "x" + prehashed,
    prehashed.replacing("trusted comment: a", with: "trusted comment: \u{1B}a"),
    prehashed.replacing("untrusted", with: "trusted"), prehashed.replacing("=", with: ""),
    "untrusted comment: " + String(repeating: "x", count: 4000) + prehashed.drop { $0 != "\n" },
  ])
  func whatIsNoSignatureIsRefused(text: String) { #expect(!Self.isValid(Array(text.utf8))) }

  @Test func aKeyIsItsLineOrItsFile() {
    let key = Self.key(Self.keyLine)
    #expect(key != nil)
    #expect(Self.key("untrusted comment: minisign public key\n\(Self.keyLine)\n") == key)
    #expect(Self.key("untrusted comment: anything\r\n\(Self.keyLine)\r\n") == key)
    #expect(Self.key("untrusted comment:\n\(Self.keyLine)") == key)
  }

  @Test(arguments: [
    "", "\n", "RWS8", keyLine + "x", " " + keyLine, keyLine + "\n" + keyLine, "comment\n" + keyLine,
    "untrusted comment: x", "untrusted comment: x\n\n" + keyLine, "AW" + keyLine.dropFirst(2),
    keyLine.replacing("+", with: "-"),
  ])
  func whatIsNoKeyIsRefused(text: String) { #expect(Self.key(text) == nil) }
}
