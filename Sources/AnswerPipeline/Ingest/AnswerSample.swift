import BundleCompiler

/// One usable answer to one question, with where it comes from.
struct AnswerSample {
  /// The id of the request, or the owner's; `nil` if one is to be made.
  let id: String?
  let question: String
  let answer: String
  /// Its place among the questions, and among the answers of its line.
  let order: Int
  let choice: Int
  /// The index of its line in the ledger.
  let line: Int
  /// The owner's: further wordings, where it can be read.
  var variants: [String] = []
  var source: String?
  var route: String?
  /// The service's: see `BatchResult`.
  var result: BatchResult?
}

/// The samples of one question, and what is decided about them.
struct AnsweredQuestion {
  /// The samples in the order of their requests, without those that were dropped or held.
  var samples: [AnswerSample]

  /// What an entry says of where its answer comes from; `digest` is that of its source file.
  static func provenance(
    _ sample: AnswerSample, count: Int, quality: Double?, ledger: LineLedger, digest: String? = nil
  ) -> JSONValue {
    let place = ledger.place(sample.line)
    let result = sample.result
    return .members(
      ("service", result.map { .string($0.service.rawValue) }), ("model", result?.model.map { .string($0) }),
      ("at", result?.time.map { .integer($0) }), ("custom_id", result.map { .string($0.id) }),
      ("request_id", result?.requestID.map { .string($0) }), ("file", .string(place.file.lastPathComponent)),
      ("line", .integer(Int64(place.line ?? 0))), ("samples", count > 1 ? .integer(Int64(count)) : nil),
      ("quality", quality.map { .number(($0 * 1_000).rounded() / 1_000) }),
      ("source_file", digest.map { _ in .string(place.file.lastPathComponent) }),
      ("source_digest", digest.map { .string($0) }))
  }

  /// What the answer cost, as entries state it; `nil` for an owner's.
  static func usage(_ sample: AnswerSample) -> JSONValue? {
    guard let result = sample.result, result.model != nil || result.inputTokens != nil || result.outputTokens != nil
    else { return nil }
    return .members(
      ("model", result.model.map { .string($0) }), ("input_tokens", result.inputTokens.map { .integer(max(0, $0)) }),
      ("output_tokens", result.outputTokens.map { .integer(max(0, $0)) }))
  }
}
