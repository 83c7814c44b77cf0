import BundleFormat

/// A thing to fuzz. It takes any bytes, has to come back, and checks that what it made of them agrees with itself; what does
/// not ends the process.
public enum FuzzTarget: String, CaseIterable, Sendable {
  /// A footer with a digest that fits.
  case footer
  /// The LMDB part of a bundle, sealed.
  case pages
  /// A line of the reader protocol.
  case request
  /// A question to a whole bundle, as text, as vector or both.
  case query
  /// An answer's frame.
  case answer
  /// A judge with evidence.
  case judge
  /// A table of rules with a text.
  case rules
  /// A lexicon of marks with a text.
  case lexicon
  /// Bytes that may be UTF-8, through the normal form to words and pieces.
  case text
  /// Questions to a bundle with changed bytes, of which its hash tree knows nothing.
  case damagedBundle = "damaged-bundle"
  /// Questions to a bundle with changed bytes and a hash tree that fits.
  case forgedBundle = "forged-bundle"
  /// Questions to a bundle that is written to while it is open and all of it has been checked.
  case overwrittenBundle = "overwritten-bundle"
  /// Questions to a layer over its base, one of which has changed bytes and a hash tree that fits.
  case forgedLayer = "forged-layer"
  /// A patch with a digest that fits.
  case patch
  /// The text of a signature or of a key.
  case signature
  /// A template with the values of its variables, and a section of prompts.
  case template
  /// A JSON text.
  case json
  /// An array file.
  case numpy
  /// A safetensors file.
  case safetensors
  /// A tokenizer.json.
  case tokenizer
  /// A recipe.
  case recipe
  /// Lines of entries.
  case entries
  /// A table that a person filled in, or hits that a person marked.
  case table

  /// Takes an input.
  public func take(_ input: [UInt8]) {
    switch self {
    case .footer: FormatFuzzing.footer(input)
    case .pages: BundleFuzzing.pages(input)
    case .request: QueryFuzzing.request(input)
    case .query: QueryFuzzing.query(input)
    case .answer: BundleFuzzing.answer(input)
    case .judge: FormatFuzzing.judge(input)
    case .rules: FormatFuzzing.rules(input)
    case .lexicon: FormatFuzzing.lexicon(input)
    case .text: FormatFuzzing.text(input)
    case .damagedBundle: BundleFuzzing.damaged(input)
    case .forgedBundle: BundleFuzzing.forged(input)
    case .overwrittenBundle: BundleFuzzing.overwritten(input)
    case .forgedLayer: LayerFuzzing.take(input)
    case .patch: PatchFuzzing.take(input)
    case .signature: SignatureFuzzing.take(input)
    case .template: TemplateFuzzing.take(input)
    case .json: InputFuzzing.json(input)
    case .numpy: InputFuzzing.numpy(input)
    case .safetensors: InputFuzzing.safetensors(input)
    case .tokenizer: InputFuzzing.tokenizer(input)
    case .recipe: InputFuzzing.recipe(input)
    case .entries: InputFuzzing.entries(input)
    case .table: TableFuzzing.take(input)
    }
  }
}

/// Ends the process if a promise is broken, so that the fuzzer keeps the input.
func require(_ holds: Bool, _ promise: @autoclosure () -> String) {
  if !holds { fatalError("broken: \(promise())") }
}
