/// A price table, with the tokens that a log's requests take.
struct TokenPricing {
  let table: PriceTable
  /// The tokens of requests of which the log does not say: the log's mean if it has any, else the table's.
  let assumed: (input: Double, output: Double)
  /// The share of requests of which the log states the tokens.
  let statedShare: Double

  init(_ table: PriceTable, _ questions: [LogTally.Question]) {
    self.table = table
    let stated = questions.reduce(0) { $0 + $1.tokenCount }
    let all = questions.reduce(0) { $0 + $1.count }
    statedShare = all > 0 ? min(1, stated / all) : 0
    assumed =
      stated > 0
      ? (questions.reduce(0) { $0 + $1.inputTokens } / stated, questions.reduce(0) { $0 + $1.outputTokens } / stated)
      : table.tokens
  }

  /// The tokens of one live answer to `question`.
  func tokens(_ question: LogTally.Question) -> (input: Double, output: Double) {
    guard question.tokenCount > 0 else { return assumed }
    return (question.inputTokens / question.tokenCount, question.outputTokens / question.tokenCount)
  }

  /// What one live answer costs with the model at `place` of the table.
  func live(_ tokens: (input: Double, output: Double), model place: Int) -> Double {
    table.models[place].live.of(input: tokens.input, output: tokens.output)
  }

  /// What one answer costs that is made in advance: with the table's batch model, and its review.
  func inAdvance(_ tokens: (input: Double, output: Double)) -> Double {
    table.models[table.batch].batch.of(input: tokens.input, output: tokens.output) + table.review
  }
}
