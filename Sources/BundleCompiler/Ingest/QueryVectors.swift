/// The embeddings of labelled queries, for tools that ask with them.
public struct QueryVectors: Sendable {
  private let matrix: EmbeddingMatrix

  /// Reads the `.npy` file at `path`: int8 as it is, floats at length 1 and scaled to the int8 range.
  ///
  /// - Parameters:
  ///   - queries: The JSONL file whose rows the vectors belong to, for errors.
  ///   - count: The number of its rows.
  ///   - dimensions: The number of components that the bundle's vectors have.
  /// - Throws: `InputError` if the file cannot be read, has other than one row for each query, vectors of another width,
  ///   or one that is zero or not finite.
  public init(path: String, queries: String, count: Int, dimensions: Int) throws(InputError) {
    // Opened here too, since no recipe names the file: the error is to point at the file itself.
    _ = try InputFile(path: path)
    let file = Recipe.SourceFile(path: path, line: 1)
    let rows = try VectorRows(
      .numpy(file, role: .queryEmbeddings, lines: count, textFile: queries), recipe: queries)
    guard rows.width == dimensions else {
      throw InputPlace(file: path).error(
        "the vectors have \(rows.width) components, those of the bundle have \(dimensions)",
        do: "embed the queries with the model that the bundle names")
    }
    let peak = rows.kind == .float ? try rows.peak() : 0
    let scale = peak > 0 ? 127 / peak : nil
    matrix = try EmbeddingMatrix(rows: count, width: dimensions, scale: scale) { writer throws(InputError) in
      _ = try rows.write(to: writer, from: 0, scale: scale)
    }
  }

  /// Reads all rows of the `.npy` file at `path`, as above.
  public init(path: String, dimensions: Int) throws(InputError) {
    let header = try NumpyHeader.read(try InputFile(path: path))
    try self.init(path: path, queries: path, count: header.rows, dimensions: dimensions)
  }

  /// The number of vectors.
  public var count: Int { matrix.rows }

  /// The int8 components of the vector of query `row`, counted from 0.
  public subscript(row: Int) -> [UInt8] {
    (0..<matrix.width).map { UInt8(bitPattern: matrix[row, $0]) }
  }
}
