/// A minisign public key: whose signatures are accepted.
public struct PublicKey: Equatable, Sendable {
  /// The most bytes that the text of a key may have, its comment included.
  public static let maximumText = 4096
  // Algorithm, identifier, key.
  private static let encodedSize = 42

  /// The number by which minisign tells keys apart. It proves nothing.
  public let identifier: UInt64
  let bytes: [UInt8]

  /// Reads the text of a key file (a line of comment and a line of base64), or its line of base64 alone. `nil` if it is neither.
  public init?(_ text: Bytes) {
    guard text.count <= Self.maximumText else { return nil }
    var lines = TextLines(text)
    guard var line = lines.next() else { return nil }
    if line.after("untrusted comment:") != nil {
      guard let second = lines.next() else { return nil }
      line = second
    }
    while let blank = lines.next() { if blank.count > 0 { return nil } }
    guard let encoded = line.base64(Self.encodedSize) else { return nil }
    let key = encoded.withBytes { encoded -> (UInt64, [UInt8])? in
      guard encoded.after("Ed") != nil, let identifier: UInt64 = encoded.integer(at: 2),
        let key = encoded.slice(10, Ed25519.keySize)
      else { return nil }
      return (identifier, key.copied)
    }
    guard let key else { return nil }
    (identifier, bytes) = key
  }

  /// The key with this identifier and these 32 bytes.
  public init?(identifier: UInt64, bytes: [UInt8]) {
    guard bytes.count == Ed25519.keySize else { return nil }
    self.identifier = identifier
    self.bytes = bytes
  }

  /// The 42 bytes that stand in a key file as base64.
  public var encoded: [UInt8] {
    var encoded: [UInt8] = [UInt8(ascii: "E"), UInt8(ascii: "d")]
    encoded.append(littleEndian: identifier)
    encoded.append(contentsOf: bytes)
    return encoded
  }

  /// An identifier as minisign prints it: 16 upper-case hexadecimal digits.
  public static func name(_ identifier: UInt64) -> String {
    var text: [UInt8] = []
    for shift in stride(from: 60, through: 0, by: -4) {
      let digit = UInt8(truncatingIfNeeded: identifier >> UInt64(shift)) & 15
      text.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "A") + digit - 10)
    }
    return String(decoding: text, as: UTF8.self)
  }
}
