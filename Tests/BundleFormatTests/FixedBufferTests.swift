import BundleFormat
import Testing

/// A mistake in the use of working memory shows in tests, however they were compiled.
@Suite struct FixedBufferTests {
  @Test func accessOutsideTheCapacityStopsATest() async {
    await #expect(processExitsWith: .failure) { _ = FixedBuffer<UInt8>(capacity: 2)[2] }
    await #expect(processExitsWith: .failure) {
      var buffer = FixedBuffer<UInt8>(capacity: 2)
      buffer[-1] = 1
    }
  }
}
