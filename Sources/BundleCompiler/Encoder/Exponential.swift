/// The exponential function from additions, multiplications and shifts alone, so that it is the same on every machine.
enum Exponential {
  /// The least argument that gives more than zero; below it the result is of no consequence to a sum with one in it.
  static let least: Float = -80

  /// e to the power of `exponent`, for arguments of at most zero, to about 2 parts in ten million.
  static func ofNegative(_ exponent: Float) -> Float {
    guard exponent > least else { return 0 }
    // Adding 1.5·2²³ leaves no bits behind the point, so this rounds to the nearest integer.
    let shifter: Float = 12_582_912
    let power = (exponent * 1.442_695_04 + shifter) - shifter
    // The logarithm of two in two parts, the first with few enough bits for an exact product.
    let rest = (exponent - power * 0.693_359_375) - power * -2.121_944_4e-4
    var sum: Float = 1.987_569_2e-4
    sum = sum * rest + 1.398_199_9e-3
    sum = sum * rest + 8.333_452e-3
    sum = sum * rest + 4.166_579_6e-2
    sum = sum * rest + 1.666_666_5e-1
    sum = sum * rest + 5.000_000_1e-1
    let fraction = sum * rest * rest + rest + 1
    return fraction * Float(bitPattern: UInt32(bitPattern: (Int32(power) + 127) << 23))
  }
}
