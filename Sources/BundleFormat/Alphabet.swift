/// A script whose words are spelled letter by letter, so that a letter too many, too few or wrong is a typing error.
///
/// Scripts that write syllables or words, and those that write vowels as marks, are not here: one changed scalar there
/// is another word more often than a slip. The ranges are the letters of whole blocks of Unicode, in folded form.
public enum Alphabet: UInt8, Sendable {
  case latin = 1
  case greek, cyrillic, armenian, hebrew, arabic, georgian

  /// The alphabet of a letter, or `nil` for everything else: digits, marks, apostrophes, other scripts.
  public static func of(_ scalar: UInt32) -> Alphabet? {
    switch scalar {
    case 0x61...0x7A: .latin
    case 0xDF...0xF6, 0xF8...0x24F, 0x1E00...0x1EFF: .latin
    case 0x370...0x373, 0x376...0x377, 0x37B...0x37D, 0x386, 0x388...0x3FF, 0x1F00...0x1FBC: .greek
    case 0x400...0x481, 0x48A...0x52F: .cyrillic
    case 0x560...0x588: .armenian
    case 0x5D0...0x5EA: .hebrew
    case 0x620...0x64A, 0x671...0x6D3: .arabic
    case 0x10D0...0x10FA, 0x10FD...0x10FF: .georgian
    default: nil
    }
  }
}

/// How letters of a to z come to stand for one another.
enum LatinLetter {
  /// Whether both keys touch on a QWERTY keyboard. False for what is not a to z.
  static func areNeighbours(_ first: UInt32, _ second: UInt32) -> Bool {
    guard second &- 0x61 < 26 else { return false }
    return neighbours(of: first) >> (second - 0x61) & 1 != 0
  }

  /// Whether both are among a, e, i, o, u, y.
  static func areVowels(_ first: UInt32, _ second: UInt32) -> Bool {
    guard first &- 0x61 < 26, second &- 0x61 < 26 else { return false }
    let vowels: UInt32 = 0x0110_4111
    return vowels >> (first - 0x61) & vowels >> (second - 0x61) & 1 != 0
  }

  // Bit 0 is a. From the rows qwertyuiop, asdfghjkl, zxcvbnm, each half a key to the right of the one above.
  private static func neighbours(of letter: UInt32) -> UInt32 {
    switch letter {
    case 0x61: 0x2450000
    case 0x62: 0x02020C0
    case 0x63: 0x0A00028
    case 0x64: 0x0860034
    case 0x65: 0x0460008
    case 0x66: 0x02A004C
    case 0x67: 0x12800A2
    case 0x68: 0x1102242
    case 0x69: 0x0104600
    case 0x6A: 0x0103580
    case 0x6B: 0x0005B00
    case 0x6C: 0x000C400
    case 0x6D: 0x0002600
    case 0x6E: 0x0001282
    case 0x6F: 0x0008D00
    case 0x70: 0x0004800
    case 0x71: 0x0400001
    case 0x72: 0x0080038
    case 0x73: 0x2C00019
    case 0x74: 0x1020060
    case 0x75: 0x1000380
    case 0x76: 0x0000066
    case 0x77: 0x0050011
    case 0x78: 0x204000C
    case 0x79: 0x01800C0
    case 0x7A: 0x0840001
    default: 0
    }
  }
}
