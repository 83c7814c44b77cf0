/// Reads the files that a recipe names into `CompileInputs`, checking everything on the way.
///
/// Files are read once, line by line, in the order entries, variants, distractors, queries; `.npy` files after them, twice if
/// they hold floats. In memory stay questions, ids and the like, but no answers. Stops at the first error.
final class InputLoader {
  let recipe: Recipe
  let limits: InputLimits
  private let questionScale: Double?
  private let workingFolder: String?
  private var digests: [InputDigest]
  /// The vectors of stored questions and of labelled queries.
  var questionVectors = VectorCollection()
  var queryVectors = VectorCollection()

  var entries: [EntryInput] = []
  /// The ordinals of the entries, by id.
  var ordinals: [ExactText: UInt32] = [:]
  var canonicalQuestions = QuestionList()
  var inlineVariants = QuestionList()
  /// The questions of variants files and distractors, in the order in which they were read.
  var furtherQuestions = QuestionList()
  var distractors: [DistractorInput] = []
  var queries: [QueryInput] = []
  var pairs: [PairInput] = []
  var withdrawn: [WithdrawnInput] = []
  var routeExamples: [RouteExampleInput] = []
  // The vectors that files without embeddings might have; never read.
  private var noVectors = VectorCollection()

  /// Reads the inputs of `recipe`.
  ///
  /// - Parameters:
  ///   - questionScale: See `EmbeddingBuilder.questionScale`.
  ///   - workingFolder: Where large tables may lie in a file; see `WorkingMemory`.
  /// - Throws: the first thing wrong with any of them, naming file and line.
  static func load(
    _ recipe: Recipe, limits: InputLimits = .standard, questionScale: Double? = nil, workingFolder: String? = nil
  ) throws(InputError) -> CompileInputs {
    try InputLoader(recipe, limits, questionScale, workingFolder).load()
  }

  private init(_ recipe: Recipe, _ limits: InputLimits, _ questionScale: Double?, _ workingFolder: String?) {
    self.questionScale = questionScale
    self.recipe = recipe
    self.limits = limits
    self.workingFolder = workingFolder
    digests = [InputDigest(role: .recipe, path: recipe.path, size: recipe.size, blake2b: recipe.digest)]
  }

  private func load() throws(InputError) -> CompileInputs {
    let given = recipe.embeddings
    try read(recipe.entries, .entries, given?.entries, .entryEmbeddings, \.questionVectors, addEntry)
    guard !entries.isEmpty || !withdrawn.isEmpty else {
      throw InputPlace(file: recipe.path, line: recipe.entries[0].line).error(
        "there is no entry in \(recipe.entries.map(\.path).joined(separator: ", "))", do: "add entries, one per line")
    }
    try read(recipe.variants, .variants, given?.variants, .variantEmbeddings, \.questionVectors, addVariant)
    try read(
      recipe.distractors, .distractors, given?.distractors, .distractorEmbeddings, \.questionVectors, addDistractor)
    try read(recipe.queries, .queries, given?.queries, .queryEmbeddings, \.queryVectors, addQuery)
    try read(recipe.pairs, .pairs, nil, .queryEmbeddings, \.noVectors, addPair)
    try readRouteExamples()
    let markedHits = try readMarkedHits()
    // The vectors take most of the memory; what has served its turn makes room for them.
    ordinals = [:]
    let embeddings = try buildEmbeddings()
    canonicalQuestions.append(inlineVariants)
    canonicalQuestions.append(furtherQuestions)
    var inputs = CompileInputs(
      recipe: recipe, entries: entries, questions: canonicalQuestions, distractors: distractors, queries: queries,
      routeExamples: routeExamples, pairs: pairs, markedHits: markedHits, embeddings: embeddings, digests: digests,
      workingFolder: workingFolder)
    inputs.withdrawn = withdrawn
    try inputs.apply(pairs)
    return inputs
  }

