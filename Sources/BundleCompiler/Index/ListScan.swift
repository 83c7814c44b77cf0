import BundleFormat
import CKernels

/// The values by which the reader ranks the places of probed lists before the exact re-rank, for one query.
struct ListScan {
  private let index: TrainedIndex
  private let vectors: VectorMatrix
  private let query: UnsafeMutablePointer<Int8>
  private let table: KernelTable
  // Inner products with the whole centroids, and with their first rotated components.
  private var products: [Int32]
  private var coarse: [UInt16] = []
  private var lookup: [UInt8] = []
  private var shift: UInt32 = 0
  // The sums of the lists looked at so far; without codes, exact products.
  private var scanned: [Int: [Int32]] = [:]

  init(_ index: TrainedIndex, _ vectors: VectorMatrix, query: UnsafeMutablePointer<Int8>, _ table: KernelTable) {
    self.index = index
    self.vectors = vectors
    self.query = query
    self.table = table
    let lists = index.lists.count
    products = [Int32](repeating: 0, count: lists)
    table.kernels.pointee.dot_rows(query, index.centroids.row(0), index.centroids.stride, lists, &products)
    guard let rotation = index.rotation else { return }
    let count = rotation.rows.count
    var wide = [Int32](repeating: 0, count: count)
    var components = [Int8](repeating: 0, count: count)
    var grouped = [Int8](repeating: 0, count: count)
    rotation.wide(query, into: &wide, table)
    RotatedVector.narrow(wide, count: count, shift: rotation.shift, into: &components)
    RotatedVector.group(components, subquantizers: index.subquantizers, into: &grouped)
    if index.coarse.count > 0 {
      var near = [Int32](repeating: 0, count: lists)
      table.kernels.pointee.dot_rows(components, index.coarse.row(0), index.coarse.stride, lists, &near)
      coarse = [UInt16](repeating: 0, count: lists)
      table.kernels.pointee.narrow(near, lists, IndexParameters.coarseProductShift, &coarse)
    }
    let width = index.subquantizers * IndexParameters.codebookSize
    var tables = [Int32](repeating: 0, count: width)
    lookup = [UInt8](repeating: 0, count: width)
    var minimum: Int32 = 0
    table.kernels.pointee.build_lookup(grouped, index.codebooks, index.subquantizers, &tables)
    table.kernels.pointee.quantize_lookup(tables, index.subquantizers, &lookup, &minimum, &shift)
    shift += rotation.codeShift
  }

  /// How many places are ranked before those of a row when `probes` lists are probed; the maximum if it is in none of them.
  mutating func rank(of places: [ListPlace], probes: Int) -> Int32 {
    let lists = chosen(probes)
    guard let first = lists.first else { return Int32.max }
    let greatest = products[first]
    var wanted = Int32.min
    for place in places where lists.contains(place.list) {
      wanted = max(wanted, offset(place.list, greatest) + sums(place.list)[place.place])
    }
    guard wanted > Int32.min else { return Int32.max }
    var better: Int32 = -1
    for list in lists {
      let least = wanted - offset(list, greatest)
      for sum in sums(list) where sum >= least { better += 1 }
    }
    return better
  }

  private func offset(_ list: Int, _ greatest: Int32) -> Int32 {
    guard index.subquantizers > 0 else { return 0 }
    return Int32(IndexParameters.listOffset(near: products[list], greatest: greatest, shift: shift))
  }

  // The lists that the reader probes, the nearest first.
  private func chosen(_ probes: Int) -> [Int] {
    var candidates = Array(products.indices)
    if !coarse.isEmpty {
      let wanted = SearchTuning.coarseCandidates(probes: probes, lists: products.count)
      let threshold = table.kernels.pointee.threshold(coarse, coarse.count, wanted)
      candidates = candidates.filter { coarse[$0] >= threshold }
    }
    candidates.sort { (products[$1], $0) < (products[$0], $1) }
    return Array(candidates.prefix(probes))
  }

  private mutating func sums(_ list: Int) -> [Int32] {
    if let known = scanned[list] { return known }
    let record = index.lists[list]
    var result: [Int32] = []
    if index.subquantizers == 0 {
      result = (0..<Int(record.rowCount)).map {
        table.kernels.pointee.dot(query, vectors.row(index.order[Int(record.firstRow) + $0]), vectors.stride)
      }
    } else {
      let blocks = (Int(record.rowCount) + IndexParameters.blockSize - 1) / IndexParameters.blockSize
      var values = [UInt16](repeating: 0, count: blocks * IndexParameters.blockSize)
      index.codes.withUnsafeBufferPointer { codes in
        guard blocks > 0 else { return }
        table.kernels.pointee.scan_blocks(
          codes.baseAddress! + Int(record.firstBlock) * index.blockBytes, blocks, index.blockBytes, lookup,
          index.subquantizers, &values)
      }
      result = values.prefix(Int(record.rowCount)).map { Int32($0) }
    }
    scanned[list] = result
    return result
  }
}
