/// When a search leaves lists unread and rows unscored: what can still win lies within a margin of the best found so far.
///
/// The inner product of a query with a stored vector is that with its list's centroid and that with its residual. Residuals
/// are about equally long, so a list can hold a better vector than the best found only if its centroid falls short of it by
/// little. How little is learned by the compiler from queries; a margin is in 1/256 of a component, times the length of
/// the query. Likewise a code hides at most so much of the inner product of the vector it stands for.
public enum StoppingRule {
  /// The greatest margin: more than any two inner products differ by, so that nothing stops.
  public static let greatestMargin: UInt32 = 1 << 24

  /// A margin as a difference of inner products, for a query of the given squared length.
  @inlinable
  public static func product(margin: UInt32, squaredLength: Int32) -> Int64 {
    Int64(Double(margin) * Double(max(squaredLength, 0)).squareRoot() / 256)
  }

  /// The inner product that the value of a place stands for.
  ///
  /// Bytes of look-up tables are rounded down, so half of what they may lose is added for each.
  /// - Parameters:
  ///   - greatest: The greatest inner product of the query with the centroid of a list, which `value` is relative to.
  ///   - minimum: The sum of the look-up tables' minima.
  ///   - shift: What values are short of inner products by, as a binary logarithm, the code shift included.
  @inlinable
  public static func product(
    value: UInt16, greatest: Int32, minimum: Int32, shift: UInt32, parameters: IndexParameters
  ) -> Int64 {
    let lost = Int64(parameters.subquantizers) * ((1 << Int64(shift)) - (1 << Int64(parameters.codeShift)))
    return Int64(greatest) + Int64(minimum) << Int64(parameters.codeShift)
      + (Int64(value) - 32_768) << Int64(shift) + lost >> 1
  }
}
