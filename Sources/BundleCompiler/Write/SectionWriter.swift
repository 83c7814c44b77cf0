import BundleFormat

/// Cuts one section into segments and appends them to the LMDB part as they fill.
struct SectionWriter {
  private let name: SectionName
  private let elementSize: Int
  private let capacity: Int
  private let output: LMDBWriter
  private let buffer: SegmentBuffer
  private var segment = 0

  /// The number of payload bytes so far, over all segments.
  private(set) var byteCount = 0

  /// Starts a section of elements of `elementSize` bytes, or a blob with `Segment.blobElement`. No other section may use
  /// `buffer` before this one is finished.
  init(_ name: SectionName, elementSize: Int, to output: LMDBWriter, through buffer: SegmentBuffer) {
    self.name = name
    self.elementSize = elementSize
    self.output = output
    self.buffer = buffer
    buffer.clear()
    capacity =
      elementSize == Segment.blobElement
      ? Segment.maximumPayload : elementSize << Segment.elementShift(elementSize: elementSize)
  }

  /// Appends elements; `bytes` holds a whole number of them.
  mutating func append(_ bytes: some Collection<UInt8>) throws {
    assert(bytes.count % elementSize == 0)
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(capacity - buffer.count)
      buffer.append(part)
      byteCount += part.count
      rest = rest.dropFirst(part.count)
      if buffer.count == capacity { try flush() }
    }
  }

  /// Appends elements; `bytes` holds a whole number of them.
  mutating func append(_ bytes: Bytes) throws {
    try append(UnsafeRawBufferPointer(start: bytes.unsafeStart, count: bytes.count))
  }

  /// Appends one byte string of a blob and returns its address. It never straddles two segments.
  mutating func appendBlob(_ bytes: [UInt8]) throws -> UInt64 {
    precondition(elementSize == Segment.blobElement && bytes.count <= capacity)
    if buffer.count + bytes.count > capacity { try flush() }
    let address = UInt64(segment) << UInt64(Segment.blobShift) | UInt64(buffer.count)
    buffer.append(bytes)
    byteCount += bytes.count
    return address
  }

  /// Writes what is left. An empty section gets no segment.
  mutating func finish() throws {
    if buffer.count > 0 { try flush() }
  }

  private mutating func flush() throws {
    let digits = String(segment, radix: 16)
    let key = "\(name.key)/" + String(repeating: "0", count: 8 - digits.count) + digits
    try output.append(database: "\(name.database)", key: key, value: buffer.value(elementSize: elementSize))
    buffer.clear()
    segment += 1
  }
}
