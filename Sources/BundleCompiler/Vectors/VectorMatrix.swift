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
  private let memory: WorkingMemory

  /// A matrix of zeros, if large in a file in `folder`; see `WorkingMemory`.
  convenience init(count: Int, dimensions: Int, folder: String? = nil) {
    let stride = EncoderParameters.stride(dimensions: dimensions)
    self.init(memory: WorkingMemory(count: count * stride, folder: folder), count: count, dimensions: dimensions)
  }

  /// A matrix in `memory`, which holds rows of the stride that follows from `dimensions`.
  init(memory: WorkingMemory, count: Int, dimensions: Int) {
    precondition(count >= 0 && dimensions >= 0)
    self.count = count
    self.dimensions = dimensions
    stride = EncoderParameters.stride(dimensions: dimensions)
    let (size, overflows) = count.multipliedReportingOverflow(by: stride)
    precondition(!overflows && memory.count >= size)
    self.memory = memory
  }

  /// A vector with its padding.
  func row(_ index: Int) -> VectorRow {
    precondition(index >= 0 && index < count)
    return VectorRow(memory, at: index * stride, count: stride)
  }

  /// Calls `body` with the address of the first of the rows `range`, which follow each other. For kernels.
  func withUnsafeStart<Result>(of range: Range<Int>, _ body: (UnsafePointer<Int8>) -> Result) -> Result {
    precondition(range.lowerBound >= 0 && range.upperBound <= count)
    return memory.withUnsafeBytes(range.lowerBound * stride, range.count * stride) {
      body(UnsafeRawPointer($0).assumingMemoryBound(to: Int8.self))
    }
  }
}
