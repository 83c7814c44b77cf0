import BundleFormat

/// A `.npy` file with a two-dimensional array, read row by row.
struct NumpyFile {
  let header: NumpyHeader
  let path: String
  private let file: InputFile

  /// Opens the file and checks that its header and its length agree. The array is not read yet.
  ///
  /// - Throws: an error if it is not a `.npy` file, holds another kind of array, or is truncated.
  init(_ source: Recipe.SourceFile, recipe: String) throws(InputError) {
    path = source.path
    file = try InputFile(path: source.path, namedAt: InputPlace(file: recipe, line: source.line))
    header = try NumpyHeader.read(file)
    let place = InputPlace(file: path)
    guard header.width > 0 else {
      throw place.error("the rows of the array have no components", do: "save one row of components per line")
    }
    guard let expected = header.fileLength, expected <= file.size else {
      throw place.error(
        "the file is truncated: \(header.rows) rows of \(header.width) do not fit in \(file.size) bytes",
        do: "save the array again")
    }
    guard expected == file.size else {
      throw place.error("\(file.size - expected) bytes follow the array", do: "save one array per file")
    }
  }

  /// The size of the file in bytes.
  var size: Int { file.size }

  /// Calls `body` with the index and the elements of every row, in order.
  ///
  /// - Parameter digest: takes in every byte of the file, if given.
  func forEachRow(
    digest: ContentDigest?, _ body: (Int, [Double]) throws(InputError) -> Void
  ) throws(InputError) {
    let rowLength = header.width * header.element.size
    let rowsAtOnce = max(1, (1 << 20) / max(rowLength, 1))
    let buffer = InputBuffer(capacity: max(rowsAtOnce * rowLength, header.dataOffset))
    if let digest {
      let count = try buffer.fill(from: file, at: 0, count: header.dataOffset)
      digest.add(buffer.window(0, count))
    }
    var values = [Double](repeating: 0, count: header.width)
    var row = 0
    while row < header.rows {
      let count = min(rowsAtOnce, header.rows - row) * rowLength
      let found = try buffer.fill(from: file, at: header.dataOffset + row * rowLength, count: count)
      guard found == count else {
        throw InputPlace(file: path).error("the file became shorter while it was read", do: "compile again")
      }
      digest?.add(buffer.window(0, count))
      for start in stride(from: 0, to: count, by: rowLength) {
        header.element.decode(buffer.window(start, rowLength), into: &values)
        try body(row, values)
        row += 1
      }
    }
  }
}
