/// What the rough value of a list, 16 bits, says about the inner product of the query with the list's centroid.
///
/// Rough values are sums of looked-up bytes where centroids have codes, or else inner products without their lowest bits.
public struct RoughScale: Sendable {
  /// The inner product that a rough value of zero stands for.
  public var base: Int64
  /// The binary logarithm of the difference of inner products that one more stands for.
  public var shift: UInt32

  /// What inner products with whole centroids are divided by, as a binary logarithm: 16 bits are left of at most 23 for 384
  /// components.
  public static let wholeShift: UInt32 = 7

  /// The scale of inner products with whole centroids.
  public static let whole = RoughScale(base: -32_768 << Int64(wholeShift), shift: wholeShift)

  /// The scale of sums of bytes from look-up tables.
  /// - Parameters:
  ///   - minimum: The sum of the tables' minima.
  ///   - shift: What bytes are short of inner products by, as a binary logarithm, the code shift included.
  public init(
    minimum: Int32, shift: UInt32, parameters: IndexParameters
  ) {
    self.init(base: Int64(minimum) << Int64(parameters.codeShift), shift: shift)
  }

  init(base: Int64, shift: UInt32) {
    self.base = base
    self.shift = shift
  }

  /// The least inner product that a rough value stands for.
  @inlinable
  public func product(_ rough: UInt16) -> Int64 { base + Int64(rough) << Int64(shift) }

  /// The rough value that an inner product has.
  @inlinable
  public func rough(_ product: Int64) -> UInt16 {
    UInt16(min(max((product - base) >> Int64(shift), 0), 65_535))
  }
}
