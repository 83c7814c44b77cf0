import BundleFormat

/// Text of a bounded length in memory allocated once. What does not fit is counted and not kept.
struct TextBuffer: ~Copyable {
  private var buffer: FixedBuffer<UInt8>

  /// The number of bytes appended since the buffer was emptied, kept or not.
  private(set) var count = 0

  /// A buffer that keeps at most `capacity` bytes.
  init(capacity: Int) { buffer = FixedBuffer(capacity: capacity) }

  /// What was kept. Valid until the buffer is changed.
  var bytes: Bytes { buffer.bytes(count) }

  /// Whether more was appended than fits.
  var isOverfull: Bool { count > buffer.capacity }

  /// Empties the buffer.
  mutating func removeAll() { count = 0 }

  /// Appends a byte.
  mutating func append(_ byte: UInt8) {
    if count < buffer.capacity { buffer[count] = byte }
    count += 1
  }

  /// Inserts bytes before byte `place`. All must fit.
  mutating func insert(_ added: Bytes, at place: Int) {
    let end = count
    for index in 0..<added.count { append(added[index]) }
    var index = end
    while index > place {
      index -= 1
      buffer[index + added.count] = buffer[index]
    }
    for index in 0..<added.count { buffer[place + index] = added[index] }
  }
}
