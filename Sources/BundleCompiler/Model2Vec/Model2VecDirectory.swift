import BundleFormat

/// A Model2Vec model: a tokeniser and a vector for each entry of its vocabulary. The vector of a text is the mean of its
/// entries' vectors, of which only the direction counts here.
struct Model2VecDirectory {
  /// The tokeniser.
  let tokenizer: TokenizerFile
  /// The number of components of a vector.
  let dimensions: Int
  /// The folder's name, without those that hold it.
  let name: String
  /// What was read, for the bundle's provenance.
  let digests: [InputDigest]
  private let tensors: SafeTensors
  private let embeddings: SafeTensors.Tensor
  private let weights: [Double]
  private let mapping: [Int]

  /// Opens the model in the folder at `path`.
  ///
  /// - Parameter named: Where the recipe names the folder.
  /// - Throws: An error that names the file, and what in it is missing, damaged or not supported.
  init(path: String, namedAt named: InputPlace) throws(InputError) {
    let folder = path.hasSuffix("/") ? String(path.dropLast()) : path
    name = folder.lastIndex(of: "/").map { String(folder[folder.index(after: $0)...]) } ?? folder
    let configuration = JSONValue.object(try JSONFile.object(path: "\(folder)/config.json", namedAt: named))
    if let type = configuration["model_type"]?.text, type != "model2vec" {
      throw InputPlace(file: "\(folder)/config.json").error(
        "the model is a '\(type)', not a model2vec model", do: "distil it with model2vec, or leave encoder.prior out")
    }
    let tokenizerPath = "\(folder)/tokenizer.json"
    tokenizer = try TokenizerFile(path: tokenizerPath, namedAt: named)
    let tensors = try SafeTensors(path: "\(folder)/model.safetensors", namedAt: named)
    self.tensors = tensors
    guard let embeddings = tensors.tensors["embeddings"], embeddings.shape.count == 2, embeddings.shape[0] > 0 else {
      throw tensors.place.error("there is no tensor 'embeddings' of rows and columns", do: "use a model2vec model")
    }
    guard (8...4096).contains(embeddings.shape[1]) else {
      throw tensors.place.error(
        "the vectors have \(embeddings.shape[1]) components", do: "use a model with 8 to 4,096 components")
    }
    self.embeddings = embeddings
    dimensions = embeddings.shape[1]
    weights = try Self.column("weights", tensors)
    mapping = try Self.column("mapping", tensors).map { Int(exactly: $0) ?? -1 }
    let rows = embeddings.shape[0]
    for (name, count) in [("weights", weights.count), ("mapping", mapping.count)]
    where count > 0 && count < tokenizer.entries.count {
      throw tensors.place.error(
        "the tensor '\(name)' has \(count) values for \(tokenizer.entries.count) entries of the vocabulary",
        do: "use the tokenizer.json that the model was saved with")
    }
    let isInside = mapping.isEmpty ? tokenizer.entries.count <= rows : mapping.allSatisfy { (0..<rows).contains($0) }
    guard isInside else {
      throw tensors.place.error(
        "the tensor 'embeddings' has \(rows) rows, fewer than the vocabulary asks for",
        do: "use the tokenizer.json that the model was saved with")
    }
    let tokenizerFile = try InputFile(path: tokenizerPath, namedAt: named)
    let digest = ContentDigest()
    try tokenizerFile.bytes(tokenizerFile.size, at: 0).withBytes { digest.add($0) }
    digests = [
      InputDigest(role: .prior, path: tokenizerPath, size: tokenizerFile.size, blake2b: digest.hexadecimal()),
      InputDigest(role: .prior, path: tensors.place.file, size: tensors.size, blake2b: try tensors.digest()),
    ]
  }

  /// Adds the vectors of `ids`, weighted, to `sum`, which has `dimensions` components. O(ids × dimensions), one read each.
  func add(_ ids: [Int], to sum: inout [Double]) throws(InputError) {
    for id in ids {
      let row = mapping.isEmpty ? id : mapping[id]
      let weight = weights.isEmpty ? 1 : weights[id]
      let values = try tensors.values(embeddings, first: row * dimensions, count: dimensions)
      for component in 0..<dimensions { sum[component] += weight * values[component] }
    }
  }

  private static func column(_ name: String, _ tensors: SafeTensors) throws(InputError) -> [Double] {
    guard let tensor = tensors.tensors[name] else { return [] }
    return try tensors.values(tensor, first: 0, count: tensor.count)
  }
}
