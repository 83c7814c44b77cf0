import BundleFormat

/// Many int8 vectors in memory, each padded with zeros to a stride that is a multiple of 64.
///
/// Rows may be written from several threads at once if no two write the same row.
final class VectorMatrix: @unchecked Sendable {
  /// The number of vectors.
  let count: Int
  /// The number of components of a vector.
  let dimensions: Int
  /// The number of bytes from one vector to the next.
  let stride: Int
  private let storage: UnsafeMutablePointer<Int8>
  private let memory: WorkingMemory

  /// A matrix of zeros, if large in a file in `folder`; see `WorkingMemory`.
  convenience init(count: Int, dimensions: Int, folder: String? = nil) {
    let stride = EncoderParameters.stride(dimensions: dimensions)
    self.init(memory: WorkingMemory(count: count * stride, folder: folder), count: count, dimensions: dimensions)
  }

  /// A matrix in `memory`, which holds rows of the stride that follows from `dimensions`.
  init(memory: WorkingMemory, count: Int, dimensions: Int) {
    self.count = count
    self.dimensions = dimensions
    stride = EncoderParameters.stride(dimensions: dimensions)
    precondition(memory.count >= count * stride)
    storage = memory.start.assumingMemoryBound(to: Int8.self)
    self.memory = memory
  }

  /// The components of a vector, `stride` of them.
  func row(_ index: Int) -> UnsafeMutablePointer<Int8> {
    precondition(index >= 0 && index < count)
    return storage + index * stride
  }

  /// The components of `rows`, one vector after the other.
  func rows(_ rows: Range<Int>) -> UnsafeBufferPointer<Int8> {
    precondition(rows.lowerBound >= 0 && rows.upperBound <= count)
    return UnsafeBufferPointer(start: storage + rows.lowerBound * stride, count: rows.count * stride)
  }

  /// The bytes of a vector.
  func bytes(_ index: Int) -> UnsafeBufferPointer<UInt8> {
    UnsafeBufferPointer(start: UnsafeRawPointer(row(index)).assumingMemoryBound(to: UInt8.self), count: stride)
  }
}
