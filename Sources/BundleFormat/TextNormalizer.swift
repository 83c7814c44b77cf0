import CKernels

/// Why a text has no normal form.
public enum NormalizationError: Error, Equatable, Sendable {
  /// The text is not UTF-8; the first ill-formed sequence begins at byte `offset`.
  case invalidUTF8(offset: Int)
  /// The text has more than `limit` bytes.
  case tooLong(limit: Int)
}

extension NormalizationError: CustomStringConvertible {
  /// The error in one sentence: what, where, what to do.
  public var description: String {
    switch self {
    case .invalidUTF8(let offset): "the text is not UTF-8 from byte \(offset) on; send it as UTF-8"
    case .tooLong(let limit): "the text is longer than \(limit) bytes; shorten it"
    }
  }
}

/// Brings questions into the *normal form* in which they are stored, compared exactly and split into tokens.
///
/// The normal form of a text is made in this order:
/// 1. Normalization Form C (UAX #15), never NFKC: 10² does not become 102.
/// 2. Simple case folding, scalar by scalar (statuses C and S of CaseFolding.txt): ß stays ß, İ stays İ.
/// 3. Normalization Form C again, since folding can let marks join: H with a line below has no composite, h has.
/// 4. Each run of White_Space becomes one U+0020; there is none at the beginning or the end.
/// 5. White space and the characters `. ? ! … 。 ？ ！ ؟ ।` are taken away from the end until neither is left there.
///
/// The normal form of a normal form is itself. Unassigned code points stay as they are. The empty text and one of
/// nothing but white space and those characters have an empty normal form.
///
/// A normaliser holds all the memory it needs, 15 times `maximumInput`, and allocates nothing after `init`. It serves
/// one thread at a time.
public struct TextNormalizer: ~Copyable {
  /// The most bytes of UTF-8 that `normalize` takes.
  public let maximumInput: Int

  private var text: CanonicalText
  private var buffer: FixedBuffer<UInt8>
  private var length = 0

  /// Makes a normaliser for texts of up to `maximumInput` bytes.
  public init(maximumInput: Int) {
    // Decomposing, folding and composing make no text more than three times as long (U+1D160 decomposes from 4 bytes to
    // 12 and never composes again). The tests check it for every scalar.
    let maximum = min(max(maximumInput, 0), 1 << 30)
    self.maximumInput = maximum
    text = CanonicalText(bytes: maximum)
    buffer = FixedBuffer(capacity: 3 * maximum)
  }

  /// The version of Unicode whose tables make the normal form.
  public static var unicodeVersion: String { UNICODE_TABLES_VERSION }

  /// The normal form made last, empty after an error. Valid until the next call and while the normaliser lives.
  public var output: Bytes { buffer.bytes(length) }

  /// Makes the normal form of `input`, to be had from `output`, and returns its length in bytes, at most three times
  /// that of `input`.
  ///
  /// O(input.count) for every input. `input` must not lie in `output`.
  ///
  /// - Throws: `tooLong` if `input` has more than `maximumInput` bytes, else `invalidUTF8` if any of it is ill-formed.
  public mutating func normalize(_ input: Bytes) throws(NormalizationError) -> Int {
    length = 0
    guard input.count <= maximumInput else { throw .tooLong(limit: maximumInput) }
    if normalizeASCII(input) { return length }
    return try normalizeAny(input)
  }

  /// `normalize` without the short cut for ASCII.
  mutating func normalizeAny(_ input: Bytes) throws(NormalizationError) -> Int {
    length = 0
    try decode(input)
    text.compose()
    text.fold()
    text.compose()
    writeTrimmed()
    return length
  }

  /// Makes Normalization Form C of `input` and nothing else.
  mutating func compose(_ input: Bytes) throws(NormalizationError) -> Int {
    length = 0
    guard input.count <= maximumInput else { throw .tooLong(limit: maximumInput) }
    try decode(input)
    text.compose()
    for index in 0..<text.count { length = write(text[index], at: length) }
    return length
  }
}

extension TextNormalizer {
  /// Makes the normal form if `input` is ASCII, in one pass; otherwise says no.
  private mutating func normalizeASCII(_ input: Bytes) -> Bool {
    var written = 0
    for index in 0..<input.count {
      let byte = input[index]
      if byte >= 0x80 { return false }
      if byte == 0x20 || byte &- 0x09 < 5 {
        guard written > 0, buffer[written - 1] != 0x20 else { continue }
        buffer[written] = 0x20
      } else {
        buffer[written] = byte &- 0x41 < 26 ? byte | 0x20 : byte
      }
      written += 1
    }
    while written > 0, buffer[written - 1] == 0x20 || isStrippedFromEnd(UInt32(buffer[written - 1])) { written -= 1 }
    length = written
    return true
  }

  private mutating func decode(_ input: Bytes) throws(NormalizationError) {
    text.removeAll()
    var offset = 0
    while offset < input.count {
      let scalar = input.scalar(at: offset)
      guard scalar.length > 0 else { throw .invalidUTF8(offset: offset) }
      text.append(scalar.value)
      offset += scalar.length
    }
  }

  private mutating func writeTrimmed() {
    var written = 0
    var spaceIsDue = false
    for index in 0..<text.count {
      let scalar = text[index]
      if unicode_word_class(scalar) == UNICODE_CLASS_WHITE_SPACE {
        spaceIsDue = written > 0
        continue
      }
      if spaceIsDue { written = write(0x20, at: written) }
      spaceIsDue = false
      written = write(scalar, at: written)
      if !isStrippedFromEnd(scalar) { length = written }
    }
  }

  /// Writes a scalar as UTF-8 and returns where the next one goes.
  @inline(__always)
  private mutating func write(_ scalar: UInt32, at offset: Int) -> Int {
    if scalar < 0x80 {
      buffer[offset] = UInt8(truncatingIfNeeded: scalar)
      return offset + 1
    }
    let last = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
    if scalar < 0x800 {
      buffer[offset] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
      buffer[offset + 1] = last
      return offset + 2
    }
    let lastButOne = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
    if scalar < 0x1_0000 {
      buffer[offset] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
      buffer[offset + 1] = lastButOne
      buffer[offset + 2] = last
      return offset + 3
    }
    buffer[offset] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
    buffer[offset + 1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F)
    buffer[offset + 2] = lastButOne
    buffer[offset + 3] = last
    return offset + 4
  }

  @inline(__always)
  private func isStrippedFromEnd(_ scalar: UInt32) -> Bool {
    switch scalar {
    case 0x2E, 0x3F, 0x21, 0x2026, 0x3002, 0xFF1F, 0xFF01, 0x061F, 0x0964: true
    default: false
    }
  }
}
