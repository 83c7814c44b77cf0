import BundleFormat

/// The addresses that byte strings get when they are appended to a blob in order.
struct BlobAddress {
  private var segment: UInt64 = 0
  private var offset = 0

  /// The address of the next string, of `length` bytes. It never straddles two segments.
  mutating func next(_ length: Int) -> UInt64 {
    if offset + length > Segment.maximumPayload {
      segment += 1
      offset = 0
    }
    defer { offset += length }
    return segment << UInt64(Segment.blobShift) | UInt64(offset)
  }
}
