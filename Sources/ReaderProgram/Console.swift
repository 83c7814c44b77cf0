import BundleFormat
import BundleReader
import CKernels

/// Standard output and standard error.
enum Console {
  static let standardInput: Int32 = 0
  static let standardOutput: Int32 = 1
  private static let standardError: Int32 = 2

  /// Writes to standard output and returns the exit code that follows from it.
  static func write(_ bytes: Bytes) -> Int32 {
    unsafe almanac_write(standardOutput, bytes.unsafeStart, bytes.count) == 0 ? ExitCode.done : failed()
  }

  /// Writes a text of the program to standard output and returns the exit code that follows from it.
  static func write(_ text: StaticString) -> Int32 { write(Bytes(text)) }

  /// The exit code after a failed write to standard output. A reader that went away is no error; anything else is told.
  static func failed() -> Int32 {
    let code = almanac_last_error()
    if almanac_is_broken_pipe(code) != 0 { return ExitCode.done }
    error("standard output cannot be written (errno \(code)); check where it goes")
    return ExitCode.refused
  }

  /// Writes to standard error as it is.
  static func writeError(_ line: Bytes) { _ = unsafe almanac_write(standardError, line.unsafeStart, line.count) }

  /// Writes a line to standard error: `error: ` and the parts.
  static func error(_ first: StaticString, _ separator: Bytes, _ value: Bytes, _ rest: String) {
    var line: [UInt8] = []
    append(Bytes("error: "), to: &line)
    append(Bytes(first), to: &line)
    append(separator, to: &line)
    append(value, to: &line)
    line.append(UInt8(ascii: " "))
    line.append(contentsOf: rest.utf8)
    line.append(UInt8(ascii: "\n"))
    line.withBytes { writeError($0) }
  }

  /// Writes a line to standard error: `error: ` and the parts.
  static func error(_ first: StaticString, _ value: Bytes, _ second: StaticString, _ rest: String = "") {
    var line: [UInt8] = []
    append(Bytes("error: "), to: &line)
    append(Bytes(first), to: &line)
    append(value, to: &line)
    append(Bytes(second), to: &line)
    line.append(contentsOf: rest.utf8)
    line.append(UInt8(ascii: "\n"))
    _ = line.withBytes { unsafe almanac_write(standardError, $0.unsafeStart, $0.count) }
  }

  /// Writes a line to standard error: `error: ` and the text.
  static func error(_ text: String) { error("", Bytes(""), "", text) }

  /// Writes an error in the command line to standard error.
  static func error(_ usage: UsageError) {
    var line: [UInt8] = []
    for part in [Bytes("error: "), usage.name, Bytes(" "), Bytes(usage.statement), Bytes("; "), Bytes(usage.advice)] {
      append(part, to: &line)
    }
    line.append(UInt8(ascii: "\n"))
    _ = line.withBytes { unsafe almanac_write(standardError, $0.unsafeStart, $0.count) }
  }

  private static func append(_ bytes: Bytes, to line: inout [UInt8]) {
    for index in 0..<bytes.count { line.append(bytes[index]) }
  }
}
