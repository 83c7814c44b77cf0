import BundleFormat
import CKernels
import Glibc
import Terminal

/// Where questions come from and answers go.
enum Console {
  /// Whether a person types the questions.
  static var inputIsTerminal: Bool { isatty(STDIN_FILENO) == 1 }

  /// Whether a person reads the answers.
  static var outputIsTerminal: Bool { isatty(STDOUT_FILENO) == 1 }

  /// Writes text to standard output at once.
  static func write(_ text: String) {
    let result = Array(text.utf8).withBytes { almanac_write(STDOUT_FILENO, $0.unsafeStart, $0.count) }
    if result != 0 { stop() }
  }

  /// Ends the program after standard output could not be written.
  static func stop() -> Never {
    let code = almanac_last_error()
    Terminal.writeError("error: standard output cannot be written (errno \(code)); check where it goes\n")
    exit(1)
  }

  /// The text in a quiet colour, if colours may be used.
  static func quiet(_ text: String) -> String { styled(text, "2") }

  /// The text in a strong colour, if colours may be used.
  static func strong(_ text: String) -> String { styled(text, "1") }

  private static func styled(_ text: String, _ code: String) -> String {
    Terminal.showsColour ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
  }

  /// The text without control characters that could steer a terminal, if there is one: a bundle may come from anywhere.
  static func harmless(_ text: String) -> String {
    guard outputIsTerminal else { return text }
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      let isControl = scalar.properties.generalCategory == .control && scalar != "\n" && scalar != "\t"
      scalars.append(isControl ? "\u{FFFD}" : scalar)
    }
    return String(scalars)
  }
}
