import BundleFormat

/// The pieces that an encoder knows, and a table to look them up while compiling.
struct Vocabulary: PieceLookup, Sendable {
  /// The pieces in the order of their ordinals.
  private(set) var pieces: [Prior.Piece] = []
  private var slots: [UInt64]

  /// An empty vocabulary with room for `capacity` pieces.
  init(capacity: Int) {
    slots = [UInt64](repeating: UInt64.max, count: HashTable.slotCount(for: max(capacity, 1)))
  }

  /// The slots of the table as a bundle stores them, as few as the pieces need.
  var table: [UInt64] {
    var exact = Vocabulary(capacity: pieces.count)
    for piece in pieces { _ = exact.add(piece) }
    return exact.slots
  }

  /// Adds a piece, or finds it if it is there. Returns its ordinal.
  mutating func add(_ piece: Prior.Piece) -> Int {
    let hash = Self.hash(piece)
    if let found = find(hash, piece.text, isStart: piece.isStart) { return found }
    precondition(2 * (pieces.count + 1) <= slots.count)
    var slot = HashTable.firstSlot(hash, slots: slots.count)
    while slots[slot] != UInt64.max { slot = (slot + 1) & (slots.count - 1) }
    slots[slot] = UInt64(HashTable.tag(hash)) | UInt64(pieces.count) << 32
    pieces.append(piece)
    return pieces.count - 1
  }

  mutating func piece(_ hash: UInt64, _ text: Bytes, isStart: Bool) -> UInt32? {
    find(hash, text.copied, isStart: isStart).map { UInt32($0) }
  }

  private func find(_ hash: UInt64, _ text: [UInt8], isStart: Bool) -> Int? {
    var slot = HashTable.firstSlot(hash, slots: slots.count)
    while slots[slot] != UInt64.max {
      let ordinal = Int(slots[slot] >> 32)
      if UInt32(truncatingIfNeeded: slots[slot]) == HashTable.tag(hash), pieces[ordinal].isStart == isStart,
        pieces[ordinal].text == text
      {
        return ordinal
      }
      slot = (slot + 1) & (slots.count - 1)
    }
    return nil
  }

  private static func hash(_ piece: Prior.Piece) -> UInt64 {
    piece.text.withBytes {
      KeyHash.of($0, domain: piece.isStart ? KeyHash.startPiece : KeyHash.continuationPiece)
    }
  }
}
