/// What share of wrong answers a bundle may give, as fractions.
struct ErrorBudget: Sendable {
  /// Wrong answers, of all requests.
  var wrongRequests: Double
  /// Wrong answers, of the requests that are answered.
  var wrongAnswers: Double
  /// The share of requests that no entry answers.
  var outOfScope: Double
  /// The confidence with which labelled queries have to show that both shares are kept, from 0.5 to below 1.
  var confidence = 0.95
}

extension ErrorBudget {
  /// The budget of a recipe.
  init(_ recipe: Recipe) {
    self.init(
      wrongRequests: recipe.budget.wrongOfRequests, wrongAnswers: recipe.budget.wrongOfAnswers,
      outOfScope: recipe.assumeOutOfScope, confidence: recipe.budget.confidence)
  }
}
