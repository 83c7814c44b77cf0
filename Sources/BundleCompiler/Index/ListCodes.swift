import BundleFormat

/// Codes of the centroids, by which queries order lists: a product quantiser as for vectors, but of whole centroids.
///
/// A code of 64 sub-quantisers takes a twelfth of the bytes of a centroid and puts lists into as good an order as a third of the
/// rotated components, byte by byte, would.
struct ListCodes {
  private static let seed: UInt64 = 0x5EED_0004
  private static let width = IndexParameters.subvectorSize
  private static let blockSize = IndexParameters.blockSize

  /// The codebooks: [sub-quantiser][16][4].
  let codebooks: [Int8]
  /// The codes of the centroids in blocks of 32, in their order.
  let blocks: WorkingMemory
  private let subquantizers: Int

  /// The size of a block in bytes.
  var blockBytes: Int { subquantizers * IndexParameters.codebookSize }

  /// Trains codebooks on the rotated centroids, and codes these.
  init(_ centroids: VectorMatrix, _ rotation: IndexRotation, subquantizers: Int, _ kernels: Kernels) {
    self.subquantizers = subquantizers
    let rotated = Self.rotated(centroids, rotation, subquantizers: subquantizers, kernels)
    let size = IndexParameters.codebookSize * Self.width
    let books = SharedArray<Int8>(count: subquantizers * size, 0)
    inParallel(subquantizers) { subquantizer in
      let points = (0..<centroids.count).map { SIMD4<Float>(rotated[$0 * subquantizers + subquantizer]) }
      books.copy(
        ProductQuantizer.train(points, seed: Self.seed &+ UInt64(subquantizer)), at: subquantizer * size)
    }
    codebooks = books.array
    let numbers = ProductQuantizer.numbers(codebooks)
    let blockBytes = IndexParameters.codebookSize * subquantizers
    let blockCount = (centroids.count + Self.blockSize - 1) / Self.blockSize
    let blocks = WorkingMemory(count: blockCount * blockBytes)
    inParallel(blockCount) { block in
      var codes = [UInt8](repeating: 0, count: Self.blockSize * subquantizers)
      let first = block * Self.blockSize
      for list in first..<min(first + Self.blockSize, centroids.count) {
        for subquantizer in 0..<subquantizers {
          codes[(list - first) * subquantizers + subquantizer] = ProductQuantizer.code(
            rotated[list * subquantizers + subquantizer], numbers, subquantizer)
        }
      }
      var packed = [UInt8](repeating: 0, count: blockBytes)
      kernels.pack(codes, subquantizers: subquantizers, into: &packed)
      blocks.store(packed, at: block * blockBytes)
    }
    self.blocks = blocks
  }

  // The four components that each sub-quantiser codes, [list][sub-quantiser].
  private static func rotated(
    _ centroids: VectorMatrix, _ rotation: IndexRotation, subquantizers: Int, _ kernels: Kernels
  ) -> [SIMD4<Int32>] {
    let rotated = SharedArray<SIMD4<Int32>>(count: centroids.count * subquantizers, .zero)
    let half = rotation.shift == 0 ? 0 : Int32(1) << Int32(rotation.shift - 1)
    inParallel(centroids.count) { list in
      var wide = [Int32](repeating: 0, count: rotation.rows.count)
      rotation.wide(centroids.row(list), into: &wide, kernels)
      let grouped = rotation.grouped(wide, subquantizers: subquantizers)
      for subquantizer in 0..<subquantizers {
        var components = SIMD4<Int32>.zero
        for part in 0..<width {
          let component = (grouped[subquantizer * width + part] &+ half) >> Int32(rotation.shift)
          components[part] = Int32(Int16(clamping: component))
        }
        rotated[list * subquantizers + subquantizer] = components
      }
    }
    return rotated.array
  }

  /// The rough values of all lists for a rotated query in the order of the sub-vectors, and what these stand for.
  func rough(_ rotated: [Int8], _ parameters: IndexParameters, _ kernels: Kernels) -> ([UInt16], RoughScale) {
    let tables = kernels.lookupTables(rotated, codebooks: codebooks, subquantizers: subquantizers)
    let (lookup, minimum, shift) = kernels.quantizedLookup(tables, subquantizers: subquantizers)
    let rough = kernels.scan(
      blocks, at: 0, blockCount: parameters.listBlocks, blockBytes: blockBytes, lookup: lookup,
      subquantizers: subquantizers)
    return (
      Array(rough.prefix(Int(parameters.listCount))),
      RoughScale(minimum: minimum, shift: shift + parameters.codeShift, parameters: parameters)
    )
  }
}
