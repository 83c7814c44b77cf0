import BundleFormat

/// The distinct pieces of all texts that are compared with one query, numbered in the order met. Candidates share most of
/// their pieces with each other, so each is looked up in the bundle once for a query.
struct DistinctPieces: ~Copyable {
  /// The most pieces: those of a query and of the wordings and cores that a judge looks at.
  static var capacity: Int {
    PieceSet.capacity + Judge.mostEncoded * EncoderParameters.maximumPieces + Judge.mostScored * EntryCore.capacity
  }
  // Open addressing, at most half full. A slot holds a number plus one.
  private static var slotBits: UInt32 { 13 }

  /// The number of pieces.
  private(set) var count = 0
  /// The address of each piece's row.
  private var rows = FixedBuffer<UInt>(capacity: capacity)
  private var scales = FixedBuffer<UInt16>(capacity: capacity)
  private var pieces = FixedBuffer<UInt32>(capacity: capacity)
  private var slots = FixedBuffer<UInt16>(capacity: 1 << Int(slotBits))
  private var taken = FixedBuffer<UInt16>(capacity: capacity)

  /// Forgets all pieces. O(pieces).
  mutating func clear() {
    for number in 0..<count { slots[Int(taken[number])] = 0 }
    count = 0
  }

  /// The number of a piece, which is looked up if it is new.
  ///
  /// - Throws: What the source throws; `malformedSection` if there are more pieces than there can be.
  @inline(__always)
  mutating func number<Source: JudgeSource>(of piece: UInt32, _ source: Source) throws(BundleError) -> Int {
    // Multiplication by the golden ratio spreads consecutive ordinals (Knuth, The Art of Computer Programming 3, 6.4).
    var slot = Int((piece &* 2_654_435_769) >> (32 - Self.slotBits))
    while true {
      let number = Int(slots[slot])
      if number == 0 { return try add(piece, slot, source) }
      if pieces[number - 1] == piece { return number - 1 }
      slot = (slot + 1) & (slots.capacity - 1)
    }
  }

  private mutating func add<Source: JudgeSource>(
    _ piece: UInt32, _ slot: Int, _ source: Source
  ) throws(BundleError) -> Int {
    guard count < Self.capacity else { throw .malformedSection(.questionPieces) }
    let found = try source.pieceRow(piece)
    rows[count] = unsafe UInt(bitPattern: found.row.unsafeStart)
    scales[count] = found.scale
    pieces[count] = piece
    taken[count] = UInt16(slot)
    count += 1
    slots[slot] = UInt16(count)
    return count - 1
  }

  /// The piece with a number.
  func piece(_ number: Int) -> UInt32 { pieces[number] }
  /// The address of its row.
  func row(_ number: Int) -> UInt { rows[number] }
  /// The factor of its row in a sum.
  func scale(_ number: Int) -> UInt16 { scales[number] }
}
