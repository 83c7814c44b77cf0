/// The words that make marks, `decision/marks-lexicon`: a hash table from words and phrases to records.
///
/// Layout: `u32` kind (1), `u32` slots (a power of two), `u32` records, `u32` zero; the slots as `HashTable` describes them;
/// the records. A key is hashed in the domain `MarkLexicon.domain` with U+2019 written as U+0027 and the words of a phrase
/// joined by one U+0020. Keys are not stored: a word that is none of them is taken for one with a probability of 2⁻³².
public struct MarkLexicon: Sendable {
  /// The kind of lexicon this version of the format knows.
  public static let kind: UInt32 = 1
  /// The bytes before the slots.
  public static let headerSize = 16
  /// The most slots of a lexicon.
  public static let maximumSlots = 1 << 16
  /// The domain of words and phrases.
  public static let domain: UInt8 = 16
  /// The most slots that a search looks at.
  public static let maximumProbes = 64

  private let slots: Bytes
  private let records: Bytes
  private let slotCount: Int

  /// Whether `bytes` holds a lexicon of a kind that only a later version knows.
  public static func isUnknown(_ bytes: Bytes) -> Bool {
    guard let kind: UInt32 = bytes.integer(at: 0) else { return false }
    return kind != Self.kind
  }

  /// Opens a lexicon, or `nil` if its parts do not add up. One of an unknown kind reads as empty.
  public init?(_ bytes: Bytes) {
    guard let kind: UInt32 = bytes.integer(at: 0), let slotCount: UInt32 = bytes.integer(at: 4),
      let recordCount: UInt32 = bytes.integer(at: 8), let nothing = bytes.slice(0, 0)
    else { return nil }
    if kind != Self.kind {
      slots = nothing
      records = nothing
      self.slotCount = 0
      return
    }
    let slotBytes = Int(slotCount) * HashTable.slotSize
    guard slotCount <= UInt32(Self.maximumSlots), slotCount & (slotCount &- 1) == 0, recordCount <= UInt32(UInt16.max),
      let slots = bytes.slice(Self.headerSize, slotBytes),
      let records = bytes.slice(Self.headerSize + slotBytes, Int(recordCount) * MarkRecord.size),
      Self.headerSize + slots.count + records.count == bytes.count
    else { return nil }
    self.slots = slots
    self.records = records
    self.slotCount = Int(slotCount)
  }

  /// The number of records.
  public var recordCount: Int { records.count / MarkRecord.size }

  /// The number of the record for a word with this hash, or -1.
  func find(_ hash: UInt64) -> Int32 {
    guard slotCount > 0 else { return -1 }
    var slot = HashTable.firstSlot(hash, slots: slotCount)
    for _ in 0..<min(slotCount, Self.maximumProbes) {
      guard let tag: UInt32 = slots.integer(at: slot * HashTable.slotSize),
        let ordinal: UInt32 = slots.integer(at: slot * HashTable.slotSize + 4), ordinal != HashTable.empty
      else { return -1 }
      if tag == HashTable.tag(hash) { return Int32(truncatingIfNeeded: min(ordinal, UInt32(UInt16.max))) }
      slot = (slot + 1) & (slotCount - 1)
    }
    return -1
  }

  /// The record with this number; an empty one if there is none.
  func record(_ number: Int32) -> MarkRecord {
    guard number >= 0, let bytes = records.slice(Int(number) * MarkRecord.size, MarkRecord.size) else {
      return MarkRecord()
    }
    return MarkRecord(bytes) ?? MarkRecord()
  }
}
