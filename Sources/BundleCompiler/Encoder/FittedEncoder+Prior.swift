import BundleFormat

/// What an encoder starts from, and whether the given embeddings can belong to it.
extension FittedEncoder {
  /// The prior that the recipe asks for, and the files it was made from.
  ///
  /// - Throws: `WriteError` if the table linked in cannot be read, `InputError` if the recipe's cannot.
  static func prior(
    _ questions: StoredQuestions, _ inputs: CompileInputs, maximumBytes: Int
  ) throws -> (Prior, [InputDigest]) {
    guard let folder = inputs.recipe.prior else { return (try Prior(), []) }
    let place = InputPlace(file: inputs.recipe.path, line: folder.line)
    let model = try Model2VecDirectory(path: folder.path, namedAt: place)
    let words = VocabularyBuilder.words(of: questions.normalForms).enumerated().sorted {
      ($1.element.count, $0.offset) < ($0.element.count, $1.offset)
    }
    let dimensions = inputs.embeddings?.questions?.width ?? model.dimensions
    let smallest = VocabularyBuilder.size(
      Prior.Piece(text: [0x61], isStart: true), stride: EncoderParameters.stride(dimensions: dimensions))
    let prior = try Prior(model, words: words.map(\.element.text), most: maximumBytes / smallest + 1)
    return (prior, model.digests)
  }

  /// The name of the space that a bundle without given embeddings speaks. Two models of one name have different ones.
  static func model(of prior: Prior, _ digests: [InputDigest]) -> String {
    guard let tensors = digests.last else { return "almanac-prior/\(prior.model)" }
    return "model2vec/\(prior.model)@\(tensors.blake2b.prefix(16))"
  }

  /// `sentence-transformers/all-MiniLM-L6-v2` and `all-MiniLM-L6-v2` are one model.
  static func names(_ given: String, _ prior: String) -> Bool {
    given == prior || given.hasSuffix("/\(prior)")
  }

  /// Refuses embeddings that name the prior's model and have another number of components.
  static func checkDimensions(_ dimensions: Int, _ prior: Prior, _ inputs: CompileInputs) throws(InputError) {
    guard let embeddings = inputs.embeddings, embeddings.questions != nil, names(embeddings.model, prior.model),
      dimensions != prior.dimensions
    else { return }
    throw InputError(
      file: inputs.recipe.path, line: inputs.recipe.embeddings?.line,
      problem: "the embeddings have \(dimensions) components, those of \(embeddings.model) have \(prior.dimensions)",
      remedy: "name the model that made them in embeddings.model")
  }

  /// Refuses embeddings that name the prior's model and say something else than it about the texts.
  static func checkAgreement(
    _ texts: TokenizedTexts, _ table: PieceTable, _ targets: VectorMatrix, _ questions: StoredQuestions, _ prior: Prior,
    _ recipe: Recipe
  ) throws(InputError) {
    var scanner = WordScanner()
    let wordCounts = questions.normalForms.map { form in
      form.withBytes { bytes in
        scanner.begin(bytes)
        var count = 0
        while scanner.next() != nil { count += 1 }
        return count
      }
    }
    let agreement = EmbeddingAgreement(texts: texts, table: table, wordCounts: wordCounts, targets: targets)
    guard agreement.isRefused else { return }
    func figure(_ cosine: Double) -> String { "\((cosine * 100).rounded() / 100)" }
    throw InputError(
      file: recipe.path, line: recipe.embeddings?.line,
      problem: "the embeddings are not those that \(prior.model) gives these texts: "
        + "mean cosine \(figure(agreement.own)) to a question's own text, \(figure(agreement.other)) to another's",
      remedy: "check embeddings.model, and that each .npy file has the rows of its JSONL file in the same order")
  }
}
