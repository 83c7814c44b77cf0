import BundleFormat

/// What a search of the greatest effort reads for one query, and which margin each part of it takes.
///
/// Lists come in the reader's order; from the margin that each one takes to be read follows what any search reads.
struct SearchTrace {
  /// How far the reading of lists goes.
  struct Reading {
    /// See `IndexParameters.probeMargin`.
    var margin: UInt32
    /// See `IndexParameters.probes`.
    var probes: Int
    /// See `IndexParameters.enoughPlaces`.
    var enough: Int
  }

  /// A list.
  struct Step {
    /// The number of the list.
    var list: Int
    /// The inner product of the query with its centroid.
    var near: Int32
    /// The least margin with which the stopping rule lets the list be read; 0 for the first ones.
    var margin: UInt32
    /// The number of places in it.
    var places: Int
    /// The greatest value of a place in it.
    var greatest: Int32
    /// Where its values begin.
    fileprivate var start: Int
  }

  /// The lists, as many as are probed at most.
  private(set) var steps: [Step] = []
  // With codes the values by which the reader ranks places, without them exact inner products.
  private var values: [Int32] = []
  private var shift: UInt32 = 0
  private let squaredLength: Int32
  private let first: Int
  // The steps after the first lists, those of the nearest centroids first.
  private var nearest: [Int] = []

  /// Follows a search for `query` that probes `most` lists, `first` of them in any case, as if nothing stood at the places
  /// `hidden`.
  init(
    _ index: TrainedIndex, _ vectors: VectorMatrix, query: VectorRow, hidden: [ListPlace], first: Int,
    most: Int, _ kernels: Kernels
  ) {
    self.first = first
    squaredLength = kernels.squaredNorm(query)
    let parameters = index.parameters
    let lists = index.lists.count
    let scan = CodeSums(index, vectors, query: query, kernels)
    let rough = scan.rough
    let reached = kernels.threshold(rough, wanted: most)
    let order = Array(
      (0..<lists).filter { rough[$0] >= reached }.sorted { (rough[$1], $0) < (rough[$0], $1) }.prefix(most))
    let near = order.map { kernels.dot(query, index.centroids.row($0)) }
    let head = near.prefix(first)
    let greatest = head.max() ?? 0
    let beyond =
      zip(order, head).reduce(Int64(0)) { $0 + Int64($1.1) - scan.scale.product(rough[$1.0]) }
      / Int64(max(head.count, 1))
    self.shift = scan.shift
    var best = Int64.min
    for (place, list) in order.enumerated() {
      var margin: UInt32 = 0
      if place >= first, index.subquantizers > 0 {
        // Both conditions of the reader: the whole centroid, and the rough value that may have one.
        // The greatest product that still has this rough value, or any at all for the greatest of them.
        let reach = rough[list] == .max ? Int64.max / 2 : scan.scale.product(rough[list] + 1) - 1
        margin = self.margin(max(best - Int64(near[place]), best - beyond - reach))
      }
      let start = values.count
      scan.append(list, near: near[place], greatest: greatest, to: &values)
      for place in hidden where place.list == list { values[start + place.place] = index.subquantizers > 0 ? 0 : .min }
      let listGreatest = values[start...].reduce(0, max)
      steps.append(
        Step(
          list: list, near: near[place], margin: margin, places: values.count - start, greatest: listGreatest,
          start: start))
      if place == min(first, order.count) - 1, index.subquantizers > 0 {
        best = StoppingRule.product(
          value: UInt16(clamping: values.max() ?? 0), greatest: greatest, minimum: scan.minimum, shift: scan.shift,
          parameters: parameters)
      }
    }
    nearest = steps.indices.dropFirst(first).sorted {
      (steps[$1].near, steps[$0].list) < (steps[$0].near, steps[$1].list)
    }
  }

  /// The steps at which a search reads lists.
  func read(_ reading: Reading) -> [Int] {
    var read = Array(0..<min(first, reading.probes, steps.count))
    var places = read.reduce(0) { $0 + steps[$1].places }
    let others = nearest.filter { $0 < reading.probes && steps[$0].margin <= reading.margin }
    let most = reading.enough == 0 ? Int.max : reading.enough
    for step in others where places < most {
      read.append(step)
      places += steps[step].places
    }
    return read
  }

  /// The value at a place, and the step at which it comes; `nil` if its list is not among them.
  func value(at place: ListPlace) -> (step: Int, value: Int32)? {
    guard let step = steps.firstIndex(where: { $0.list == place.list }) else { return nil }
    return (step, values[steps[step].start + place.place])
  }

  /// How many places of a step have at least `value`.
  func count(in step: Step, from value: Int32) -> Int32 {
    values.withUnsafeBufferPointer { values in
      var count: Int32 = 0
      for place in step.start..<(step.start + step.places) { count &+= values[place] >= value ? 1 : 0 }
      return count
    }
  }

  /// The least value within a re-rank margin of `best`.
  func floor(within margin: UInt32, of best: Int32) -> Int32 {
    let below = StoppingRule.product(margin: margin, squaredLength: squaredLength) >> Int64(shift)
    return Int32(clamping: max(1, Int64(best) - below))
  }

  /// The least re-rank margin that keeps a place of `value` when the best has `best`.
  func rerankMargin(_ value: Int32, best: Int32) -> UInt32 { margin((Int64(best) - Int64(value)) << Int64(shift)) }

  // The least margin that is at least a difference of inner products.
  private func margin(_ product: Int64) -> UInt32 {
    guard product > 0 else { return 0 }
    let length = Double(max(squaredLength, 1)).squareRoot()
    let about = Double(product) * 256 / length
    guard about < Double(StoppingRule.greatestMargin - 2) else { return StoppingRule.greatestMargin }
    var margin = UInt32(about)
    while StoppingRule.product(margin: margin, squaredLength: max(squaredLength, 1)) < product { margin += 1 }
    return margin
  }
}
