import BundleFormat

/// The learned vectors of entries as a bundle stores them: int8 components and a scale for each.
final class EntryVectors: Sendable {
  /// One row for each entry; zeros for one without a vector.
  let rows: VectorMatrix
  /// See `EntrySimilarity`; zero for an entry without a vector.
  let scales: [UInt32]

  /// Rounds the vectors of classes, one row for each entry. A class whose vector is zero gives its entries none.
  init(_ vectors: FloatRows, dimensions: Int, classes: EntryClasses) {
    rows = VectorMatrix(count: classes.ofEntry.count, dimensions: dimensions)
    var scales = [UInt32](repeating: 0, count: classes.ofEntry.count)
    for (entry, number) in classes.ofEntry.enumerated() where number >= 0 {
      let numbers = (0..<dimensions).map { vectors[Int(number), $0] }
      let largest = numbers.reduce(0) { max($0, abs($1)) }
      let step = largest / 127
      let scale = (Double(step) * Double(EntrySimilarity.one) * EntrySimilarity.fraction).rounded(.toNearestOrEven)
      guard scale >= 1 else { continue }
      scales[entry] = UInt32(min(scale, Double(UInt32.max)))
      let row = rows.row(entry)
      for component in 0..<dimensions {
        row[component] = Int8(min(max((numbers[component] / step).rounded(.toNearestOrEven), -127), 127))
      }
    }
    self.scales = scales
  }

  /// Vectors that were rounded before.
  init(rows: VectorMatrix, scales: [UInt32]) {
    self.rows = rows
    self.scales = scales
  }

  /// The same without those that `others` lacks.
  func limited(to others: EntryVectors) -> EntryVectors {
    EntryVectors(rows: rows, scales: zip(scales, others.scales).map { $1 > 0 ? $0 : 0 })
  }
}
