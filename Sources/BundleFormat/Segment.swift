/// How a section is cut into segments, each one LMDB value.
///
/// A value is a lead-in of 48 bytes, the payload, and zeros. LMDB places a large value 16 bytes into a page, so the lead-in
/// puts the payload on a 64-byte boundary of the file; the zeros make small values large enough to be placed so.
public enum Segment {
  /// The most bytes of payload in a segment.
  public static let maximumPayload = 1 << 26
  /// The binary logarithm of `maximumPayload`: a blob's address is `segment << 26 | offset`.
  public static let blobShift = 26
  /// The bytes before the payload: payload length (`u64`), element size (`u32`), then zeros.
  public static let leadIn = 48
  /// The least length of a value. LMDB keeps shorter values inside its tree pages, where nothing is aligned.
  public static let minimumValue = 2048
  /// The element size of a blob: a section of byte strings found by address, none of which straddles two segments.
  public static let blobElement = 1

  /// The binary logarithm of the number of elements in every segment but the last.
  public static func elementShift(elementSize: Int) -> Int {
    var shift = 0
    while elementSize << (shift + 1) <= maximumPayload { shift += 1 }
    return shift
  }

  /// The value of a segment with this payload.
  public static func value(payload: [UInt8], elementSize: Int) -> [UInt8] {
    var bytes = leadIn(payloadLength: payload.count, elementSize: elementSize)
    bytes.reserveCapacity(max(leadIn + payload.count, minimumValue))
    bytes.append(contentsOf: payload)
    if bytes.count < minimumValue { bytes.pad(to: minimumValue) }
    return bytes
  }

  /// What comes before a payload of `payloadLength` bytes: `leadIn` bytes.
  public static func leadIn(payloadLength: Int, elementSize: Int) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: UInt64(payloadLength))
    bytes.append(littleEndian: UInt32(elementSize))
    bytes.pad(to: leadIn)
    return bytes
  }
}
