/// Rows of single-precision numbers in groups of eight, padded with zeros, and sums over them in a fixed order.
///
/// Eight sums side by side let the compiler use wide registers without any choice in the order of additions.
final class FloatRows {
  typealias Group = SIMD8<Float>

  /// The number of rows.
  let count: Int
  /// The number of groups of eight in a row.
  let groups: Int
  private let storage: UnsafeMutablePointer<Group>

  /// Rows of zeros with room for `dimensions` numbers each.
  init(count: Int, dimensions: Int) {
    self.count = count
    groups = (dimensions + 7) / 8
    storage = .allocate(capacity: max(count * groups, 1))
    storage.initialize(repeating: .zero, count: max(count * groups, 1))
  }

  deinit { storage.deallocate() }

  /// A row.
  func row(_ index: Int) -> FloatRow { FloatRow(self, start(index), count: groups) }

  /// One of the `8 * groups` numbers of a row.
  subscript(index: Int, component: Int) -> Float {
    get {
      precondition(component >= 0 && component < 8 * groups)
      return start(index)[component / 8][component % 8]
    }
    set {
      precondition(component >= 0 && component < 8 * groups)
      start(index)[component / 8][component % 8] = newValue
    }
  }

  // Whole rows follow from it.
  private func start(_ index: Int) -> UnsafeMutablePointer<Group> {
    precondition(index >= 0 && index < count)
    return storage + index * groups
  }

  /// Sets a row to zeros.
  func clear(_ index: Int) { start(index).update(repeating: .zero, count: groups) }

  /// Adds `weight` times the row `source` of `rows` to a row.
  func add(_ weight: Float, _ rows: FloatRows, _ source: Int, to index: Int) {
    precondition(rows.groups == groups)
    let target = start(index)
    let summand = rows.start(source)
    for group in 0..<groups { target[group] += summand[group] * weight }
  }

  /// Multiplies a row by `factor`.
  func scale(_ index: Int, by factor: Float) {
    let target = start(index)
    for group in 0..<groups { target[group] *= factor }
  }

  /// Adds to a row the sum of the rows `sources` of `rows`, each times its weight, in their order.
  func addAll(_ weights: [Float], _ rows: FloatRows, _ sources: [Int32], to index: Int) {
    precondition(weights.count == sources.count && rows.groups == groups)
    precondition(sources.allSatisfy { $0 >= 0 && $0 < rows.count })
    weights.withUnsafeBufferPointer { weights in
      sources.withUnsafeBufferPointer { Self.addAll(weights, rows.storage, $0, to: start(index), groups) }
    }
  }

  private static func addAll(
    _ weights: UnsafeBufferPointer<Float>, _ base: UnsafeMutablePointer<Group>, _ sources: UnsafeBufferPointer<Int32>,
    to target: UnsafeMutablePointer<Group>, _ groups: Int
  ) {
    var group = 0
    // Three groups at a time stay in registers over all summands.
    while group + 3 <= groups {
      var first = target[group]
      var second = target[group + 1]
      var third = target[group + 2]
      for place in 0..<sources.count {
        let summand = base + (Int(sources[place]) * groups + group)
        let weight = Group(repeating: weights[place])
        first += summand[0] * weight
        second += summand[1] * weight
        third += summand[2] * weight
      }
      target[group] = first
      target[group + 1] = second
      target[group + 2] = third
      group += 3
    }
    while group < groups {
      var sum = target[group]
      for place in 0..<sources.count { sum += base[Int(sources[place]) * groups + group] * weights[place] }
      target[group] = sum
      group += 1
    }
  }

  /// The inner product of a row with one of `rows`.
  func product(_ index: Int, _ rows: FloatRows, _ other: Int) -> Float {
    precondition(rows.groups == groups)
    let (first, second) = (start(index), rows.start(other))
    var sums = Group.zero
    for group in 0..<groups { sums += first[group] * second[group] }
    return Self.total(sums)
  }

  /// The inner products of two rows with two of `rows`: first with first, first with second, second with first, second with
  /// second. The same sums as `product` takes, with each row read once for both.
  func products(_ indices: (Int, Int), _ rows: FloatRows, _ others: (Int, Int)) -> (Float, Float, Float, Float) {
    precondition(rows.groups == groups)
    let (first, second) = (start(indices.0), start(indices.1))
    let (third, fourth) = (rows.start(others.0), rows.start(others.1))
    var sums = (Group.zero, Group.zero, Group.zero, Group.zero)
    for group in 0..<groups {
      let left = (first[group], second[group])
      let right = (third[group], fourth[group])
      sums.0 += left.0 * right.0
      sums.1 += left.0 * right.1
      sums.2 += left.1 * right.0
      sums.3 += left.1 * right.1
    }
    return (Self.total(sums.0), Self.total(sums.1), Self.total(sums.2), Self.total(sums.3))
  }

  private static func total(_ sums: Group) -> Float {
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
  }
}

/// One row of `FloatRows` where it lies. Its memory lives as long as this does, and was checked to hold all of it.
struct FloatRow {
  private let rows: FloatRows
  private let start: UnsafeMutablePointer<FloatRows.Group>
  private let count: Int

  fileprivate init(_ rows: FloatRows, _ start: UnsafeMutablePointer<FloatRows.Group>, count: Int) {
    self.rows = rows
    self.start = start
    self.count = count
  }

  /// A group of eight numbers.
  subscript(group: Int) -> FloatRows.Group {
    get {
      precondition(group >= 0 && group < count)
      return start[group]
    }
    nonmutating set {
      precondition(group >= 0 && group < count)
      start[group] = newValue
    }
  }
}
