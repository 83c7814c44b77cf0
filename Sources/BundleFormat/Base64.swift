/// Base64 as in RFC 4648, section 4: the standard alphabet, with padding, nothing between the letters.
public enum Base64 {
  /// The number of letters that stand for `count` bytes.
  public static func length(_ count: Int) -> Int { (count + 2) / 3 * 4 }

  /// Decodes `text` and gives its bytes. Returns whether it is base64; if not, some bytes may have been given.
  public static func decode(_ text: Bytes, _ emit: (UInt8) -> Void) -> Bool {
    guard text.count % 4 == 0 else { return false }
    var padding = 0
    while padding < 2, text.count > padding, text[text.count - 1 - padding] == UInt8(ascii: "=") { padding += 1 }
    var bits: UInt32 = 0
    for index in 0..<text.count {
      guard let six = index < text.count - padding ? value(text[index]) : 0 else { return false }
      bits = bits << 6 | UInt32(six)
      guard index % 4 == 3 else { continue }
      let kept = index == text.count - 1 ? 3 - padding : 3
      // Bits that stand for nothing must be zero, so that each value has one spelling.
      guard bits & (0xFF_FFFF >> UInt32(8 * kept)) == 0 else { return false }
      for byte in 0..<kept { emit(UInt8(truncatingIfNeeded: bits >> UInt32(16 - 8 * byte))) }
      bits = 0
    }
    return true
  }

  private static func value(_ letter: UInt8) -> UInt8? {
    switch letter {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): letter - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): letter - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): letter - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"): 62
    case UInt8(ascii: "/"): 63
    default: nil
    }
  }
}
