import BundleFormat

/// The examples of routes as vectors of the bundle's encoder.
struct RouteExampleVectors {
  /// The vectors, of even lengths, since they are ranked by inner product.
  let vectors: VectorMatrix
  /// The index of the route of each.
  let labels: [UInt16]

  /// Takes the examples of `base` as they are, for a layer that has the same routes and the same encoder.
  init(_ base: PreviousBundle) throws {
    vectors = try base.vectors(.decisionRouteExamples, dimensions: Int(base.bundle.encoder.dimensions))
    let bytes = try base.bytes(.decisionRouteLabels)
    labels = (0..<min(bytes.count / 2, vectors.count)).map { UInt16(bytes[2 * $0]) | UInt16(bytes[2 * $0 + 1]) << 8 }
  }

  /// Encodes the examples of `inputs`. One of which the encoder knows no word is left out.
  init(
    _ inputs: CompileInputs, _ encoder: FittedEncoder, routes: [String], kernels: Kernels
  ) throws {
    var normalizer = TextNormalizer(maximumInput: InputLimits.standard.question)
    var forms: [[UInt8]] = []
    for example in inputs.routeExamples {
      _ = try Array(example.text.utf8).withBytes { try normalizer.normalize($0) }
      forms.append(normalizer.output.copied)
    }
    let texts = TokenizedTexts(normalForms: forms, vocabulary: encoder.vocabulary)
    let known = forms.indices.filter { !texts.range($0).isEmpty }
    vectors = encoder.pieces.encode(texts, known)
    EvenLengths(like: nil, kernels).apply(to: vectors)
    labels = known.map { BundleWriter.route(inputs.routeExamples[$0].route, in: routes) }
  }
}
