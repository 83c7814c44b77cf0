import BundleFormat

/// The best rows seen so far in a scan.
///
/// Rows are collected until the pool is full, then all but the best `limit` are dropped at once, which costs less than
/// keeping an order. A row with its approximate inner product is one integer, ordered by product and, where equal, by lower
/// row. The order is total, so which rows remain does not depend on the order in which they come.
struct CandidatePool: ~Copyable {
  // How many times `limit` rows are collected before the worse ones are dropped.
  private static let slack = 4
  // So many are found one after the other sooner than by selection: what comes from a threshold is beyond a limit by few.
  private static let few = 8

  private var keys: FixedBuffer<UInt64>
  private var limit = 0

  /// The number of rows in the pool; at most `limit` after `keepBest`.
  private(set) var count = 0
  /// The least product that can still be among the best.
  private(set) var floor = Int32.min

  /// A pool that keeps at most `capacity` rows.
  init(capacity: Int) { keys = FixedBuffer(capacity: Self.slack * max(capacity, 1)) }

  /// Empties the pool and sets how many rows it keeps.
  mutating func reset(limit: Int) {
    self.limit = max(min(limit, keys.capacity / Self.slack), 1)
    count = 0
    floor = Int32.min
  }

  /// Adds a row. Constant time on average.
  mutating func add(product: Int32, row: UInt32) {
    if count == keys.capacity { keepBest() }
    keys[count] = UInt64(UInt32(bitPattern: product) ^ 0x8000_0000) << 32 | UInt64(~row)
    count += 1
  }

  /// Drops all rows but the best `limit`. Linear in the rows on average.
  mutating func keepBest() {
    guard count > limit else { return }
    keep(limit)
    var least = keys[0]
    for index in 1..<max(count, 1) where keys[index] < least { least = keys[index] }
    floor = Int32(bitPattern: UInt32(truncatingIfNeeded: least >> 32) ^ 0x8000_0000)
  }

  /// Keeps of the best `limit` rows those with at least the product `least`, but not fewer than `fewest`.
  mutating func keepBest(from least: Int32, atLeast fewest: Int) {
    keepBest()
    var within = 0
    for index in 0..<count where product(index) >= least { within += 1 }
    let wanted = max(within, min(fewest, count))
    if wanted < count { keep(wanted) }
  }

  private mutating func keep(_ wanted: Int) {
    guard count - wanted <= Self.few else {
      keys.moveGreatest(wanted, ofFirst: count)
      count = wanted
      return
    }
    while count > wanted {
      var least = 0
      for index in 1..<count where keys[index] < keys[least] { least = index }
      count -= 1
      keys[least] = keys[count]
    }
  }

  /// The row at `index`, in no particular order.
  func row(_ index: Int) -> UInt32 { ~UInt32(truncatingIfNeeded: keys[index]) }

  /// The product of the row at `index`.
  func product(_ index: Int) -> Int32 {
    Int32(bitPattern: UInt32(truncatingIfNeeded: keys[index] >> 32) ^ 0x8000_0000)
  }
}