  /// Reads the lines of `files` and hands each to `add`, with the index of its file.
  ///
  /// - Parameters:
  ///   - numpy: the `.npy` files of the same lines, if the recipe names any.
  ///   - vectors: the collection that the vectors of these lines belong to.
  private func read(
    _ files: [Recipe.SourceFile], _ role: InputDigest.Role, _ numpy: [Recipe.SourceFile]?,
    _ numpyRole: InputDigest.Role,
    _ vectors: ReferenceWritableKeyPath<InputLoader, VectorCollection>,
    _ add: (JSONRecord, InputLine, _ file: Int) throws(InputError) -> Void
  ) throws(InputError) {
    for (index, source) in files.enumerated() {
      let numpyFile = numpy.flatMap { $0.isEmpty ? nil : $0[index] }
      self[keyPath: vectors].beginFile(source.path, numpy: numpyFile, role: numpyRole)
      let file = try InputFile(path: source.path, namedAt: InputPlace(file: recipe.path, line: source.line))
      let reader = LineReader(file: file, limit: limits.line)
      var records = 0
      while let line = try reader.next() {
        let place = InputPlace(file: source.path, line: line.number)
        try add(try JSONRecord(line.bytes, place: place, shape: Self.shape(role)), line, index)
        records += 1
        if role == .entries, line.number == 1_024 { reserve(line.number * (file.size / max(line.offset, 1))) }
      }
      self[keyPath: vectors].endFile()
      digests.append(
        InputDigest(
          role: role, path: source.path, size: reader.bytesRead, blake2b: reader.digest.hexadecimal(), records: records)
      )
    }
  }

  private func readRouteExamples() throws(InputError) {
    for examples in recipe.routes {
      for query in examples.queries {
        try addRouteExample(query.text, examples.route, InputPlace(file: recipe.path, line: query.line))
      }
      try read(examples.files, .routeExamples, nil, .queryEmbeddings, \.noVectors) {
        (record, _, _) throws(InputError) in
        try self.addRouteExample(try record.string("query"), examples.route, record.place)
      }
    }
  }

  private func readMarkedHits() throws(InputError) -> MarkedHits? {
    guard let source = recipe.markedHits else { return nil }
    let hits = try MarkedHits(path: source.path, namedAt: InputPlace(file: recipe.path, line: source.line))
    digests.append(InputDigest(role: .markedHits, path: source.path, size: hits.size, blake2b: hits.digest))
    return hits
  }

  /// Makes room for about `count` more entries. Growing step by step takes a fifth of the time where entries are short.
  private func reserve(_ count: Int) {
    // The estimate may be far off, if a file begins with blank lines; room for a million is no burden if it is.
    let total = entries.count + min(count + count / 16, 1 << 20)
    entries.reserveCapacity(total)
    canonicalQuestions.reserve(total - canonicalQuestions.count)
    ordinals.reserveCapacity(total)
  }

  /// What a line looks like, for errors.
  private static func shape(_ role: InputDigest.Role) -> String {
    switch role {
    case .entries: #"{"id": …, "question": …, "answer": …}"#
    case .variants: #"{"id": …, "question": …}"#
    case .distractors: #"{"question": …}"#
    case .pairs: #"{"entry": …, "question": …, "other": …, "decision": …}"#
    case .routeExamples: #"{"query": …}"#
    default: #"{"query": …, "expect": …}"#
    }
  }

  private func buildEmbeddings() throws(InputError) -> InputEmbeddings? {
    guard let model = recipe.embeddings?.model else {
      for case .inline(let vectors) in questionVectors.sources + queryVectors.sources {
        throw InputPlace(file: recipe.path).error(
          "\(vectors.path) has embeddings (line \(vectors.lines[0])), but the recipe does not name their model",
          do: "add 'embeddings: {model: NAME}'")
      }
      return nil
    }
    var builder = EmbeddingBuilder(
      recipe: recipe.path, limits: limits, questionScale: questionScale, workingFolder: workingFolder)
    let embeddings = try builder.build(model: model, questions: questionVectors, queries: queryVectors)
    digests += builder.digests
    return embeddings
  }

  /// Checks that one more question, at `place`, leaves ordinals enough.
  func checkRoom(_ place: InputPlace) throws(InputError) {
    let count = canonicalQuestions.count + inlineVariants.count + furtherQuestions.count
    guard count < limits.questions else {
      throw place.error(
        "there are more than \(InputLimits.grouped(limits.questions)) questions", do: "split them into several bundles")
    }
  }
}
