/// Makes the matrices of a compile from the vectors its files give.
struct EmbeddingBuilder {
  /// The recipe's path, where errors about a missing `.npy` file point.
  let recipe: String
  let limits: InputLimits
  /// The factor of an earlier bundle for vectors of questions that come as floats; `nil` to choose one.
  var questionScale: Double?
  /// Where a large matrix may lie in a file; see `WorkingMemory`.
  let workingFolder: String?
  /// The digests of the `.npy` files, in the order in which they were read.
  private(set) var digests: [InputDigest] = []
  /// The width and kind of the first vectors, which all others must have, and the file they are in.
  private var first: (width: Int, kind: VectorKind, path: String)?

  init(recipe: String, limits: InputLimits, questionScale: Double? = nil, workingFolder: String? = nil) {
    self.recipe = recipe
    self.limits = limits
    self.questionScale = questionScale
    self.workingFolder = workingFolder
  }

  /// Checks and quantises the vectors of both groups.
  ///
  /// - Throws: an error if a file cannot be read, has other than one row per line, differs in width or kind from
  ///   the others, or holds a vector that is zero or not finite.
  mutating func build(
    model: String, questions: VectorCollection, queries: VectorCollection
  ) throws(InputError) -> InputEmbeddings? {
    // All headers before any row: a wrong file should not be found after minutes.
    let questionVectors = try open(questions)
    let queryVectors = try open(queries)
    guard let first else { return nil }
    return InputEmbeddings(
      model: model, kind: first.kind,
      questions: try matrix(questionVectors, rows: questions.rows, scale: questionScale),
      queries: try matrix(queryVectors, rows: queries.rows, scale: nil))
  }

  private mutating func open(_ collection: VectorCollection) throws(InputError) -> [VectorRows] {
    var opened: [VectorRows] = []
    for source in collection.sources {
      let vectors = try VectorRows(source, recipe: recipe)
      try check(vectors)
      opened.append(vectors)
    }
    return opened
  }

  /// Checks that `vectors` have the width and kind of all others.
  private mutating func check(_ vectors: VectorRows) throws(InputError) {
    let place = InputPlace(file: vectors.path)
    guard limits.width.contains(vectors.width) else {
      throw place.error(
        "the vectors have \(vectors.width) components",
        do: "use a model with \(limits.width.lowerBound) to \(limits.width.upperBound)")
    }
    guard let first else {
      first = (vectors.width, vectors.kind, vectors.path)
      return
    }
    guard vectors.width == first.width else {
      throw place.error(
        "the vectors have \(vectors.width) components, those in \(first.path) have \(first.width)",
        do: "make all embeddings with the same model")
    }
    guard vectors.kind == first.kind else {
      let names = { (kind: VectorKind) in kind == .int8 ? "int8" : "floating-point" }
      throw place.error(
        "the vectors are \(names(vectors.kind)), those in \(first.path) are \(names(first.kind))",
        do: "give all embeddings as int8 or all as floats")
    }
  }

  /// The rows of `sources`, one after the other; `nil` if there are none.
  private mutating func matrix(
    _ sources: [VectorRows], rows: Int, scale given: Double?
  ) throws(InputError) -> EmbeddingMatrix? {
    guard let width = first?.width, let kind = first?.kind, !sources.isEmpty else { return nil }
    var scale: Double?
    if kind == .float, let given {
      scale = given
    } else if kind == .float {
      // Over all files before any row is written, so that no component has to be clipped.
      var peak = 0.0
      for source in sources { peak = max(peak, try source.peak()) }
      scale = peak > 0 ? 127 / peak : 1
    }
    var digests: [InputDigest] = []
    let matrix = try EmbeddingMatrix(
      rows: rows, width: width, scale: scale, folder: workingFolder
    ) { writer throws(InputError) in
      var start = 0
      for source in sources {
        if let digest = try source.write(to: writer, from: start, scale: scale) { digests.append(digest) }
        start += source.rows
      }
    }
    self.digests += digests
    return matrix
  }
}
