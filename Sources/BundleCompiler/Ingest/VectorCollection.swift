/// The vectors given for a group of texts, stored questions or labelled queries, file by file, before they are quantised.
///
/// Each text that has a vector gets the next row, in the order in which files are added and lines are read.
struct VectorCollection {
  /// The vectors of one JSONL file.
  enum Source {
    /// In the rows of a `.npy` file, which must be as many as the file's lines.
    case numpy(Recipe.SourceFile, role: InputDigest.Role, lines: Int, textFile: String)
    /// In the lines themselves.
    case inline(InlineVectors)
  }

  /// The sources in order. Those without rows are left out unless they are `.npy` files.
  private(set) var sources: [Source] = []
  /// The number of rows given out.
  private(set) var rows = 0

  /// The vectors of the file being read.
  private var numpy: (file: Recipe.SourceFile, role: InputDigest.Role)?
  private var inline = InlineVectors(path: "")
  private var lines = 0
  private var path = ""

  /// Begins with the JSONL file at `path`, whose vectors are in `numpy` or, where that is `nil`, in its lines if at all.
  mutating func beginFile(_ path: String, numpy: Recipe.SourceFile?, role: InputDigest.Role) {
    self.path = path
    self.numpy = numpy.map { ($0, role) }
    inline = InlineVectors(path: path)
    lines = 0
  }

  /// The row of the next line's vector, or `nil` if it has none.
  mutating func row(of record: JSONRecord, limits: InputLimits) throws(InputError) -> UInt32? {
    lines += 1
    let value = record.value("embedding")
    if let numpy {
      guard value == nil else {
        throw record.place.error(
          "the line has an embedding, and so has \(numpy.file.path)", do: "remove one of them")
      }
    } else if let value {
      try inline.append(value, record, limits: limits)
    } else {
      return nil
    }
    rows += 1
    return UInt32(rows - 1)
  }

  /// Ends the file.
  mutating func endFile() {
    if let numpy {
      sources.append(.numpy(numpy.file, role: numpy.role, lines: lines, textFile: path))
    } else if inline.rows > 0 {
      sources.append(.inline(inline))
    }
    numpy = nil
    inline = InlineVectors(path: "")
  }
}
