import BundleFormat
import CSodium

/// What the texts of minisign are made of.
enum MinisignText {
  /// Base64 with padding (RFC 4648, section 4).
  static func base64(_ bytes: [UInt8]) -> String {
    let variant = sodium_base64_VARIANT_ORIGINAL
    var text = [CChar](repeating: 0, count: sodium_base64_encoded_len(bytes.count, variant))
    unsafe sodium_bin2base64(&text, text.count, bytes, bytes.count, variant)
    return String(decoding: text.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  /// The BLAKE2b-512 digest that is signed in a message's stead.
  static func prehash(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: 64)
    _ = unsafe crypto_generichash(&digest, digest.count, message, UInt64(message.count), nil, 0)
    return digest
  }

  /// The `size` bytes in the second line of a key file, whose first is a comment; `nil` if it is no such file.
  static func secondLine(_ text: Bytes, size: Int) -> [UInt8]? {
    let lines = text.copied.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard lines.count >= 2, lines[0].starts(with: "untrusted comment: ".utf8),
      lines[2...].allSatisfy({ $0.allSatisfy { $0 == 0x0D } })
    else { return nil }
    let line = lines[1].last == 0x0D ? Array(lines[1].dropLast()) : Array(lines[1])
    var bytes: [UInt8] = []
    guard line.count == Base64.length(size), line.withBytes({ Base64.decode($0) { bytes.append($0) } }) else {
      return nil
    }
    return bytes.count == size ? bytes : nil
  }
}
