import BundleFormat

/// The encoder of a bundle, the vectors of its questions, and the vectors that held-out encoders give them.
struct FittedEncoder {
  /// The vocabulary.
  let vocabulary: Vocabulary
  /// The rows, fitted to all questions.
  let pieces: QuantizedPieces
  /// The files of the recipe's own prior, if it names one.
  let priorDigests: [InputDigest]
  /// The name of the embedding model whose space it speaks.
  let model: String
  /// The vector of each stored question: the given one, or where there is none what the encoder makes of its text.
  let vectors: VectorMatrix
  /// The questions that the self-test asks.
  let sample: [Int]
  /// Their vectors, each from an encoder that was not fitted to the question.
  let heldOut: VectorMatrix
  /// Their vectors, each from an encoder that was not fitted to any question of the same entry.
  let strangers: VectorMatrix
  /// The mean cosine of held-out vectors with the given ones; `nil` without given ones.
  let fidelity: Double?
  /// The vectors of entries, learned from all questions; `nil` if too few entries have several wordings.
  let entryVectors: EntryVectors?
  /// The encoders fitted without one fold of questions each; see `foldOfQuestion`. Only one, fitted to none, without given
  /// vectors.
  private(set) var questionFolds: [FoldEncoder]
  /// The encoders fitted without one fold of entries each; see `foldOfEntry`. The entries of the fold have no vectors in it.
  private(set) var entryFolds: [FoldEncoder]
  /// The length that stored vectors were brought to.
  let length: Double
  /// How much each piece says; see `PieceWeights`.
  let weights: [UInt16]
  /// The pieces of each question's normal form, for encoding it with the pieces of a fold.
  let texts: TokenizedTexts
  private let groups: [UInt32]

  /// The most questions that a self-test asks. More would not move its threshold by a tenth.
  static let maximumSample = 4_096
  // As many questions say what there is to say about a linear map of a few hundred dimensions.
  private static let projectionSample = 1 << 17
  private static let defaultMaximumBytes = 8_000_000

  /// Chooses the vocabulary and fits the encoder: to all questions, without each fold of questions, and without each fold of
  /// entries.
  ///
  /// - Parameters:
  ///   - previous: The encoder to keep; only what is hidden in a self-test is then fitted anew, with the same pieces.
  ///   - progress: Told how many more questions have been fitted, and how many there are in all fits; by several threads.
  /// - Throws: `WriteError` if the prior cannot be read or the earlier encoder cannot serve.
  init(
    _ questions: StoredQuestions, _ inputs: CompileInputs, keeping previous: PreviousBundle? = nil,
    kernels: Kernels, progress: @Sendable (Int, Int) -> Void
  ) throws {
    let maximumBytes = inputs.recipe.maximumEncoderBytes ?? Self.defaultMaximumBytes
    let (prior, priorDigests) = try Self.prior(questions, inputs, maximumBytes: maximumBytes)
    self.priorDigests = priorDigests
    let count = questions.texts.count
    let givenVectors = inputs.embeddings?.questions
    let dimensions = givenVectors?.width ?? prior.dimensions
    let evenLengths =
      previous.map { EvenLengths(length: $0.facts.length, kernels) } ?? EvenLengths(like: givenVectors, kernels)
    length = evenLengths.length
    let kept = try previous.map { try PreviousEncoder($0, kernels: kernels) }
    let model = inputs.embeddings?.model ?? Self.model(of: prior, priorDigests)
    try kept?.check(
      inputs, dimensions: dimensions, model: model, priors: priorDigests, maximumBytes: maximumBytes)
    let targets = Self.targets(questions, givenVectors, dimensions: dimensions, folder: inputs.workingFolder)
    let builder =
      kept.map { VocabularyBuilder(keeping: $0.pieces, prior: prior) }
      ?? VocabularyBuilder(
        normalForms: questions.normalForms, prior: prior, stride: EncoderParameters.stride(dimensions: dimensions),
        maximumBytes: maximumBytes)
    vocabulary = builder.vocabulary
    guard !vocabulary.pieces.isEmpty else {
      throw InputError(
        file: inputs.recipe.path, problem: "encoder.max_bytes leaves no room for a single piece",
        remedy: "allow 20,000 bytes or more")
    }
    let texts = TokenizedTexts(normalForms: questions.normalForms, vocabulary: vocabulary)
    try Self.checkDimensions(dimensions, prior, inputs)
    let isPriorSpace =
      inputs.embeddings.map { Self.names($0.model, prior.model) && dimensions == prior.dimensions } ?? true
    var projection: PriorProjection?
    if !isPriorSpace {
      let table = PieceTable(builder, prior: prior, projection: nil)
      let rows = Array(stride(from: 0, to: count, by: max(1, count / Self.projectionSample)))
      projection = PriorProjection(
        sources: rows.lazy.map { Self.unitVector(texts, $0, table) }, rows: rows, inputs: prior.dimensions,
        targets: targets)
    }
    let start = PieceTable(builder, prior: prior, projection: projection)
    if isPriorSpace, givenVectors != nil {
      try Self.checkAgreement(texts, start, targets, questions, prior, inputs.recipe)
    }
    self.model = model
    guard model.utf8.count <= 255 else {
      throw InputError(
        file: inputs.recipe.path, line: inputs.recipe.embeddings?.line,
        problem: "the name of the embedding model is longer than 255 bytes", remedy: "shorten it")
    }

    let tested = (0..<count).filter { questions.isTested[$0] }
    let step = max(1, (tested.count + Self.maximumSample - 1) / Self.maximumSample)
    let sample = stride(from: 0, to: tested.count, by: step).map { tested[$0] }
    self.sample = sample
    self.texts = texts
    weights = kept?.weights ?? PieceWeights.of(builder, texts, priorCount: prior.pieces.count)
    groups = questions.ownersByWording
    guard inputs.embeddings?.questions != nil else {
      pieces = kept?.rows ?? QuantizedPieces(start, kernels: kernels)
      vectors = pieces.encode(texts, Array(0..<count), folder: inputs.workingFolder)
      evenLengths.apply(to: vectors)
      heldOut = pieces.encode(texts, sample)
      strangers = heldOut
      fidelity = nil
      entryVectors = nil
      questionFolds = [FoldEncoder(pieces: pieces, entryVectors: nil)]
      entryFolds = questionFolds
      return
    }
    // Vectors of entries can only be learned together, so what is new has none.
    let fits = EncoderFits(
      start,
      keeping: try kept.map { FoldEncoder(pieces: $0.rows, entryVectors: try $0.entryVectors(inputs.entries)) },
      texts: texts, targets: targets, owners: questions.owners, groups: groups,
      entryCount: inputs.entries.count, kernels: kernels, progress: progress)
    pieces = fits.whole.pieces
    entryVectors = fits.whole.entryVectors
    questionFolds = fits.questionFolds
    entryFolds = fits.entryFolds
    let missing = (0..<count).filter { questions.embeddingRows[$0] == nil }
    let encoded = pieces.encode(texts, missing)
    for (place, index) in missing.enumerated() {
      targets.row(index).copy(encoded.row(place))
    }
    evenLengths.apply(to: targets)
    vectors = targets
    heldOut = fits.encode(sample, texts, with: fits.questionFolds) { $0 % fits.questionFolds.count }
    let owners = groups
    strangers =
      fits.areFoldsEqual
      ? heldOut : fits.encode(sample, texts, with: fits.entryFolds) { Int(owners[$0]) % fits.entryFolds.count }
    let given = sample.indices.filter { questions.embeddingRows[sample[$0]] != nil }
    fidelity = Self.meanCosine(heldOut, targets, given, sample, kernels)
  }

