/// How well a query fits an entry as a whole: the projection of the query's direction on a vector that was learned from all
/// wordings of the entry, in integers, so that everything decided by it is the same on every machine.
public enum EntrySimilarity {
  /// The number of units in a similarity of one.
  public static let one: Int64 = 65_536
  /// The size in bytes of an element of `entries/vector-scales`.
  public static let scaleSize = 4
  /// The bounds of a similarity in units: ±16. Learned vectors are a few units of length at most.
  public static let bound: Int64 = 16 * one
  /// The number that a stored scale divides by: a component of one stands for `scale / fraction` units.
  public static let fraction = 65_536.0

  /// The similarity from the inner product of query and row and the squared norm of the query, in units of 1/65,536, halves
  /// away from zero, within ±`bound`.
  ///
  /// - Parameters:
  ///   - product: The inner product of the query's vector and the entry's row.
  ///   - queryNorm: The squared norm of the query's vector.
  ///   - scale: The entry's scale as the bundle stores it.
  /// - Returns: Zero if the norm is not positive or the scale is zero. One square root, one division and two
  ///   multiplications in IEEE double, in this order.
  @inlinable
  public static func units(product: Int32, queryNorm: Int32, scale: UInt32) -> Int64 {
    guard queryNorm > 0, scale > 0 else { return 0 }
    let units = Double(product) / Double(queryNorm).squareRoot() * Double(scale) / fraction
    let bounded = min(max(units, -Double(bound)), Double(bound))
    return Int64(bounded < 0 ? bounded - 0.5 : bounded + 0.5)
  }
}
