import BundleFormat
import CKernels

/// The examples of routes as vectors of the bundle's encoder.
struct RouteExampleVectors {
  /// The vectors, of even lengths, since they are ranked by inner product.
  let vectors: VectorMatrix
  /// The index of the route of each.
  let labels: [UInt16]

  /// Encodes the examples of `inputs`. One of which the encoder knows no word is left out.
  init(
    _ inputs: CompileInputs, _ encoder: FittedEncoder, routes: [String], kernels: UnsafePointer<almanac_kernels>
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
