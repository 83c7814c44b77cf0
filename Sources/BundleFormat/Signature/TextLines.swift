/// The lines of a text, one after the other. A line ends in LF, or CR and LF; the last one may end in neither.
struct TextLines {
  private let text: Bytes
  private var place = 0

  init(_ text: Bytes) { self.text = text }

  /// The next line without its end, or `nil` behind the last.
  mutating func next() -> Bytes? {
    guard place < text.count else { return nil }
    let start = place
    while place < text.count, text[place] != UInt8(ascii: "\n") { place += 1 }
    var end = place
    if end < text.count {
      place += 1
      if end > start, text[end - 1] == UInt8(ascii: "\r") { end -= 1 }
    }
    return text.slice(start, end - start)
  }
}

extension Bytes {
  /// What follows `prefix`, or `nil` if the bytes do not begin with it.
  func after(_ prefix: StaticString) -> Bytes? {
    let prefix = unsafe Bytes(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount)
    guard let head = slice(0, prefix.count), head.equals(prefix) else { return nil }
    return slice(prefix.count, count - prefix.count)
  }

  /// The bytes that `count` bytes of base64 text stand for, or `nil` if these are not the text of so many.
  func base64(_ size: Int) -> [UInt8]? {
    guard count == Base64.length(size) else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(size)
    guard Base64.decode(self, { bytes.append($0) }), bytes.count == size else { return nil }
    return bytes
  }
}
