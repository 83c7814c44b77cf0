import BundleFormat

/// One int8 vector where it lies, with its padding. Its memory lives as long as this does, and was checked to hold all of it.
///
/// Threads may write different rows at once.
struct VectorRow: @unchecked Sendable {
  /// The number of components, a multiple of 64; those beyond the dimensions of the matrix are zero.
  let count: Int
  private let memory: WorkingMemory
  private let start: UnsafeMutablePointer<Int8>

  /// The row of `count` bytes at `offset` of `memory`.
  init(_ memory: WorkingMemory, at offset: Int, count: Int) {
    self.memory = memory
    self.count = count
    start = memory.unsafeStart(offset, count).assumingMemoryBound(to: Int8.self)
  }

  /// A component.
  subscript(component: Int) -> Int8 {
    get {
      precondition(component >= 0 && component < count)
      return start[component]
    }
    nonmutating set {
      precondition(component >= 0 && component < count)
      start[component] = newValue
    }
  }

  /// The bytes of the row. Valid while the matrix lives.
  var bytes: Bytes { Bytes(start: start, count: count) }

  /// Makes all components those of another row of equal length.
  func copy(_ other: VectorRow) {
    precondition(count == other.count)
    start.update(from: other.start, count: count)
  }

  /// Makes the first components those of `components`.
  func copy(_ components: ArraySlice<Int8>) {
    precondition(components.count <= count)
    for (place, component) in components.enumerated() { start[place] = component }
  }

  /// Adds the components to those of `sums` from `place` on, modulo 2^32.
  func add(to sums: inout [Int32], at place: Int) {
    precondition(place >= 0 && count <= sums.count - place)
    sums.withUnsafeMutableBufferPointer { sums in
      let sums = sums.baseAddress! + place
      for component in 0..<count { sums[component] &+= Int32(start[component]) }
    }
  }

  /// Calls `body` with the address of the first component and the number of components. For kernels.
  func withUnsafeStart<Result>(_ body: (UnsafeMutablePointer<Int8>, Int) -> Result) -> Result {
    withExtendedLifetime(memory) { body(start, count) }
  }
}
