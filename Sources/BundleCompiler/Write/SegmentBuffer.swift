import BundleFormat

/// The value of the segment that is being filled: room for its lead-in, then its payload.
///
/// liblmdb copies a value when it is handed over, so a segment of 64 MiB is in memory twice. This copy lies in the pages of a
/// nameless file once it is large (`WorkingMemory`), which the kernel may take back. One buffer serves all sections of a
/// bundle, one after the other.
final class SegmentBuffer {
  private static let firstCapacity = 1 << 20

  private var memory = WorkingMemory(count: firstCapacity)
  private let folder: String?

  /// The number of bytes of the payload.
  private(set) var count = 0

  /// An empty segment, which grows into a file in `folder`.
  init(folder: String?) { self.folder = folder }

  /// Empties the segment.
  func clear() { count = 0 }

  /// Adds bytes to the payload, which may not exceed `Segment.maximumPayload`.
  func append(_ bytes: some Collection<UInt8>) {
    let length = bytes.count
    precondition(count + length <= Segment.maximumPayload)
    makeRoom(for: length)
    memory.store(bytes, at: Segment.leadIn + count)
    count += length
  }

  /// The value: lead-in, payload, and zeros up to `Segment.minimumValue`. Valid until the next change.
  func value(elementSize: Int) -> Bytes {
    let end = Segment.leadIn + count
    memory.store(Segment.leadIn(payloadLength: count, elementSize: elementSize), at: 0)
    memory.store(repeatElement(0, count: max(Segment.minimumValue - end, 0)), at: end)
    // The memory is never smaller than that.
    return memory.bytes.slice(0, max(end, Segment.minimumValue))!
  }

  private func makeRoom(for length: Int) {
    let needed = Segment.leadIn + count + length
    guard needed > memory.count else { return }
    let most = Segment.leadIn + Segment.maximumPayload
    let larger = WorkingMemory(count: min(max(4 * memory.count, needed), most), folder: folder)
    larger.store(memory.bytes, at: 0)
    memory = larger
  }
}
