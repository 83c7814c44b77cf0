import BundleFormat

/// Queries of one kind with the places of their true neighbours, and what finding these takes.
struct SearchSample {
  /// What finds the true neighbour of a query: the least margins; `nil` if the neighbour is in no list that is ever probed.
  struct Need: Sendable {
    /// Of the stopping rule for lists.
    var probe: UInt32?
    /// Of that for exact scores.
    var rerank: UInt32?
  }

  /// How many neighbours of each query are looked for.
  private static let depth = 10

  let index: TrainedIndex
  let vectors: VectorMatrix
  let queries: VectorMatrix
  let kernels: Kernels
  /// The places of each query's ten nearest neighbours, the nearest first.
  let places: [[[ListPlace]]]
  /// How many neighbours these are in all.
  let neighbours: Int
  /// The places of each query itself, if it is stored.
  let hidden: [[ListPlace]]
  /// What each query takes.
  let needs: [Need]

  init(
    _ index: TrainedIndex, _ vectors: VectorMatrix, _ queries: SearchTuning.Queries,
    _ kernels: Kernels
  ) {
    self.index = index
    self.vectors = vectors
    self.queries = queries.vectors
    self.kernels = kernels
    let rows = SharedArray<UInt32>(count: vectors.count, 0)
    for (row, vector) in index.order.enumerated() { rows[vector] = UInt32(row) }
    let exact = NearestRows(vectors, kernels)
    let given = queries.vectors
    let own = queries.own
    let nearest = SharedArray<[UInt32]>(count: given.count, [])
    let groups = ranges(of: given.count, size: NearestRows.together)
    inParallel(groups.count) { group in
      let queries = Array(groups[group])
      let found = exact.find(queries.map { given.row($0) }, depth: Self.depth) { place, row in
        own.isEmpty || row != own[queries[place]]
      }
      for (place, query) in queries.enumerated() {
        nearest[query] = found[place].map { rows[$0.row] }
      }
    }
    let truths = nearest.array
    let itself = own.map { rows[$0] }
    let known = ListPlace.all(of: Set(truths.joined()).union(itself), in: index)
    let places = truths.map { $0.map { known[$0] ?? [] } }
    self.places = places
    neighbours = truths.reduce(0) { $0 + $1.count }
    let hidden = own.isEmpty ? [[ListPlace]](repeating: [], count: given.count) : itself.map { known[$0] ?? [] }
    self.hidden = hidden
    let needs = SharedArray<Need>(count: given.count, Need())
    inParallel(given.count) { query in
      let trace = Self.trace(index, vectors, given.row(query), hidden[query], kernels)
      let best = trace.steps.map(\.greatest).max() ?? 0
      var need = Need()
      for (step, value) in (places[query].first ?? []).compactMap({ trace.value(at: $0) }) {
        need.probe = min(need.probe ?? .max, trace.steps[step].margin)
        need.rerank = min(need.rerank ?? .max, trace.rerankMargin(value, best: best))
      }
      needs[query] = need
    }
    self.needs = needs.array
  }

  /// The search for a query.
  func trace(_ query: Int) -> SearchTrace { Self.trace(index, vectors, queries.row(query), hidden[query], kernels) }

  private static func trace(
    _ index: TrainedIndex, _ vectors: VectorMatrix, _ query: VectorRow, _ hidden: [ListPlace],
    _ kernels: Kernels
  ) -> SearchTrace {
    SearchTrace(
      index, vectors, query: query, hidden: hidden, first: SearchTuning.firstProbes, most: SearchChoices.mostProbes,
      kernels)
  }
}
