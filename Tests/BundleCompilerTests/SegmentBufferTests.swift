import BundleFormat
import TestSupport
import Testing

@testable import BundleCompiler

/// What is gathered for a segment comes out as the segment's value, however it came in.
@Suite struct SegmentBufferTests {
  // From a few bytes, which are padded, to where the memory has grown twice.
  @Test(arguments: [0, 1, 1_999, 2_000, 2_001, 1 << 20, 5 << 20])
  func bytesOfAnyCollectionsBecomeTheValueOfASegment(count: Int) throws {
    let folder = try TemporaryFolder()
    let buffer = SegmentBuffer(folder: folder.path)
    // What was there before must not show through the padding.
    buffer.append([UInt8](repeating: 0xFF, count: 4_096))
    buffer.clear()
    let payload = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    for part in ranges(of: count, size: 300_007) {
      let middle = (part.lowerBound + part.upperBound) / 2
      buffer.append(payload[part.lowerBound..<middle])
      buffer.append(payload[middle..<part.upperBound].lazy.map { $0 })
    }
    #expect(buffer.count == count)
    #expect(buffer.value(elementSize: 1).copied == Segment.value(payload: payload, elementSize: 1))
    #expect(folder.names.isEmpty)
  }
}
