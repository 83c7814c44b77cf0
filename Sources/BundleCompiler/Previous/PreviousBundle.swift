import BundleFormat
import BundleReader

/// An earlier bundle whose ordinals, encoder, index and dictionary a compile keeps.
struct PreviousBundle: Sendable {
  /// Where it is.
  let path: String
  /// The bundle, every byte of it checked.
  let bundle: Bundle
  /// What its manifest says of how it was made.
  let facts: PreviousFacts
  /// Its name, size and root, for the provenance.
  let digest: InputDigest

  /// Opens the bundle at `path`. Reads all of it once.
  ///
  /// - Throws: `WriteError` if it is refused or damaged, or was made by a program that kept too little.
  init(path: String) throws {
    self.path = path
    do {
      bundle = try Bundle.open(path, mode: .all)
    } catch {
      throw WriteError("\(path) cannot be built upon: \(error)")
    }
    guard let facts = try PreviousFacts(manifest: try bundle.segment(.metaManifest, 0)) else {
      throw WriteError(
        "\(path) cannot be built upon: its manifest lacks what later builds need; compile it again without --previous")
    }
    self.facts = facts
    let sealed = try SealedBundle(path: path)
    digest = InputDigest(
      role: .previous, path: path, size: sealed.file.bytes.count, blake2b: bundle.footer.root.hexadecimal)
  }

  /// All bytes of a section, one segment after the other.
  func bytes(_ name: SectionName) throws -> [UInt8] {
    var bytes: [UInt8] = []
    for number in 0..<bundle.size(name).segments {
      let segment = try bundle.segment(name, number)
      unsafe bytes.append(
        contentsOf: UnsafeRawBufferPointer(start: segment.unsafeStart, count: segment.count))
    }
    return bytes
  }

  /// The rows of a section of vectors of `dimensions` components.
  func vectors(_ name: SectionName, dimensions: Int) throws -> VectorMatrix {
    let matrix = VectorMatrix(count: bundle.count(name), dimensions: dimensions)
    let bytes = try bytes(name)
    guard bytes.count == matrix.count * matrix.stride else { throw refusal("\(name.text) has another shape") }
    for row in 0..<matrix.count {
      for component in 0..<matrix.stride {
        matrix.row(row)[component] = Int8(bitPattern: bytes[row * matrix.stride + component])
      }
    }
    return matrix
  }

  /// The error of a compile that cannot keep what this bundle has.
  func refusal(_ problem: String) -> WriteError {
    WriteError("\(path) cannot be built upon: \(problem); compile without --previous, or with --retrain")
  }
}

/// What the manifest of a bundle says of how it was made.
struct PreviousFacts: Sendable {
  /// The factor of floating-point embeddings; `nil` if they came as int8 or there were none.
  let scale: Double?
  /// The length that stored vectors were brought to.
  let length: Double
  /// Whether embeddings were given.
  let hasEmbeddings: Bool
  /// The measured recall of the index.
  let recall: Double
  /// The digests of its prior.
  let priors: [String]

  /// Reads a manifest; `nil` if a fact is missing.
  init?(manifest: Bytes) throws {
    guard let root = try? JSONParser.parse(manifest), let encoder = root["encoder"], let index = root["index"],
      let length = encoder["length"]?.double, let recall = index["recall"]?.double,
      case .array(let inputs)? = root["provenance"]
    else { return nil }
    self.length = length
    self.recall = recall
    scale = encoder["scale"]?.double
    hasEmbeddings = encoder["fidelity"]?.double != nil
    priors = inputs.filter { $0["role"] == .string(InputDigest.Role.prior.rawValue) }.compactMap {
      guard case .string(let digest)? = $0["blake2b"] else { return nil }
      return digest
    }
  }
}
