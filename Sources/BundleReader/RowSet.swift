import BundleFormat

/// Which rows a search has met, so that one listed twice is scored once: an open-addressing table of fixed capacity.
struct RowSet: ~Copyable {
  private static let empty = UInt32.max

  private var slots: FixedBuffer<UInt32>
  private let mask: Int

  /// A set for at most `capacity` rows.
  init(capacity: Int) {
    var size = 4
    while size < 2 * capacity { size *= 2 }
    slots = FixedBuffer(capacity: size)
    mask = size - 1
    clear()
  }

  /// Forgets all rows.
  mutating func clear() { slots.fill(Self.empty) }

  /// Adds a row; false if it was there. The reserved value 2³² - 1 counts as there.
  mutating func insert(_ row: UInt32) -> Bool {
    guard row != Self.empty else { return false }
    var slot = Int((row &* 0x9E37_79B1) >> 16) & mask
    while slots[slot] != Self.empty {
      if slots[slot] == row { return false }
      slot = (slot + 1) & mask
    }
    slots[slot] = row
    return true
  }
}
