/// Vectors in the rotated space of an index: the components along the directions in which stored vectors vary most.
public enum RotatedVector {
  /// Divides rotated components by 2^shift, halves upwards, and cuts them off at ±127.
  @inlinable
  public static func narrow(
    _ wide: UnsafePointer<Int32>, count: Int, shift: UInt32, into components: UnsafeMutablePointer<Int8>
  ) {
    let half = shift == 0 ? 0 : Int64(1) << Int64(shift - 1)
    for index in 0..<count {
      let value = unsafe (Int64(wide[index]) + half) >> Int64(shift)
      unsafe components[index] = Int8(truncatingIfNeeded: min(max(value, -127), 127))
    }
  }

  /// Brings rotated components into the order of the sub-vectors; see `IndexParameters.rotatedComponent`.
  @inlinable
  public static func group<Value: FixedWidthInteger>(
    _ components: UnsafePointer<Value>, subquantizers: Int, into grouped: UnsafeMutablePointer<Value>
  ) {
    for subquantizer in 0..<subquantizers {
      for part in 0..<IndexParameters.subvectorSize {
        unsafe grouped[subquantizer * IndexParameters.subvectorSize + part] =
          components[IndexParameters.rotatedComponent(part, of: subquantizer, subquantizers: subquantizers)]
      }
    }
  }
}
