import Foundation

/// The few functions of the C library's mathematics that plans use. Plans are no bundles: their last digit may differ between
/// machines.
enum Platform {
  static func logarithm(_ value: Double) -> Double { log(value) }
}
