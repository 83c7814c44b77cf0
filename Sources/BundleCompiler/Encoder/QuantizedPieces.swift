import BundleFormat

/// The rows of an encoder as a bundle stores them: int8 components and a factor for each row.
final class QuantizedPieces: Sendable {
  /// The rows.
  let rows: VectorMatrix
  /// The factor of each row, 0…65,535.
  let scales: [UInt16]
  private let kernels: Kernels

  /// Rounds a table. The largest row gets the factor 65,535; the others in proportion.
  init(_ table: PieceTable, kernels: Kernels) {
    self.kernels = kernels
    rows = VectorMatrix(count: table.count, dimensions: table.dimensions)
    var steps = [Float](repeating: 0, count: table.count)
    for piece in 0..<table.count {
      var largest: Float = 0
      for component in 0..<table.dimensions {
        largest = max(largest, abs(table.values[piece * table.dimensions + component]))
      }
      steps[piece] = largest / 127
    }
    let largest = steps.max() ?? 0
    scales = steps.map { step in
      largest > 0 ? UInt16((Double(step) / Double(largest) * 65_535).rounded(.toNearestOrEven)) : 0
    }
    for piece in 0..<table.count where steps[piece] > 0 {
      let row = rows.row(piece)
      for component in 0..<table.dimensions {
        let value = (table.values[piece * table.dimensions + component] / steps[piece]).rounded(.toNearestOrEven)
        row[component] = Int8(min(max(value, -127), 127))
      }
    }
  }

  /// Rows that were rounded before.
  init(rows: VectorMatrix, scales: [UInt16], kernels: Kernels) {
    self.rows = rows
    self.scales = scales
    self.kernels = kernels
  }

  /// The vectors of many texts, exactly as the reader makes them; if large in a file in `folder` (see `WorkingMemory`).
  func encode(_ texts: TokenizedTexts, _ wanted: [Int], folder: String? = nil) -> VectorMatrix {
    let vectors = VectorMatrix(count: wanted.count, dimensions: rows.dimensions, folder: folder)
    let blocks = ranges(of: wanted.count, size: 256)
    inParallel(blocks.count) { block in
      var sum = [Int32](repeating: 0, count: rows.stride)
      for place in blocks[block] {
        for component in sum.indices { sum[component] = 0 }
        for piece in texts.pieces[texts.range(wanted[place])] {
          kernels.pool(rows.row(Int(piece)), scale: UInt32(scales[Int(piece)]), into: &sum)
        }
        kernels.quantize(sum, into: vectors.row(place))
      }
    }
    return vectors
  }
}
