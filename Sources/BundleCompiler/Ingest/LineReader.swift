import BundleFormat

/// One line of a text file, without its line end.
package struct InputLine {
  /// The line's bytes: valid UTF-8. Valid until the next line is read.
  package let bytes: Bytes
  /// The line's number, counted from 1, blank lines included.
  package let number: Int
  /// Where the line begins in the file, in bytes.
  package let offset: Int
}

/// Reads a UTF-8 text file line by line, in memory bounded by the longest line allowed.
///
/// Line ends are LF or CR LF. Lines with nothing but white space are skipped but counted. A byte order mark at the start
/// of the file is skipped. Every byte read goes into the file's digest on the way.
package final class LineReader {
  /// The digest of what was read; of the whole file once `next` has given `nil`.
  let digest = ContentDigest()
  private let file: InputFile
  private let limit: Int
  private let buffer: InputBuffer
  private var position = 0  // of the next byte to read from the file
  private var start = 0  // of the unread part of the buffer
  private var end = 0
  private var number = 0
  private var atEndOfFile = false
  private var isInsideLine = false

  private static let chunk = 256 << 10

  /// Starts at the first line of `file`. Lines over `limit` bytes are an error.
  package init(file: InputFile, limit: Int) {
    self.file = file
    self.limit = limit
    buffer = InputBuffer(capacity: 2 * Self.chunk)
  }

  /// The size in bytes of what has been read.
  package var bytesRead: Int { position }

  /// The next line that is not blank, or `nil` at the end of the file.
  ///
  /// - Throws: an error naming the line if it is too long or not UTF-8, or if the file cannot be read.
  package func next() throws(InputError) -> InputLine? {
    while let line = try nextRaw() {
      if isBlank(line.bytes) { continue }
      if let byte = UTF8Check.firstInvalid(line.bytes) {
        throw place.error("byte \(byte + 1) of the line is not valid UTF-8", do: "save the file as UTF-8")
      }
      return line
    }
    return nil
  }

  /// The line that was read last, or could not be.
  package var place: InputPlace { InputPlace(file: file.path, line: number) }

  private func isBlank(_ bytes: Bytes) -> Bool {
    for index in 0..<bytes.count where !" \t\r".utf8.contains(bytes[index]) { return false }
    return true
  }

  /// The next line, blank or not.
  private func nextRaw() throws(InputError) -> InputLine? {
    number += 1
    var searched = 0
    while true {
      if let feed = buffer.lineFeed(start + searched, end - start - searched) {
        return try take(length: feed - start, ending: 1)
      }
      searched = end - start
      // One byte more than the limit may be the CR of a line end.
      guard searched <= limit + 1 else {
        isInsideLine = true
        throw tooLong
      }
      if atEndOfFile { return searched == 0 ? nil : try take(length: searched, ending: 0) }
      try refill()
    }
  }

  /// Steps over the rest of a line that `next` refused as too long; nothing if the line was refused for another reason.
  package func skipRefusedLine() throws(InputError) {
    guard isInsideLine else { return }
    isInsideLine = false
    while true {
      if let feed = buffer.lineFeed(start, end - start) {
        start = feed + 1
        return
      }
      start = end
      if atEndOfFile { return }
      try refill()
    }
  }

  /// Takes a line of `length` bytes, and its line end, out of the buffer.
  private func take(length: Int, ending: Int) throws(InputError) -> InputLine {
    let offset = position - (end - start)
    var bytes = buffer.window(start, length)
    start += length + ending
    if length > 0, bytes[length - 1] == 0x0D { bytes = bytes.slice(0, length - 1) ?? bytes }
    guard bytes.count <= limit else { throw tooLong }
    return InputLine(bytes: bytes, number: number, offset: offset)
  }

  private var tooLong: InputError {
    place.error(
      "the line is longer than \(InputLimits.text(limit))", do: "write one JSON object per line, and shorten this one")
  }

  /// Reads the next chunk of the file behind the unread part of the buffer.
  private func refill() throws(InputError) {
    buffer.moveToStart(start, end - start)
    end -= start
    start = 0
    if buffer.capacity - end < Self.chunk { buffer.grow(to: max(2 * buffer.capacity, end + Self.chunk)) }
    let count = try buffer.fill(from: file, at: position, count: Self.chunk, offset: end)
    digest.add(buffer.window(end, count))
    if position == 0, count >= 3, buffer.window(0, 3).equals(Self.byteOrderMark) { start = 3 }
    position += count
    end += count
    atEndOfFile = count < Self.chunk
  }

  private static let markText: StaticString = "\u{FEFF}"
  private static var byteOrderMark: Bytes { unsafe Bytes(start: markText.utf8Start, count: 3) }
}
