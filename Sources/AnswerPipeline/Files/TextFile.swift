import BundleCompiler
import BundleFormat

/// Reads whole files of text that are not read line by line.
enum TextFile {
  /// The largest file read whole.
  static let limit = 256 << 20

  /// The bytes of the file at `path`, without a byte order mark: valid UTF-8.
  ///
  /// - Throws: `InputError` if it cannot be read, is too large or is not UTF-8.
  static func read(_ path: String) throws(InputError) -> [UInt8] {
    let file = try InputFile(path: path)
    guard file.size <= limit else {
      throw InputError(
        file: path, problem: "the file is larger than \(InputLimits.text(limit))", remedy: "split it")
    }
    let bytes = try file.bytes(file.size, at: 0)
    if let offset = bytes.withBytes({ UTF8Check.firstInvalid($0) }) {
      let line = bytes[..<offset].count { $0 == 0x0A } + 1
      throw InputError(file: path, line: line, problem: "the line is not valid UTF-8", remedy: "save the file as UTF-8")
    }
    return bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
  }
}
