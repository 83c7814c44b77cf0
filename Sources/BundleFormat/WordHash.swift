/// The 64-bit hash of a word in `words/table`: a polynomial over its scalars, then the final mixing step of `KeyHash`.
///
/// The polynomial of a word with one letter changed follows from the word's own by a few multiplications, whatever the
/// word's length, so that hundreds of misspellings can be looked up in a microsecond.
public enum WordHash {
  /// The base of the polynomial: 2⁶⁴ divided by the golden ratio, made odd.
  static let base: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The polynomial extended by one scalar: `polynomial × base + scalar` modulo 2⁶⁴. It begins as zero.
  @inline(__always)
  static func extend(_ polynomial: UInt64, by scalar: UInt32) -> UInt64 { polynomial &* base &+ UInt64(scalar) }

  /// The hash of a word by its polynomial.
  @inline(__always)
  static func value(_ polynomial: UInt64) -> UInt64 {
    var mixed = (polynomial ^ (polynomial >> 33)) &* 0xFF51_AFD7_ED55_8CCD
    mixed = (mixed ^ (mixed >> 33)) &* 0xC4CE_B9FE_1A85_EC53
    return mixed ^ (mixed >> 33)
  }

  /// The hash of a word as `WordScanner` gives it. O(word.count).
  public static func of(_ word: Bytes) -> UInt64 {
    var polynomial: UInt64 = 0
    var offset = 0
    while offset < word.count {
      let scalar = word.scalar(at: offset)
      polynomial = extend(polynomial, by: scalar.value)
      offset += max(scalar.length, 1)
    }
    return value(polynomial)
  }
}
