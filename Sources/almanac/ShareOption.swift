import AnswerPipeline
import ArgumentParser

/// A share as a person writes it: `1%`, `0.5 %` or `0.005`. From 0 up to, not including, 100 %.
///
/// A bare `1` is refused: it would be everything, and who writes it means 1 %.
struct ShareOption: ExpressibleByArgument {
  let value: Double

  /// The share in millionths, rounded to the nearest.
  var millionths: UInt32 { UInt32((value * 1_000_000).rounded()) }

  var defaultValueDescription: String { PercentText.of(millionths: millionths) }

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    var digits = argument.dropLast(isPercent ? 1 : 0)
    while isPercent, digits.last == " " { digits.removeLast() }
    // Double also reads "nan", "0x1p3" and the like, which nobody means here.
    guard digits.utf8.allSatisfy({ "0123456789.".utf8.contains($0) }), let number = Double(digits) else { return nil }
    // Divided, since 5 / 100 is the double that 0.05 is; 5 * 0.01 is not.
    value = isPercent ? number / 100 : number
    guard value < 1 else { return nil }
  }
}
