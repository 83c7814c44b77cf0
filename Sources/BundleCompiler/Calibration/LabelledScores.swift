import BundleFormat
import BundleReader

/// The scores of labelled queries in a finished bundle, for each input mode.
///
/// They come from the reader itself, asked with `DecisionParameters.withoutThresholds`, so whatever else makes a query fall
/// back counts as it will for users. Queries written for the purpose are left out: only what was drawn from real
/// traffic says something about it.
struct LabelledScores: Sendable {
  /// The scores of the queries as text; of those with an embedding as vectors alone, and with both.
  private(set) var text: [LabelledScore] = []
  private(set) var vector: [LabelledScore] = []
  private(set) var both: [LabelledScore] = []

  /// Whether the recipe has queries that can certify a budget.
  static func exist(_ inputs: CompileInputs) -> Bool { inputs.queries.contains { $0.origin == .sampled } }

  /// Asks the bundle at `path`, whose thresholds are lifted, every sampled query.
  ///
  /// - Parameter progress: Told how many queries have been asked.
  /// - Throws: `WriteError` if the bundle cannot be read.
  init(_ path: String, _ inputs: CompileInputs, _ ordinals: OrdinalPlan, over base: Bundle?, progress: (Int) -> Void)
    throws
  {
    let bundle: Bundle
    do {
      bundle = try Bundle.open(path, over: base)
    } catch {
      throw WriteError("the bundle just written cannot be read: \(error); check the disk and report this")
    }
    var session = QuerySession(bundle)
    let now = bundle.expiry == Int64.max ? 0 : bundle.expiry - 1
    for (index, query) in inputs.queries.enumerated() where query.origin == .sampled {
      if index % 256 == 0 { progress(index) }
      func ask(hasText: Bool, _ vector: Bytes?) throws -> LabelledScore {
        let utf8 = Array(query.text.utf8)
        return try utf8.withBytes { text in
          try query.scope.withBytes { scope in
            let asked = Query(
              text: hasText ? text : nil, vector: vector, now: now, scope: query.scope.isEmpty ? nil : scope,
              turn: query.turn)
            return Self.score(try session.answer(asked), query, ordinals)
          }
        }
      }
      text.append(try ask(hasText: true, nil))
      guard let row = query.embeddingRow, let embeddings = inputs.embeddings?.queries,
        embeddings.width == Int(bundle.encoder.dimensions)
      else { continue }
      let given = embeddings.row(Int(row)).bytes.slice(0, embeddings.width)
      vector.append(try ask(hasText: false, given))
      both.append(try ask(hasText: true, given))
    }
  }

  // An entry that is not valid at the time of asking would be at another, and the labels do not say when they hold.
  private static func score(_ outcome: Outcome, _ query: QueryInput, _ ordinals: OrdinalPlan) -> LabelledScore {
    let isAnswer = outcome.kind != nil || outcome.reason == .expired || outcome.reason == .notYetValid
    guard isAnswer, let entry = outcome.entry else {
      return LabelledScore(score: nil, isRight: false, isAnswerable: query.expected != nil)
    }
    return LabelledScore(
      score: outcome.score ?? LabelledScore.exact, isRight: entry == query.expected.map(ordinals.owner),
      isAnswerable: query.expected != nil)
  }
}
