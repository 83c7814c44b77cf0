import BundleFormat

/// An index ready to be written: which vector lies in which row, the lists, and the codes in blocks.
struct TrainedIndex {
  /// The coarse centroids.
  let centroids: VectorMatrix
  /// The codes of the centroids; `nil` without codes.
  let listCodes: ListCodes?
  /// The rotation; `nil` without codes.
  let rotation: IndexRotation?
  /// The lists, in order.
  let lists: [ListRecord]
  /// The vector at each row. Rows of a list follow each other in the order of their vectors.
  let order: [Int]
  /// The second list of each vector; empty without codes or with a single list.
  let second: [UInt32]
  /// The codebooks; empty without codes.
  let codebooks: [Int8]
  /// The blocks of codes and rows; empty without codes.
  let codes: WorkingMemory
  /// The number of sub-quantisers.
  let subquantizers: Int

  /// The size of a block of codes and rows in bytes.
  var blockBytes: Int { Self.codeBytes(subquantizers) + 4 * IndexParameters.blockSize }

  /// Trains and fills an index over all vectors.
  ///
  /// - Parameters:
  ///   - heldOut: Vectors that centroids are not trained on.
  ///   - previous: Trained parts to keep; `plan` is theirs then.
  ///   - workingFolder: Where the codes may lie in a file if they are many; see `WorkingMemory`.
  ///   - progress: Told the share of the work done, 0…1.
  init(
    _ vectors: VectorMatrix, plan: IndexPlan, heldOut: [Int] = [], keeping previous: PreviousIndex? = nil,
    workingFolder: String? = nil,
    kernels: Kernels, progress: (Double) -> Void
  ) {
    let quantizer =
      previous.map { CoarseQuantizer(vectors, centroids: $0.centroids, kernels: kernels) }
      ?? CoarseQuantizer(
        vectors, listCount: plan.listCount, heldOut: heldOut, kernels: kernels
      ) { progress(0.6 * $0) }
    centroids = quantizer.centroids
    subquantizers = plan.subquantizers
    second = plan.subquantizers > 0 ? quantizer.second : []
    let members = ListMembers(first: quantizer.assignment, second: second, listCount: plan.listCount)
    order = members.order
    var lists: [ListRecord] = []
    var row = 0
    var block = 0
    for list in 0..<plan.listCount {
      let count = members.vectors(list).count
      lists.append(ListRecord(firstRow: UInt32(row), rowCount: UInt32(count), firstBlock: UInt32(block)))
      row += members.homeCounts[list]
      block += (count + IndexParameters.blockSize - 1) / IndexParameters.blockSize
    }
    self.lists = lists
    guard plan.subquantizers > 0 else {
      listCodes = nil
      rotation = nil
      codebooks = []
      codes = WorkingMemory(count: 0)
      progress(1)
      return
    }
    let rotation =
      previous.map {
        IndexRotation(rows: $0.rotation, shift: $0.parameters.rotationShift, codeShift: $0.parameters.codeShift)
      } ?? IndexRotation(vectors, quantizer, count: 4 * plan.subquantizers, kernels: kernels)
    self.rotation = rotation
    listCodes = ListCodes(quantizer.centroids, rotation, subquantizers: plan.subquantizers, kernels)
    progress(0.7)
    let products =
      previous.map {
        ProductQuantizer(
          codebooks: $0.codebooks, quantizer, rotation, subquantizers: plan.subquantizers, kernels: kernels)
      } ?? ProductQuantizer(vectors, quantizer, rotation, subquantizers: plan.subquantizers, kernels: kernels)
    codebooks = products.codebooks
    progress(0.8)
    var rows = [UInt32](repeating: 0, count: vectors.count)
    for (row, vector) in order.enumerated() { rows[vector] = UInt32(row) }
    codes = WorkingMemory(
      count: block * (Self.codeBytes(plan.subquantizers) + 4 * IndexParameters.blockSize), folder: workingFolder)
    Self.fill(codes, lists, members, vectors, products, rows, kernels)
    progress(1)
  }

  private static func codeBytes(_ subquantizers: Int) -> Int { IndexParameters.codebookSize * subquantizers }

  private static func fill(
    _ codes: WorkingMemory, _ lists: [ListRecord], _ members: ListMembers, _ vectors: VectorMatrix,
    _ quantizer: ProductQuantizer, _ rows: [UInt32], _ kernels: Kernels
  ) {
    let subquantizers = quantizer.subquantizers
    let codeBytes = codeBytes(subquantizers)
    let blockBytes = codeBytes + 4 * IndexParameters.blockSize
    inParallel(lists.count) { list in
      let places = members.vectors(list)
      var done = 0
      var unpacked = [UInt8](repeating: 0, count: IndexParameters.blockSize * subquantizers)
      var scratch = ProductQuantizer.Scratch()
      while done < places.count {
        let count = min(IndexParameters.blockSize, places.count - done)
        var block = [UInt8](repeating: 0, count: blockBytes)
        for place in 0..<IndexParameters.blockSize * subquantizers { unpacked[place] = 0 }
        for place in 0..<count {
          let vector = Int(places[places.startIndex + done + place])
          quantizer.encode(vectors.row(vector), list: list, into: &unpacked, at: place * subquantizers, &scratch)
          for byte in 0..<4 {
            block[codeBytes + 4 * place + byte] = UInt8(truncatingIfNeeded: rows[vector] >> UInt32(8 * byte))
          }
        }
        kernels.pack(unpacked, subquantizers: subquantizers, into: &block)
        codes.store(block, at: (Int(lists[list].firstBlock) + done / IndexParameters.blockSize) * blockBytes)
        done += count
      }
    }
  }
}
