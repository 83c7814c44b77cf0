import BundleFormat

/// The normaliser of SentencePiece models: a double-array trie from character sequences to what replaces them.
///
/// Form: a `u32` length, that many bytes of trie units (`u32` each), then the replacements, each ended by NUL. As in the
/// implementations that models were trained with, a grapheme of fewer than six bytes is looked up whole, else each scalar by itself, and
/// of several keys that begin it the shortest counts. Source: sentencepiece, `normalizer.cc`; darts-clone.
struct PrecompiledCharsmap {
  private let units: [UInt32]
  private let replacements: [UInt8]

  /// Decodes `precompiled_charsmap` of a tokeniser file, which is base64; `nil` if it is damaged.
  init?(base64: String) {
    guard let bytes = Self.decode(base64), bytes.count >= 4 else { return nil }
    let length = bytes.withBytes { Int($0.integer(at: 0, as: UInt32.self) ?? 0) }
    guard length > 0, length % 4 == 0, length <= bytes.count - 4 else { return nil }
    units = bytes.withBytes { window in
      (0..<length / 4).map { window.integer(at: 4 + 4 * $0, as: UInt32.self) ?? 0 }
    }
    replacements = Array(bytes[(4 + length)...])
  }

  /// Replaces what the map says in `text`.
  func normalize(_ text: String) -> String {
    var result: [UInt8] = []
    for grapheme in text {
      let whole = Array(String(grapheme).utf8)
      if whole.count < 6, let replacement = replacement(for: whole) {
        result += replacement
        continue
      }
      for scalar in grapheme.unicodeScalars {
        let part = Array(String(scalar).utf8)
        result += replacement(for: part) ?? part
      }
    }
    return String(decoding: result, as: UTF8.self)
  }

  private func replacement(for key: [UInt8]) -> [UInt8]? {
    guard var unit = units.first else { return nil }
    var place = Self.offset(unit)
    for byte in key where byte != 0 {
      place ^= Int(byte)
      guard place < units.count else { return nil }
      unit = units[place]
      guard unit & 0x8000_00FF == UInt32(byte) else { return nil }
      place ^= Self.offset(unit)
      guard unit >> 8 & 1 == 1 else { continue }
      guard place < units.count else { return nil }
      let start = Int(units[place] & 0x7FFF_FFFF)
      guard start <= replacements.count else { return nil }
      return Array(replacements[start...].prefix { $0 != 0 })
    }
    return nil
  }

  private static func offset(_ unit: UInt32) -> Int { Int((unit >> 10) << ((unit & 1 << 9) >> 6)) }

  private static func decode(_ base64: String) -> [UInt8]? {
    var bytes: [UInt8] = []
    var bits: UInt32 = 0
    var count = 0
    for byte in base64.utf8 {
      let digit: UInt32
      switch byte {
      case UInt8(ascii: "A")...UInt8(ascii: "Z"): digit = UInt32(byte - UInt8(ascii: "A"))
      case UInt8(ascii: "a")...UInt8(ascii: "z"): digit = UInt32(byte - UInt8(ascii: "a")) + 26
      case UInt8(ascii: "0")...UInt8(ascii: "9"): digit = UInt32(byte - UInt8(ascii: "0")) + 52
      case UInt8(ascii: "+"): digit = 62
      case UInt8(ascii: "/"): digit = 63
      case UInt8(ascii: "="): continue
      default: return nil
      }
      bits = bits << 6 | digit
      count += 6
      if count >= 8 {
        count -= 8
        bytes.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
      }
    }
    return bytes
  }
}
