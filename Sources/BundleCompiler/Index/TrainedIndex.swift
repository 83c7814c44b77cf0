import BundleFormat
import CKernels

/// An index ready to be written: which vector lies in which row, the lists, and the codes in blocks.
struct TrainedIndex {
  /// The coarse centroids.
  let centroids: VectorMatrix
  /// The lists, in order.
  let lists: [ListRecord]
  /// The vector at each row. Rows of a list follow each other in the order of their vectors.
  let order: [Int]
  /// The codebooks; empty without codes.
  let codebooks: [Int8]
  /// The blocks of codes; empty without codes.
  let codes: [UInt8]
  /// The number of sub-quantisers.
  let subquantizers: Int

  /// Trains and fills an index over all vectors.
  ///
  /// - Parameter progress: Told the share of the work done, 0…1.
  init(
    _ vectors: VectorMatrix, plan: IndexPlan, kernels: UnsafePointer<almanac_kernels>, progress: (Double) -> Void
  ) {
    let coarse = CoarseQuantizer(vectors, listCount: plan.listCount, kernels: kernels) { progress(0.6 * $0) }
    centroids = coarse.centroids
    subquantizers = plan.subquantizers
    var members = [[Int]](repeating: [], count: plan.listCount)
    for (vector, list) in coarse.assignment.enumerated() { members[Int(list)].append(vector) }
    var lists: [ListRecord] = []
    var order: [Int] = []
    order.reserveCapacity(vectors.count)
    var block = 0
    for list in members {
      lists.append(
        ListRecord(firstRow: UInt32(order.count), rowCount: UInt32(list.count), firstBlock: UInt32(block)))
      order.append(contentsOf: list)
      block += (list.count + IndexParameters.blockSize - 1) / IndexParameters.blockSize
    }
    self.lists = lists
    self.order = order
    guard plan.subquantizers > 0 else {
      codebooks = []
      codes = []
      progress(1)
      return
    }
    let quantizer = ProductQuantizer(vectors, coarse, subquantizers: plan.subquantizers)
    codebooks = quantizer.codebooks
    progress(0.8)
    let blockBytes = IndexParameters.codebookSize * plan.subquantizers
    let packed = SharedArray<UInt8>(count: block * blockBytes, 0)
    let table = KernelTable(kernels)
    let records = lists
    let rows = order
    inParallel(records.count) { list in
      let record = records[list]
      var done = 0
      var unpacked = [UInt8](repeating: 0, count: IndexParameters.blockSize * plan.subquantizers)
      while done < Int(record.rowCount) {
        let count = min(IndexParameters.blockSize, Int(record.rowCount) - done)
        unpacked.withUnsafeMutableBufferPointer { unpacked in
          unpacked.update(repeating: 0)
          for place in 0..<count {
            quantizer.encode(
              vectors, coarse, row: rows[Int(record.firstRow) + done + place],
              into: unpacked.baseAddress! + place * plan.subquantizers)
          }
          table.kernels.pointee.pack_block(
            unpacked.baseAddress!, plan.subquantizers,
            packed.start(at: (Int(record.firstBlock) + done / IndexParameters.blockSize) * blockBytes))
        }
        done += count
      }
    }
    codes = packed.array
    progress(1)
  }
}
