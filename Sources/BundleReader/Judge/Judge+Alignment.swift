import BundleFormat
import CKernels

/// How much of one text the other leaves unsaid.
///
/// A piece that the other has too is covered. Any other is worth its weight times its distance, one less the greatest cosine
/// between its row and those of the other text, so that a near synonym counts little.
extension Judge {
  /// Enters the pieces of the wording and the core at `place` into the table.
  mutating func enterLines<Source: JudgeSource>(_ place: Int, _ source: Source) throws(BundleError) {
    for index in 0..<wording[place].count { alignment.enter(wording[place].number(index), pieces) }
    for index in 0..<core[place].count {
      alignment.enter(try pieces.number(of: core[place].piece(index), source), pieces)
    }
  }

  /// The weight that query and wording leave over, each as a share of its whole, in 1/65,536.
  mutating func rests(_ place: Int) -> (query: Int64, wording: Int64) {
    alignment.compare(with: wording[place])
    var rest: Int64 = 0
    for column in 0..<query.count { rest += query.weight(column) * (65_536 - alignment.best(column)) / 65_536 }
    var other: Int64 = 0
    for index in 0..<wording[place].count {
      other += wording[place].weight(index) * (65_536 - alignment.nearest(wording[place].number(index))) / 65_536
    }
    let (whole, otherWhole) = (query.total, wording[place].total)
    return (whole > 0 ? rest * 65_536 / whole : 0, otherWhole > 0 ? other * 65_536 / otherWhole : 0)
  }

  /// What of the entry's core the query leaves unsaid: the share of the core's weight, and the heaviest single piece, in
  /// 1/65,536. A piece weighs as much as it says, times the share of wordings that have it.
  mutating func unsaid<Source: JudgeSource>(
    _ place: Int, _ source: Source
  ) throws(BundleError) -> (rest: Int64, worst: Int64) {
    var total: Int64 = 0
    var rest: Int64 = 0
    var worst: Int64 = 0
    for index in 0..<core[place].count {
      let piece = core[place].piece(index)
      let weight = Int64(try source.pieceWeight(piece)) * core[place].wordings(index) / core[place].wordings
      let nearest = alignment.nearest(try pieces.number(of: piece, source))
      let remainder = weight * (65_536 - nearest) / 65_536
      total += weight
      rest += remainder
      worst = max(worst, remainder)
    }
    return total > 0 ? (rest * 65_536 / total, worst) : (0, 0)
  }
}
