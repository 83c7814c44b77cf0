import BundleFormat

/// A growing line of JSON in memory that serves again for the next. It keeps the size of the longest line so far, which
/// an answer of at most 1 MiB bounds.
public struct ReplyBuffer: ~Copyable {
  private var buffer: FixedBuffer<UInt8>

  /// The number of bytes written.
  public private(set) var count = 0

  /// An empty buffer with room for `capacity` bytes, at least one, before it grows.
  public init(capacity: Int = 16_384) { buffer = FixedBuffer(capacity: max(capacity, 1)) }

  /// What was written. Valid until more is.
  public var bytes: Bytes { buffer.bytes(count) }

  /// Goes back to the first `count` bytes.
  public mutating func rewind(to count: Int) { self.count = min(self.count, max(count, 0)) }

  /// Writes one byte.
  public mutating func write(_ byte: UInt8) {
    if count == buffer.capacity { grow() }
    buffer[count] = byte
    count += 1
  }

  /// Writes bytes as they are.
  public mutating func write(_ bytes: Bytes) {
    for index in 0..<bytes.count { write(bytes[index]) }
  }

  /// Writes a text of the program as it is.
  public mutating func write(_ text: StaticString) { write(Bytes(text)) }

  /// Writes a key and what stands between it and its value, after a comma unless it is the first of its object.
  public mutating func key(_ name: StaticString) {
    if bytes[count - 1] != UInt8(ascii: "{") { write(UInt8(ascii: ",")) }
    write(UInt8(ascii: "\""))
    write(name)
    write("\":")
  }

  /// Begins the next element of an array: writes a comma unless it is the first.
  public mutating func element() {
    if bytes[count - 1] != UInt8(ascii: "[") { write(UInt8(ascii: ",")) }
  }

  private mutating func grow() {
    let larger = FixedBuffer<UInt8>(capacity: 2 * buffer.capacity)
    unsafe larger.unsafeStart.update(from: buffer.unsafeStart, count: count)
    buffer = larger
  }
}

extension ReplyBuffer {
  /// Writes a JSON string. Bytes that are not UTF-8, as a damaged file may hold, become U+FFFD, one for each byte.
  public mutating func string(_ text: Bytes) {
    write(UInt8(ascii: "\""))
    stringPart(text)
    write(UInt8(ascii: "\""))
  }

  /// Writes a part of a JSON string, escaped.
  mutating func stringPart(_ text: Bytes) {
    var offset = 0
    while offset < text.count {
      let length = text.scalarLength(at: offset)
      if length == 1 {
        character(text[offset])
      } else if length == 0 {
        write("\u{FFFD}")
      } else if length == 3, text[offset] == 0xE2, text[offset + 1] == 0x80, text[offset + 2] & 0xFE == 0xA8 {
        // U+2028 and U+2029 end a line in JavaScript and in some readers of lines.
        write(text[offset + 2] == 0xA8 ? "\\u2028" : "\\u2029")
      } else {
        for index in 0..<length { write(text[offset + index]) }
      }
      offset += max(length, 1)
    }
  }

  private mutating func character(_ byte: UInt8) {
    switch byte {
    case UInt8(ascii: "\""): write("\\\"")
    case UInt8(ascii: "\\"): write("\\\\")
    case 0x08: write("\\b")
    case 0x09: write("\\t")
    case 0x0A: write("\\n")
    case 0x0C: write("\\f")
    case 0x0D: write("\\r")
    case 0..<0x20:
      write("\\u00")
      write(Self.hexadecimal(byte >> 4))
      write(Self.hexadecimal(byte & 15))
    default: write(byte)
    }
  }

  /// Writes a JSON string of two hexadecimal digits for each byte.
  public mutating func hexadecimal(_ bytes: Bytes) {
    write(UInt8(ascii: "\""))
    for index in 0..<bytes.count {
      write(Self.hexadecimal(bytes[index] >> 4))
      write(Self.hexadecimal(bytes[index] & 15))
    }
    write(UInt8(ascii: "\""))
  }

  private static func hexadecimal(_ digit: UInt8) -> UInt8 {
    digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10
  }

  /// Writes a whole number.
  public mutating func integer(_ value: UInt64) {
    if value >= 10 { integer(value / 10) }
    write(UInt8(ascii: "0") + UInt8(value % 10))
  }

  /// Writes a whole number that may be negative.
  public mutating func integer(_ value: Int64) {
    if value < 0 { write(UInt8(ascii: "-")) }
    integer(value.magnitude)
  }

  /// Writes millionths as a decimal fraction with three to six digits after the point: 991,000 as `0.991`.
  public mutating func share(_ millionths: UInt32) {
    integer(UInt64(millionths / 1_000_000))
    write(UInt8(ascii: "."))
    var unit: UInt32 = 100_000
    var rest = millionths % 1_000_000
    for place in 1...6 where place <= 3 || rest > 0 {
      write(UInt8(ascii: "0") + UInt8(rest / unit))
      rest %= unit
      unit = max(unit / 10, 1)
    }
  }

  /// Writes a cosine, given in units of 1/65,536, as a decimal fraction with four digits after the point, halves away
  /// from zero.
  mutating func cosine(_ units: Int64) {
    let places = (UInt64(min(units.magnitude, 1 << 40)) * 10_000 + 32_768) / 65_536
    if units < 0, places > 0 { write(UInt8(ascii: "-")) }
    integer(places / 10_000)
    write(UInt8(ascii: "."))
    for unit: UInt64 in [1000, 100, 10, 1] { write(UInt8(ascii: "0") + UInt8(places / unit % 10)) }
  }

  /// Writes nanoseconds as microseconds with one digit after the point, halves up.
  mutating func microseconds(_ nanoseconds: UInt64) {
    let tenths = (nanoseconds / 50 + 1) / 2
    integer(tenths / 10)
    write(UInt8(ascii: "."))
    write(UInt8(ascii: "0") + UInt8(tenths % 10))
  }
}
