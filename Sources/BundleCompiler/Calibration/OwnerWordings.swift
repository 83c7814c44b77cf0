/// The questions of each owner.
struct OwnerWordings: Sendable {
  // The questions in the order of their owners, those of one owner in their own order; and where an owner's begin.
  private let ordered: [UInt32]
  private let owners: [UInt32]
  private let starts: [UInt32]

  /// Sorts the questions by `owners`, the owner of each. O(n log n) for n questions, 12 bytes each.
  init(_ owners: [UInt32]) {
    var keys = owners.enumerated().map { UInt64($1) << 32 | UInt64($0) }
    keys.sort()
    var distinct: [UInt32] = []
    var starts: [UInt32] = []
    for (place, key) in keys.enumerated() where distinct.last != UInt32(key >> 32) {
      distinct.append(UInt32(key >> 32))
      starts.append(UInt32(place))
    }
    ordered = keys.map { UInt32(truncatingIfNeeded: $0) }
    self.owners = distinct
    self.starts = starts + [UInt32(keys.count)]
  }

  /// The questions of `owner` in their order; none for one without. O(log n) and their number.
  func questions(_ owner: UInt32) -> [Int] { ordered[range(owner)].map { Int($0) } }

  /// The number of questions of `owner`. O(log n).
  func count(_ owner: UInt32) -> Int { range(owner).count }

  /// Calls `body` with each owner and its questions, in the order of the owners.
  func visit(_ body: (UInt32, ArraySlice<UInt32>) -> Void) {
    for (place, owner) in owners.enumerated() { body(owner, ordered[Int(starts[place])..<Int(starts[place + 1])]) }
  }

  private func range(_ owner: UInt32) -> Range<Int> {
    var low = 0
    var high = owners.count
    while low < high {
      let middle = (low + high) / 2
      if owners[middle] < owner { low = middle + 1 } else { high = middle }
    }
    guard low < owners.count, owners[low] == owner else { return 0..<0 }
    return Int(starts[low])..<Int(starts[low + 1])
  }
}
