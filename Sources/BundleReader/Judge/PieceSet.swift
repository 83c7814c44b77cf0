import BundleFormat

/// The distinct pieces of a text with their weights, as numbers of `DistinctPieces`.
struct PieceSet: ~Copyable {
  /// The most distinct pieces that are looked at; those after them are left out.
  static var capacity: Int { 48 }

  /// The number of distinct pieces.
  private(set) var count = 0
  /// The sum of their weights.
  private(set) var total: Int64 = 0
  private var numbers = FixedBuffer<UInt16>(capacity: capacity)
  private var weights = FixedBuffer<UInt16>(capacity: capacity)

  /// Takes the pieces of a text.
  mutating func take<Source: JudgeSource>(
    _ text: QuestionPieces, _ pieces: inout DistinctPieces, _ source: Source
  ) throws(BundleError) {
    count = 0
    total = 0
    for index in 0..<text.count {
      if count == Self.capacity { break }
      let piece = text[index]
      let number = try pieces.number(of: piece, source)
      if contains(number) { continue }
      let weight = try source.pieceWeight(piece)
      numbers[count] = UInt16(number)
      weights[count] = weight
      total += Int64(weight)
      count += 1
    }
  }

  /// The number of the piece at `index`, less than `count`.
  func number(_ index: Int) -> Int { Int(numbers[index]) }

  /// Its weight: 0…65,535.
  func weight(_ index: Int) -> Int64 { Int64(weights[index]) }

  private func contains(_ number: Int) -> Bool {
    for index in 0..<count where Int(numbers[index]) == number { return true }
    return false
  }
}
