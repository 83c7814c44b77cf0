import BundleFormat
import CAlmanacHeader

/// Where a text lies in `ResultTexts`.
struct TextRange {
  var offset: Int
  var length: Int

  /// No text.
  static var none: TextRange { TextRange(offset: 0, length: 0) }
}

/// Copies of the short texts of one result, one after the other, in memory that grows to the largest result so far.
struct ResultTexts: ~Copyable {
  private var buffer = FixedBuffer<UInt8>(capacity: 2048)
  private var length = 0

  /// Forgets all texts.
  mutating func clear() { length = 0 }

  /// Copies a text. Addresses given out before may become invalid.
  mutating func add(_ text: Bytes) -> TextRange {
    if text.count > buffer.capacity - length {
      let larger = FixedBuffer<UInt8>(capacity: 2 * (length + text.count))
      unsafe larger.unsafeStart.update(from: buffer.unsafeStart, count: length)
      buffer = larger
    }
    unsafe UnsafeMutableRawPointer(buffer.unsafeStart + length)
      .copyMemory(from: text.unsafeStart, byteCount: text.count)
    defer { length += text.count }
    return TextRange(offset: length, length: text.count)
  }

  /// Copies a text; `nil` is none.
  mutating func add(_ text: [UInt8]?) -> TextRange {
    guard let text else { return .none }
    return text.withUnsafeBytes { unsafe add(Bytes($0)) }
  }

  /// The text at a range, for C. Valid until the next change.
  func text(_ range: TextRange) -> almanac_text {
    almanac_text(buffer.bytes(length).slice(range.offset, range.length) ?? .nothing)
  }
}
