import BundleFormat
import CKernels

/// How much of one text the other leaves unsaid.
extension Judge {
  /// Compares the pieces of `text` with those of `other`.
  ///
  /// A piece that the other has too is covered. Any other is worth its weight times its distance, one less the greatest
  /// cosine between its row and those of the other text, so that a near synonym counts little.
  /// - Returns: The weight left over as a share of the whole, in 1/65,536. O(pieces × pieces of the other) inner products.
  static func rest(
    of text: borrowing PieceSet, against other: borrowing PieceSet, kernels: UnsafePointer<almanac_kernels>,
    stride: Int,
    dots: inout FixedBuffer<Int32>, norms: inout FixedBuffer<Int32>
  ) -> Int64 {
    var rest: Int64 = 0
    for index in 0..<text.count {
      let weight = text.weight(index)
      if other.contains(text.piece(index)) { continue }
      guard let row = unsafe UnsafePointer<Int8>(bitPattern: text.rows[index]) else { continue }
      let nearest = Self.nearest(row, other, kernels: kernels, stride: stride, dots: &dots, norms: &norms)
      rest += weight * (65_536 - nearest) / 65_536
    }
    return text.total > 0 ? rest * 65_536 / text.total : 0
  }

  /// What of the entry's core the query leaves unsaid: the share of the core's weight, and the heaviest single piece, in
  /// 1/65,536. A piece weighs as much as it says, times the share of wordings that have it.
  mutating func unsaid<Source: JudgeSource>(_ source: Source) throws(BundleError) -> (rest: Int64, worst: Int64) {
    var total: Int64 = 0
    var rest: Int64 = 0
    var worst: Int64 = 0
    for index in 0..<core.count {
      let piece = core.piece(index)
      let judged = try source.judgedPiece(piece)
      let weight = Int64(judged.weight) * core.wordings(index) / core.wordings
      total += weight
      if query.contains(piece) { continue }
      let row = unsafe judged.row.unsafeStart.assumingMemoryBound(to: Int8.self)
      let nearest = Self.nearest(row, query, kernels: kernels, stride: stride, dots: &dots, norms: &norms)
      let remainder = weight * (65_536 - nearest) / 65_536
      rest += remainder
      worst = max(worst, remainder)
    }
    return total > 0 ? (rest * 65_536 / total, worst) : (0, 0)
  }

  // The greatest cosine between a row and those of a text, not below zero.
  private static func nearest(
    _ row: UnsafePointer<Int8>, _ other: borrowing PieceSet, kernels: UnsafePointer<almanac_kernels>, stride: Int,
    dots: inout FixedBuffer<Int32>, norms: inout FixedBuffer<Int32>
  ) -> Int64 {
    guard other.count > 0 else { return 0 }
    var nearest: Int64 = 0
    unsafe kernels.pointee.dot_gather(
      row, UnsafeRawPointer(other.rows.unsafeStart).assumingMemoryBound(to: UnsafePointer<Int8>.self), stride,
      other.count, dots.unsafeStart, norms.unsafeStart)
    let norm = unsafe kernels.pointee.dot(row, row, stride)
    for place in 0..<other.count where dots[place] > 0 {
      nearest = max(nearest, Cosine.units(product: dots[place], norms: norm, norms[place]))
    }
    return nearest
  }
}
