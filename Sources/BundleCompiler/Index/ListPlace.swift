import BundleFormat

/// Where a row stands: in which list, and at which place of it.
struct ListPlace {
  /// The list.
  var list: Int
  /// The place in the list, 0 ..< the list's row count.
  var place: Int

  /// The places of each of `rows` in the lists of `index`. Cost: one look at every place.
  static func all(of rows: Set<UInt32>, in index: TrainedIndex) -> [UInt32: [ListPlace]] {
    var found: [UInt32: [ListPlace]] = [:]
    let codeBytes = IndexParameters.codebookSize * index.subquantizers
    let codes = index.codes.bytes
    for (list, record) in index.lists.enumerated() {
      for place in 0..<Int(record.rowCount) {
        var row = record.firstRow + UInt32(place)
        if index.subquantizers > 0 {
          let block = Int(record.firstBlock) + place / IndexParameters.blockSize
          let start = block * index.blockBytes + codeBytes + 4 * (place % IndexParameters.blockSize)
          row = codes.integer(at: start) ?? row
        }
        if rows.contains(row) { found[row, default: []].append(ListPlace(list: list, place: place)) }
      }
    }
    return found
  }
}
