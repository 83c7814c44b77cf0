/// Cosines as integers, so that everything decided by them is the same on every machine.
public enum Cosine {
  /// The number of units in a cosine of one.
  public static let one: Int64 = 65_536

  /// The cosine of two vectors from their inner product and squared norms, in units of 1/65,536, halves away from zero;
  /// zero if a norm is not positive. One multiplication, one square root and one division in IEEE double.
  @inlinable
  public static func units(product: Int32, norms first: Int32, _ second: Int32) -> Int64 {
    guard first > 0, second > 0 else { return 0 }
    let cosine = Double(product) * 65_536 / (Double(first) * Double(second)).squareRoot()
    let bounded = min(max(cosine, -65_536), 65_536)
    return Int64(bounded < 0 ? bounded - 0.5 : bounded + 0.5)
  }
}
