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

  /// The first group of a row.
  func row(_ index: Int) -> UnsafeMutablePointer<Group> {
    precondition(index >= 0 && index < count)
    return storage + index * groups
  }

  /// The first of the `8 * groups` numbers of a row.
  func numbers(_ index: Int) -> UnsafeMutablePointer<Float> {
    UnsafeMutableRawPointer(row(index)).assumingMemoryBound(to: Float.self)
  }

  /// Sets a row to zeros.
  func clear(_ index: Int) { row(index).update(repeating: .zero, count: groups) }

  /// Adds `weight` times the row `source` of `rows` to a row.
  func add(_ weight: Float, _ rows: FloatRows, _ source: Int, to index: Int) {
    let target = row(index)
    let summand = rows.row(source)
    for group in 0..<groups { target[group] += summand[group] * weight }
  }

  /// Multiplies a row by `factor`.
  func scale(_ index: Int, by factor: Float) {
    let target = row(index)
    for group in 0..<groups { target[group] *= factor }
  }

  /// Adds to a row the sum of the rows `sources` of `rows`, each times its weight, in their order.
  func addAll(
    _ weights: UnsafeBufferPointer<Float>, _ rows: FloatRows, _ sources: UnsafeBufferPointer<Int32>, to index: Int
  ) {
    precondition(weights.count == sources.count && rows.groups == groups)
    let target = row(index)
    let base = rows.storage
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

  /// The inner product of two rows of `groups` groups.
  static func product(_ first: UnsafePointer<Group>, _ second: UnsafePointer<Group>, _ groups: Int) -> Float {
    var sums = Group.zero
    for group in 0..<groups { sums += first[group] * second[group] }
    return total(sums)
  }

  /// The inner products of two rows with two others: first with first, first with second, second with first, second with
  /// second. The same sums as `product` takes, with each row read once for both.
  static func products(
    _ first: UnsafePointer<Group>, _ second: UnsafePointer<Group>, with third: UnsafePointer<Group>,
    _ fourth: UnsafePointer<Group>, _ groups: Int
  ) -> (Float, Float, Float, Float) {
    var sums = (Group.zero, Group.zero, Group.zero, Group.zero)
    for group in 0..<groups {
      let left = (first[group], second[group])
      let right = (third[group], fourth[group])
      sums.0 += left.0 * right.0
      sums.1 += left.0 * right.1
      sums.2 += left.1 * right.0
      sums.3 += left.1 * right.1
    }
    return (total(sums.0), total(sums.1), total(sums.2), total(sums.3))
  }

  private static func total(_ sums: Group) -> Float {
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7]))
  }
}