  /// The same without the encoders of folds, which only a self-test asks: each is as large as the encoder itself.
  var withoutFolds: FittedEncoder {
    var encoder = self
    encoder.questionFolds = []
    encoder.entryFolds = []
    return encoder
  }

  /// The fold of a question: the encoder in `questionFolds` that was not fitted to it.
  func foldOfQuestion(_ question: Int) -> Int { question % questionFolds.count }

  /// The fold of a question's entry: the encoder in `entryFolds` that was not fitted to any question of the entry, nor to those
  /// of another that shares a wording with it.
  func foldOfEntry(_ question: Int) -> Int { Int(groups[question]) % entryFolds.count }

  // The given vectors in the order of the questions; zeros for those without.
  private static func targets(
    _ questions: StoredQuestions, _ given: EmbeddingMatrix?, dimensions: Int, folder: String?
  ) -> VectorMatrix {
    let rows = questions.embeddingRows
    if let given, given.rows == rows.count, rows.indices.allSatisfy({ rows[$0] == UInt32($0) }) { return given.taken() }
    let targets = VectorMatrix(count: rows.count, dimensions: dimensions, folder: folder)
    guard let given else { return targets }
    for (index, row) in rows.enumerated() {
      guard let row else { continue }
      targets.row(index).copy(given.row(Int(row)))
    }
    return targets
  }

  private static func unitVector(_ texts: TokenizedTexts, _ text: Int, _ table: PieceTable) -> [Float] {
    var sum = [Float](repeating: 0, count: table.dimensions)
    for piece in texts.pieces[texts.range(text)] {
      for component in sum.indices { sum[component] += table.values[Int(piece) * table.dimensions + component] }
    }
    var square: Float = 0
    for value in sum { square += value * value }
    let length = square.squareRoot()
    return length > 0 ? sum.map { $0 / length } : sum
  }

  private static func meanCosine(
    _ first: VectorMatrix, _ second: VectorMatrix, _ places: [Int], _ sample: [Int],
    _ kernels: Kernels
  ) -> Double? {
    guard !places.isEmpty else { return nil }
    var total: Int64 = 0
    for place in places {
      total += kernels.cosine(first.row(place), second.row(sample[place]))
    }
    return Double(total) / Double(places.count) / Double(Cosine.one)
  }
}
