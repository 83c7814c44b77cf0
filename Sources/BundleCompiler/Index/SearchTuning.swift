import BundleFormat
import CKernels

/// Chooses how many lists a query probes and how many rows it re-ranks, and measures the recall of the choice.
///
/// The queries are questions as an encoder sees them that was not fitted to them; the truth is the exact scan. For each
/// query it is found out at which probe the true neighbour's list comes, and how many rows of the lists so far the codes
/// put before it; from that the recall of every choice follows.
struct SearchTuning {
  /// A choice and what it does.
  struct Point: Sendable {
    /// The number of lists probed.
    var probes: Int
    /// The number of rows scored exactly.
    var rerank: Int
    /// The share of queries whose nearest neighbour was found.
    var recall: Double
    /// The cost in the units of the scan of one row of codes.
    var cost: Double
  }

  /// The choice taken.
  let chosen: Point
  /// The least costly choices for growing recall, the chosen one among them.
  let frontier: [Point]
  /// The number of queries measured.
  let queryCount: Int

  // Fewer would rarely reach an entry with another answer where entries have many wordings, and the decision needs one.
  private static let rerankChoices = [64, 128, 256, 512, 1024]
  // Measured with tools/kernels/benchmark: a row of codes 1, an exact scattered row 20, a centroid 4.
  private static let exactCost = 20.0

  /// Measures `index` with `queries` against the exact scan of `vectors`, and chooses the cheapest point of at least
  /// `recall`, or else the one with the highest recall.
  init(
    _ index: TrainedIndex, vectors: VectorMatrix, queries: VectorMatrix, recall: Double,
    kernels: UnsafePointer<almanac_kernels>
  ) {
    queryCount = queries.count
    let lists = index.lists.count
    let probeChoices = Self.probeChoices(lists)
    let ranks = Self.ranks(index, vectors, queries, probeChoices, kernels)
    let meanRows = Double(vectors.count) / Double(lists)
    let reranks = Self.rerankChoices.filter { $0 == Self.rerankChoices[0] || $0 <= vectors.count }
    var points: [Point] = []
    for (choice, probes) in probeChoices.enumerated() {
      for rerank in reranks {
        var found = 0
        for query in 0..<queries.count where ranks[query * probeChoices.count + choice] < Int32(rerank) { found += 1 }
        points.append(
          Point(
            probes: probes, rerank: rerank, recall: Double(found) / Double(max(queries.count, 1)),
            cost: Double(probes) * meanRows + Double(rerank) * Self.exactCost))
      }
    }
    points.sort { ($0.cost, $0.probes) < ($1.cost, $1.probes) }
    var best: [Point] = []
    for point in points where point.recall > (best.last?.recall ?? -1) { best.append(point) }
    frontier = best
    chosen = best.first { $0.recall >= recall } ?? best.last ?? points[0]
  }

  private static func probeChoices(_ lists: Int) -> [Int] {
    var choices: [Int] = []
    for probes in [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256] where probes < lists {
      choices.append(probes)
    }
    return choices + [lists]
  }

  // For each query and choice of probes the number of rows before the true neighbour; the maximum if it is not reached.
  private static func ranks(
    _ index: TrainedIndex, _ vectors: VectorMatrix, _ queries: VectorMatrix, _ choices: [Int],
    _ kernels: UnsafePointer<almanac_kernels>
  ) -> [Int32] {
    let ranks = SharedArray<Int32>(count: queries.count * choices.count, 0)
    var places = [(list: Int, position: Int)](repeating: (0, 0), count: vectors.count)
    for (list, record) in index.lists.enumerated() {
      for position in 0..<Int(record.rowCount) {
        places[index.order[Int(record.firstRow) + position]] = (list, position)
      }
    }
    let table = KernelTable(kernels)
    let vectorPlaces = places
    let exact = ExactScan(vectors, table)
    inParallel(queries.count) { query in
      let truth = exact.nearest(queries.row(query))
      let scan = ListScan(index, vectors, query: queries.row(query), table)
      let home = vectorPlaces[truth]
      let wanted = scan.products(home.list)[home.position]
      var better: Int32 = 0
      var reached = false
      var choice = 0
      for probe in 0..<choices[choices.count - 1] {
        let list = scan.listOrder[probe]
        for product in scan.products(list) where product > wanted { better += 1 }
        reached = reached || list == home.list
        if probe + 1 == choices[choice] {
          ranks[query * choices.count + choice] = reached ? better : Int32.max
          choice += 1
        }
      }
    }
    return ranks.array
  }
}

/// The products of a query with the rows of lists as the reader computes them before the re-rank.
private struct ListScan {
  /// The lists, nearest first.
  let listOrder: [Int]
  private let index: TrainedIndex
  private let vectors: VectorMatrix
  private let query: UnsafeMutablePointer<Int8>
  private let kernels: UnsafePointer<almanac_kernels>
  private let listProducts: [Int32]
  private var lookup: [UInt8] = []
  private var minimum: Int32 = 0
  private var shift: UInt32 = 0

  init(_ index: TrainedIndex, _ vectors: VectorMatrix, query: UnsafeMutablePointer<Int8>, _ table: KernelTable) {
    self.index = index
    self.vectors = vectors
    self.query = query
    kernels = table.kernels
    var products = [Int32](repeating: 0, count: index.lists.count)
    kernels.pointee.dot_rows(query, index.centroids.row(0), index.centroids.stride, index.lists.count, &products)
    listProducts = products
    listOrder = products.indices.sorted { (products[$1], $0) < (products[$0], $1) }
    let width = index.subquantizers * IndexParameters.codebookSize
    guard width > 0 else { return }
    var tables = [Int32](repeating: 0, count: width)
    lookup = [UInt8](repeating: 0, count: width)
    kernels.pointee.build_lookup(query, index.codebooks, index.subquantizers, &tables)
    kernels.pointee.quantize_lookup(tables, index.subquantizers, &lookup, &minimum, &shift)
  }

  func products(_ list: Int) -> [Int32] {
    let record = index.lists[list]
    let first = Int(record.firstRow)
    guard index.subquantizers > 0 else {
      return (0..<Int(record.rowCount)).map {
        kernels.pointee.dot(query, vectors.row(index.order[first + $0]), vectors.stride)
      }
    }
    let blocks = (Int(record.rowCount) + IndexParameters.blockSize - 1) / IndexParameters.blockSize
    var sums = [UInt16](repeating: 0, count: blocks * IndexParameters.blockSize)
    let blockBytes = IndexParameters.codebookSize * index.subquantizers
    index.codes.withUnsafeBufferPointer { codes in
      if blocks > 0 {
        kernels.pointee.scan_blocks(
          codes.baseAddress! + Int(record.firstBlock) * blockBytes, blocks, lookup, index.subquantizers, &sums)
      }
    }
    return (0..<Int(record.rowCount)).map { listProducts[list] + minimum + Int32(UInt32(sums[$0]) << shift) }
  }
}
