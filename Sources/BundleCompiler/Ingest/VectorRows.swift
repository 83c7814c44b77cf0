/// The vectors of one file, open for reading: checked row by row on every reading, since files may change in between.
struct VectorRows {
  private enum Content {
    case numpy(NumpyFile, InputDigest.Role)
    case inline(InlineVectors)
  }

  private let content: Content
  /// The file the vectors are in.
  let path: String
  let rows: Int
  let width: Int
  let kind: VectorKind

  /// Opens `source`.
  ///
  /// - Throws: an error if it is a `.npy` file that cannot be read or has other than one row per line.
  init(_ source: VectorCollection.Source, recipe: String) throws(InputError) {
    switch source {
    case .inline(let vectors):
      content = .inline(vectors)
      (path, rows, width, kind) = (vectors.path, vectors.rows, vectors.width, vectors.kind)
    case .numpy(let file, let role, let lines, let textFile):
      let numpy = try NumpyFile(file, recipe: recipe)
      guard numpy.header.rows == lines else {
        throw InputPlace(file: file.path).error(
          "the array has \(numpy.header.rows) rows, but \(textFile) has \(lines) lines that are not blank",
          do: "make one row per line, in the same order")
      }
      content = .numpy(numpy, role)
      (path, rows, width, kind) = (
        file.path, numpy.header.rows, numpy.header.width, numpy.header.element.kind
      )
    }
  }

  /// The largest absolute component of the vectors at length 1.
  func peak() throws(InputError) -> Double {
    var peak = 0.0
    try forEachRow(digest: nil) { row, values throws(InputError) in
      let length = try self.length(values, row)
      var largest = 0.0
      for value in values { largest = max(largest, value.magnitude) }
      peak = max(peak, largest / length)
    }
    return peak
  }

  /// Writes the vectors to `writer`, the first one to row `start`: as they are, or at length 1 times `scale`.
  ///
  /// - Returns: the digest of the file, if it is a `.npy` file.
  func write(
    to writer: borrowing EmbeddingMatrix.Writer, from start: Int, scale: Double?
  ) throws(InputError) -> InputDigest? {
    let digest = ContentDigest()
    try forEachRow(digest: digest) { row, values throws(InputError) in
      let length = try self.length(values, row)
      if let scale {
        writer.set(row: start + row, values) { $0 / length * scale }
      } else {
        writer.set(row: start + row, values) { $0 }
      }
    }
    guard case .numpy(let file, let role) = content else { return nil }
    return InputDigest(role: role, path: path, size: file.size, blake2b: digest.hexadecimal(), records: rows)
  }

  private func forEachRow(
    digest: ContentDigest?, _ body: (Int, [Double]) throws(InputError) -> Void
  ) throws(InputError) {
    switch content {
    case .numpy(let file, _): try file.forEachRow(digest: digest, body)
    case .inline(let vectors): try vectors.forEachRow(body)
    }
  }

  /// The Euclidean length of a vector, which must be finite and not zero.
  private func length(_ values: [Double], _ row: Int) throws(InputError) -> Double {
    // In order and without fused operations, so that every machine gets the same bits.
    var sum = 0.0
    for value in values { sum += value * value }
    // The sum is not finite if any component is not, so that no row is searched unless it is refused.
    guard sum.isFinite else {
      let column = values.firstIndex { !$0.isFinite }
      let what = column.map { values[$0].isNaN ? "NaN at component \($0)" : "infinite at component \($0)" }
      throw error(row, what ?? "too long for a double", "check how the embeddings were made")
    }
    guard sum > 0 else {
      throw error(row, "zero, which has no direction", "check that the text was embedded, or remove the line")
    }
    return sum.squareRoot()
  }

  private func error(_ row: Int, _ what: String, _ remedy: String) -> InputError {
    switch content {
    case .numpy: InputPlace(file: path).error("row \(row) (counted from 0) is \(what)", do: remedy)
    case .inline(let vectors):
      InputPlace(file: path, line: vectors.lines[row]).error("the embedding is \(what)", do: remedy)
    }
  }
}
