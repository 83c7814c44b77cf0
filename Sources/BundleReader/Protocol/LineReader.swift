import BundleFormat
import CKernels

/// Reads lines from a file descriptor into memory of a fixed size, whatever comes.
public struct LineReader: ~Copyable {
  /// What was read.
  public enum Line {
    /// A line without its newline. Valid until the next is read.
    case text(Bytes)
    /// A line longer than the reader takes, skipped up to its newline.
    case tooLong
    /// There is nothing more.
    case end
    /// The operating system refused to read (`errno`).
    case failed(code: Int32)
  }

  private let descriptor: Int32
  private let maximumLine: Int
  private var buffer: FixedBuffer<UInt8>
  // The bytes read and not yet given out lie from `start` to `end`; up to `searched` there is no newline.
  private var start = 0
  private var searched = 0
  private var end = 0
  private var isTooLong = false

  /// A reader of lines of up to `maximumLine` bytes, newline not counted. The descriptor stays the caller's.
  public init(descriptor: Int32, maximumLine: Int = ReaderProtocol.maximumLine) {
    self.descriptor = descriptor
    self.maximumLine = max(maximumLine, 0)
    buffer = FixedBuffer(capacity: max(maximumLine, 0) + 1)
  }

  /// Reads the next line; the last one needs no newline. Waits only if no whole line is there yet.
  public mutating func next() -> Line {
    while true {
      if let line = buffered() { return line }
      if let line = read() { return line }
    }
  }

  /// The next line if all of it has been read already, newline included.
  public mutating func buffered() -> Line? {
    guard let newline = newline() else { return nil }
    let line = buffer.bytes(newline).slice(start, newline - start)
    start = newline + 1
    searched = start
    defer { isTooLong = false }
    guard !isTooLong, let line else { return .tooLong }
    return .text(line)
  }

  /// Reads once, for when no whole line is `buffered`. Waits only if there is nothing to read. Returns a line if the input
  /// ended or failed.
  public mutating func read() -> Line? {
    makeRoom()
    let count = unsafe almanac_read(descriptor, buffer.unsafeStart + end, buffer.capacity - end)
    if count < 0 { return .failed(code: almanac_last_error()) }
    if count == 0 { return last() }
    end += count
    return nil
  }

  private mutating func newline() -> Int? {
    while searched < end {
      if buffer[searched] == UInt8(ascii: "\n") { return searched }
      searched += 1
    }
    return nil
  }

  // The buffer holds one byte more than a line: when it is full without a newline, the line is too long.
  private mutating func makeRoom() {
    if start > 0, end == buffer.capacity || start == end {
      unsafe buffer.unsafeStart.update(from: buffer.unsafeStart + start, count: end - start)
      end -= start
      start = 0
    }
    if end == buffer.capacity {
      isTooLong = true
      end = 0
    }
    searched = end
  }

  private mutating func last() -> Line {
    let line = buffer.bytes(end).slice(start, end - start)
    start = end
    defer { isTooLong = false }
    guard !isTooLong else { return .tooLong }
    guard let line, line.count > 0 else { return .end }
    return .text(line)
  }
}

extension Bytes {
  /// Whether the window holds nothing but spaces, tabs and carriage returns.
  public var isBlank: Bool {
    for index in 0..<count where self[index] != 0x20 && self[index] != 0x09 && self[index] != 0x0D { return false }
    return true
  }
}
