import BundleFormat
import CKernels

/// How near pieces of stored texts are to those of the query: a table of cosines with a line for each distinct piece and a
/// column for each piece of the query. Entries near a query share many pieces, so the table is much smaller than
/// one for each of them would be.
struct Alignment: ~Copyable {
  private static var mostLines: Int { Judge.mostScored * (PieceSet.capacity + EntryCore.capacity) }
  // The integers of a line: the columns, a multiple of eight.
  private static var pitch: Int { PieceSet.capacity }

  private var columnCount = 0
  private var count = 0
  private var columns = FixedBuffer<UInt>(capacity: PieceSet.capacity)
  private var rows = FixedBuffer<UInt>(capacity: mostLines)
  private var numbers = FixedBuffer<UInt16>(capacity: mostLines)
  // The line of each piece, plus one.
  private var lines = FixedBuffer<UInt16>(capacity: DistinctPieces.capacity)
  private var cosines = FixedBuffer<Int32>(capacity: mostLines * pitch)
  private var nearest = FixedBuffer<Int32>(capacity: mostLines)
  private var best = FixedBuffer<Int32>(capacity: PieceSet.capacity)

  /// Empties the table and takes the pieces of the query, whose numbers are 0, 1, … .
  mutating func begin(_ query: borrowing PieceSet, _ pieces: borrowing DistinctPieces) {
    for line in 0..<count { lines[Int(numbers[line])] = 0 }
    count = 0
    columnCount = query.count
    for column in 0..<columnCount { columns[column] = pieces.row(column) }
  }

  /// Gives the piece with this number a line, if it has none yet.
  mutating func enter(_ number: Int, _ pieces: borrowing DistinctPieces) {
    guard lines[number] == 0, count < Self.mostLines else { return }
    rows[count] = pieces.row(number)
    numbers[count] = UInt16(number)
    count += 1
    lines[number] = UInt16(count)
  }

  /// Fills in the table. O(lines × columns) inner products.
  mutating func compute(_ kernels: UnsafePointer<almanac_kernels>, stride: Int) {
    guard columnCount > 0 else { return }
    unsafe kernels.pointee.cosines(
      rows.unsafeRows, count, columns.unsafeRows, columnCount, stride, Self.pitch, cosines.unsafeStart)
    for line in 0..<count {
      let start = line * Self.pitch
      // A piece that the query has too is covered, whatever its row.
      let number = Int(numbers[line])
      if number < columnCount { cosines[start + number] = Int32(Cosine.one) }
      var greatest: Int32 = 0
      for column in 0..<columnCount { greatest = max(greatest, cosines[start + column]) }
      nearest[line] = greatest
    }
  }

  /// The greatest cosine between a piece and those of the query, not below zero; 65,536 for one that the query has.
  func nearest(_ number: Int) -> Int64 {
    columnCount > 0 && lines[number] > 0 ? Int64(nearest[Int(lines[number]) - 1]) : 0
  }

  /// Prepares `best` for a text.
  mutating func compare(with text: borrowing PieceSet) {
    for column in 0..<columnCount { best[column] = 0 }
    for index in 0..<text.count {
      let start = (Int(lines[text.number(index)]) - 1) * Self.pitch
      guard start >= 0 else { continue }
      for column in 0..<columnCount { best[column] = max(best[column], cosines[start + column]) }
    }
  }

  /// The greatest cosine between the query's piece at `column` and those of the text compared last, not below zero.
  func best(_ column: Int) -> Int64 { Int64(best[column]) }
}
