import BundleFormat

/// The stored vectors nearest to a query, in a bundle or in a layer and its base together.
///
/// Base and layer are searched alike, and what they find goes into one list before anybody looks at margins: an entry of one may
/// be the rival of an entry of the other. Questions of entries that the layer replaces are left out.
struct PooledSearch: ~Copyable {
  private let bundle: Bundle
  private var own: VectorSearch
  private let under: BaseSearch?
  // The results of a pair in `VectorSearch`'s form: similarity, then the complement of the question.
  private var order: FixedBuffer<UInt64>
  private var pooled = 0

  init(_ bundle: Bundle, effort: SearchEffort = .chosen) {
    self.bundle = bundle
    own = VectorSearch(bundle, effort: effort)
    under = bundle.base.map { BaseSearch(VectorSearch($0.bundle, effort: effort)) }
    order = FixedBuffer(capacity: bundle.base == nil ? 0 : 2 * IndexParameters.maximumRerank)
  }

  /// Finds the stored vectors nearest to `query`; see `VectorSearch.search`.
  mutating func search(_ query: borrowing FixedBuffer<Int8>) throws(BundleError) {
    try own.search(query)
    if let under, let base = bundle.base { try pool(under, base, query) }
  }

  private mutating func pool(
    _ under: BaseSearch, _ base: LayerBase, _ query: borrowing FixedBuffer<Int8>
  ) throws(BundleError) {
    pooled = 0
    try under.search.search(query)
    for index in 0..<own.count { add(own.similarity(index), own.question(index)) }
    for index in 0..<under.search.count {
      let question = under.search.question(index)
      if try bundle.isReplaced(question: question, of: base) { continue }
      add(under.search.similarity(index), question &+ base.questions)
    }
    order.sortDescending(first: pooled)
    // Beyond this the nearest of one of the two are missing, so the list would say nothing about the rest.
    pooled = min(pooled, max(Int(base.bundle.index.rerank), 1))
  }

  private mutating func add(_ similarity: Int64, _ question: UInt32) {
    guard pooled < order.capacity else { return }
    order[pooled] = UInt64(similarity + VectorSearch.similarityOffset) << 32 | UInt64(~question)
    pooled += 1
  }

  /// The number of results.
  var count: Int { under == nil ? own.count : pooled }

  /// The similarity of result `index`, a cosine in units of 1/65,536.
  func similarity(_ index: Int) -> Int64 {
    under == nil ? own.similarity(index) : Int64(order[index] >> 32) - VectorSearch.similarityOffset
  }

  /// The ordinal of the question of result `index`.
  func question(_ index: Int) -> UInt32 {
    under == nil ? own.question(index) : ~UInt32(truncatingIfNeeded: order[index])
  }

  /// The number of lists that the last search looked at, and of places in them.
  var probedLists: Int { own.probedLists + (under?.search.probedLists ?? 0) }
  var scannedRows: Int { own.scannedRows + (under?.search.scannedRows ?? 0) }
}

/// The search of the bundle under a layer. A class, since only pairs have one.
private final class BaseSearch {
  var search: VectorSearch

  init(_ search: consuming VectorSearch) { self.search = search }
}
