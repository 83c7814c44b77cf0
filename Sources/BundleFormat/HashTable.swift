/// An open-addressing table from a 64-bit hash to an ordinal, as stored in a bundle: slots of eight bytes, a power of
/// two of them, at most half full, searched linearly.
///
/// A slot is the low half of the hash (`tag`) and the ordinal, both `u32`; the ordinal `0xFFFF_FFFF` marks an empty slot.
/// A match of tags is a candidate only: the caller compares the stored key itself.
public enum HashTable {
  /// The size of a slot in bytes.
  public static let slotSize = 8

  /// The most slots that a search looks at. A table at most half full needs a few dozen; one that is full on purpose would
  /// otherwise cost a walk through all of it.
  public static let maximumProbes = 4096

  /// The ordinal that marks an empty slot.
  public static let empty: UInt32 = 0xFFFF_FFFF

  /// The number of slots for `count` keys: the least power of two that leaves the table at most half full.
  public static func slotCount(for count: Int) -> Int {
    var slots = 2
    while slots < 2 * count { slots *= 2 }
    return slots
  }

  /// The slot where the search for `hash` begins.
  @inlinable
  public static func firstSlot(_ hash: UInt64, slots: Int) -> Int {
    Int(truncatingIfNeeded: hash >> 32) & (slots - 1)
  }

  /// The part of `hash` that a slot stores.
  @inlinable
  public static func tag(_ hash: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: hash) }
}
