import BundleFormat

/// Cuts one section into segments and appends them to the LMDB part as they fill.
struct SectionWriter {
  private let name: SectionName
  private let elementSize: Int
  private let capacity: Int
  private let output: LMDBWriter
  // The value of the next segment: room for its lead-in, then its payload.
  private var value = [UInt8](repeating: 0, count: Segment.leadIn)
  private var segment = 0

  /// The number of payload bytes so far, over all segments.
  private(set) var byteCount = 0

  private var payloadCount: Int { value.count - Segment.leadIn }

  /// Starts a section of elements of `elementSize` bytes, or a blob with `Segment.blobElement`.
  init(_ name: SectionName, elementSize: Int, to output: LMDBWriter) {
    self.name = name
    self.elementSize = elementSize
    self.output = output
    capacity =
      elementSize == Segment.blobElement
      ? Segment.maximumPayload : elementSize << Segment.elementShift(elementSize: elementSize)
  }

  /// Appends elements; `bytes` holds a whole number of them.
  mutating func append(_ bytes: some Collection<UInt8>) throws {
    assert(bytes.count % elementSize == 0)
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = rest.prefix(capacity - payloadCount)
      makeRoom(for: part.count)
      value.append(contentsOf: part)
      byteCount += part.count
      rest = rest.dropFirst(part.count)
      if payloadCount == capacity { try flush() }
    }
  }

  /// Appends elements; `bytes` holds a whole number of them.
  mutating func append(_ bytes: Bytes) throws {
    try append(UnsafeRawBufferPointer(start: bytes.unsafeStart, count: bytes.count))
  }

  /// Appends one byte string of a blob and returns its address. It never straddles two segments.
  mutating func appendBlob(_ bytes: [UInt8]) throws -> UInt64 {
    precondition(elementSize == Segment.blobElement && bytes.count <= capacity)
    if payloadCount + bytes.count > capacity { try flush() }
    let address = UInt64(segment) << UInt64(Segment.blobShift) | UInt64(payloadCount)
    makeRoom(for: bytes.count)
    value.append(contentsOf: bytes)
    byteCount += bytes.count
    return address
  }

  // An array left to itself would grow to twice the size of a segment.
  private mutating func makeRoom(for count: Int) {
    guard value.count + count > value.capacity else { return }
    value.reserveCapacity(min(Segment.leadIn + capacity, max(2 * value.capacity, value.count + count)))
  }

  /// Writes what is left. An empty section gets no segment.
  mutating func finish() throws {
    if payloadCount > 0 { try flush() }
  }

  private mutating func flush() throws {
    let digits = String(segment, radix: 16)
    let key = "\(name.key)/" + String(repeating: "0", count: 8 - digits.count) + digits
    Segment.complete(&value, elementSize: elementSize)
    try output.append(database: "\(name.database)", key: key, value: value)
    value.removeLast(value.count - Segment.leadIn)
    segment += 1
  }
}
