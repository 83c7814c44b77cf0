import BundleFormat

/// The distinct pieces of a text with their weights and rows.
struct PieceSet: ~Copyable {
  /// The most distinct pieces that are looked at; those after them are left out.
  static var capacity: Int { 48 }

  /// The number of distinct pieces.
  private(set) var count = 0
  /// The sum of their weights.
  private(set) var total: Int64 = 0
  /// The address of each piece's row.
  private(set) var rows = FixedBuffer<UInt>(capacity: capacity)
  private var pieces = FixedBuffer<UInt32>(capacity: capacity)
  private var weights = FixedBuffer<UInt32>(capacity: capacity)

  /// Takes the pieces of a text.
  mutating func take<Source: JudgeSource>(_ text: QuestionPieces, _ source: Source) throws(BundleError) {
    count = 0
    total = 0
    for index in 0..<text.count {
      let piece = text[index]
      if count == Self.capacity || contains(piece) { continue }
      let judged = try source.judgedPiece(piece)
      pieces[count] = piece
      weights[count] = UInt32(judged.weight)
      rows[count] = unsafe UInt(bitPattern: judged.row.unsafeStart)
      total += Int64(judged.weight)
      count += 1
    }
  }

  /// The piece at `index`, less than `count`.
  func piece(_ index: Int) -> UInt32 { pieces[index] }

  /// Its weight.
  func weight(_ index: Int) -> Int64 { Int64(weights[index]) }

  /// Whether the text has the piece.
  func contains(_ piece: UInt32) -> Bool {
    for index in 0..<count where pieces[index] == piece { return true }
    return false
  }
}
