import BundleFormat

/// The bundle's vocabulary, as the tokeniser asks for it.
struct BundlePieces: PieceLookup {
  let bundle: Bundle

  mutating func piece(_ hash: UInt64, _ text: Bytes, isStart: Bool) throws(BundleError) -> UInt32? {
    try bundle.find(hash, in: .encoderPieces) { ordinal throws(BundleError) in
      guard let record = PieceRecord(try bundle.element(.encoderPieceRecords, Int(ordinal))) else {
        throw .malformedSection(.encoderPieceRecords)
      }
      guard Int(record.textLength) == text.count, (record.isStart != 0) == isStart else { return false }
      return try bundle.blob(.encoderPieceText, address: UInt64(record.textOffset), length: text.count).equals(text)
    }
  }
}

extension Bundle {
  /// Searches a hash table of the bundle for a key with this hash that `matches`; `nil` if there is none.
  ///
  /// - Throws: `malformedSection` if the table has no empty slot on the way, `damagedChunk`, or what `matches` throws.
  func find(
    _ hash: UInt64, in table: SectionName, _ matches: (UInt32) throws(BundleError) -> Bool
  ) throws(BundleError) -> UInt32? {
    let slots = count(table)
    var slot = HashTable.firstSlot(hash, slots: slots)
    for _ in 0..<min(slots, HashTable.maximumProbes) {
      let bytes = try element(table, slot)
      guard let tag: UInt32 = bytes.integer(at: 0), let ordinal: UInt32 = bytes.integer(at: 4) else {
        throw .malformedSection(table)
      }
      if ordinal == HashTable.empty { return nil }
      if tag == HashTable.tag(hash), try matches(ordinal) { return ordinal }
      slot = (slot + 1) & (slots - 1)
    }
    throw .malformedSection(table)
  }
}
