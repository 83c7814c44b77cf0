import Foundation

/// A seeded random number generator for tests. `ALMANAC_SEED` repeats a run; the seed belongs into every failure message.
public struct SeededRandom: RandomNumberGenerator {
  /// The seed of this run.
  public let seed: UInt64
  private var state: UInt64

  public init(seed fixed: UInt64? = nil) {
    seed = fixed ?? ProcessInfo.processInfo.environment["ALMANAC_SEED"].flatMap { UInt64($0) } ?? 20_261_121
    state = seed
  }

  public mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
