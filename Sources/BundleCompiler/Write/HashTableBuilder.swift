import BundleFormat

/// Builds the slots of a hash table as `HashTable` describes them.
struct HashTableBuilder {
  private(set) var slots: [UInt64]

  /// A table for `count` keys, at most half full.
  init(count: Int) { slots = [UInt64](repeating: UInt64.max, count: HashTable.slotCount(for: max(count, 1))) }

  /// Adds a key by its hash. Equal keys may be added; a search finds them in the order they came in.
  mutating func add(_ hash: UInt64, ordinal: UInt32) {
    var slot = HashTable.firstSlot(hash, slots: slots.count)
    while slots[slot] != UInt64.max { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt64(HashTable.tag(hash)) | UInt64(ordinal) << 32
  }

  /// The slots as stored.
  var encoded: [UInt8] { Self.encode(slots) }

  /// The bytes of slots.
  static func encode(_ slots: some Collection<UInt64>) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(slots.count * HashTable.slotSize)
    for slot in slots { bytes.append(littleEndian: slot) }
    return bytes
  }
}
