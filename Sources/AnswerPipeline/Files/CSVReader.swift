import BundleCompiler
import BundleFormat

/// Reads comma-separated values (RFC 4180): quoted fields may hold separators, doubled quotes and line ends.
///
/// The separator is whichever of comma, semicolon and tab the first row has most of outside quotes. A byte order mark is
/// skipped. Rows of nothing but white space are skipped.
struct CSVReader {
  /// One row, or what is wrong with it.
  struct Row {
    /// The line on which it begins, counted from 1.
    let line: Int
    /// Its fields; with a problem, those before it.
    let fields: [String]
    /// Why it is no row, without a full stop.
    let problem: String?
  }

  private let bytes: [UInt8]
  private let separator: UInt8
  private var position = 0
  private var line = 1

  /// Reads the file at `path` whole.
  ///
  /// - Throws: `InputError` if it cannot be read or is not UTF-8.
  init(path: String) throws(InputError) {
    let text = try TextFile.read(path)
    bytes = text
    separator = Self.separator(text)
  }

  /// The next row; `nil` at the end.
  mutating func next() -> Row? {
    while position < bytes.count {
      let row = read()
      if row.problem != nil || row.fields.contains(where: { !$0.allSatisfy(\.isWhitespace) }) { return row }
    }
    return nil
  }

  private mutating func read() -> Row {
    let first = line
    var fields: [String] = []
    while true {
      var field: [UInt8] = []
      if position < bytes.count, bytes[position] == UInt8(ascii: "\"") {
        position += 1
        guard quoted(&field) else {
          return Row(line: first, fields: fields, problem: "the quoted field that begins here does not end")
        }
        if position < bytes.count, !isEnd(bytes[position]) {
          skipLine()
          return Row(
            line: first, fields: fields, problem: "text follows the closing quote of field \(fields.count + 1)")
        }
      } else {
        while position < bytes.count, !isEnd(bytes[position]) {
          field.append(bytes[position])
          position += 1
        }
      }
      fields.append(String(decoding: field, as: UTF8.self))
      guard position < bytes.count, bytes[position] == separator else { break }
      position += 1
    }
    skipLine()
    return Row(line: first, fields: fields, problem: nil)
  }

  // The rest of a quoted field. False if the file ends inside it.
  private mutating func quoted(_ field: inout [UInt8]) -> Bool {
    while position < bytes.count {
      let byte = bytes[position]
      position += 1
      if byte == UInt8(ascii: "\"") {
        guard position < bytes.count, bytes[position] == byte else { return true }
        position += 1
      }
      if byte == 0x0A { line += 1 }
      // Line ends inside a field are LF, whatever the file's are.
      if byte != 0x0D || position >= bytes.count || bytes[position] != 0x0A { field.append(byte) }
    }
    return false
  }

  private mutating func skipLine() {
    while position < bytes.count {
      position += 1
      if bytes[position - 1] == 0x0A {
        line += 1
        return
      }
    }
  }

  private func isEnd(_ byte: UInt8) -> Bool {
    byte == separator || byte == 0x0A || (byte == 0x0D && (position + 1 == bytes.count || bytes[position + 1] == 0x0A))
  }

  private static func separator(_ bytes: [UInt8]) -> UInt8 {
    var counts: [UInt8: Int] = [:]
    var isQuoted = false
    for byte in bytes {
      if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
      if isQuoted { continue }
      if byte == 0x0A { break }
      counts[byte, default: 0] += 1
    }
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), 0x09]
    // The first of equals, so that a file of one column is read with commas.
    return candidates.dropFirst().reduce(candidates[0]) { counts[$1, default: 0] > counts[$0, default: 0] ? $1 : $0 }
  }
}

/// A field as CSV: in quotes where it must be.
enum CSVText {
  static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { "\",;\t\r\n".utf8.contains($0) }) else { return text }
    return "\"" + text.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }
}
