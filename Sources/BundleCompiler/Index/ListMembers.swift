/// Which vectors stand in each list of an index: first those it is the home of, then those it has besides; both in the order of
/// the vectors.
struct ListMembers: Sendable {
  /// How many vectors each list is the home of.
  let homeCounts: [Int]
  private let members: [UInt32]
  private let starts: [Int]

  /// Sorts vectors by their `first` list, and once more by their `second` if they have one. Linear in their number.
  init(first: [UInt32], second: [UInt32], listCount: Int) {
    var homes = [Int](repeating: 0, count: listCount)
    for list in first { homes[Int(list)] += 1 }
    var starts = [Int](repeating: 0, count: listCount + 1)
    for list in 0..<listCount { starts[list + 1] = homes[list] }
    for list in second { starts[Int(list) + 1] += 1 }
    for list in 0..<listCount { starts[list + 1] += starts[list] }
    var next = Array(starts.dropLast())
    var members = [UInt32](repeating: 0, count: first.count + second.count)
    for lists in [first, second] {
      for (vector, list) in lists.enumerated() {
        members[next[Int(list)]] = UInt32(vector)
        next[Int(list)] += 1
      }
    }
    homeCounts = homes
    self.starts = starts
    self.members = members
  }

  /// The vectors of `list`.
  func vectors(_ list: Int) -> ArraySlice<UInt32> { members[starts[list]..<starts[list + 1]] }

  /// The vectors in the order of their home lists.
  var order: [Int] {
    var order: [Int] = []
    order.reserveCapacity(homeCounts.reduce(0, +))
    for (list, count) in homeCounts.enumerated() { order += vectors(list).prefix(count).lazy.map { Int($0) } }
    return order
  }
}
