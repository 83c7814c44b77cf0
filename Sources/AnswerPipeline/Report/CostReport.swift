/// What the requests of a log cost without the bundle and with it.
struct CostReport {
  /// The cost with one way of answering live.
  struct Line {
    /// The model, or that routes decide.
    let name: String
    let basis: String
    let source: String?
    let date: String?
    /// With every request answered live, and with fallbacks only.
    let before: Double
    let after: Double
    /// The part that is saved; `nil` of nothing.
    var saved: Double? { before > 0 ? (before - after) / before : nil }
  }

  let pricing: TokenPricing
  /// A line for each model of the table, and one for its routes if it has any.
  let lines: [Line]
  /// The line of the model that answers live now: the routes' if the table has any.
  let present: Line
  /// What the bundle's answers cost to make, and of how many the tokens are estimated from the answer's length.
  let making: Double
  let estimatedEntries: Int
  /// The days that the log spans; `nil` without times.
  let days: Double?

  init(
    _ pricing: TokenPricing, _ questions: [LogTally.Question], _ fates: [QuestionFate], _ contents: BundleContents,
    days: Double?
  ) {
    self.pricing = pricing
    self.days = days
    let table = pricing.table
    var lines: [Line] = []
    for (place, model) in table.models.enumerated() {
      var before = 0.0
      var after = 0.0
      for (question, fate) in zip(questions, fates) {
        let cost = question.count * pricing.live(pricing.tokens(question), model: place)
        before += cost
        if !fate.isHit { after += cost }
      }
      lines.append(
        Line(
          name: model.name, basis: model.basis, source: model.source, date: model.date, before: before, after: after))
    }
    var present = lines[table.live]
    if !table.routes.isEmpty {
      var after = 0.0
      for (question, fate) in zip(questions, fates) where !fate.isHit {
        after += question.count * pricing.live(pricing.tokens(question), model: table.model(ofRoute: fate.route))
      }
      let basis = table.routes.map { "\($0.name) → \(table.models[$0.model].name)" }.joined(separator: ", ")
      present = Line(
        name: "by route", basis: "\(basis); before, all by \(table.models[table.live].name)", source: nil, date: nil,
        before: lines[table.live].before, after: after)
      lines.append(present)
    }
    self.lines = lines
    self.present = present
    var making = 0.0
    var estimated = 0
    for entry in contents.entries {
      if entry.tokens == nil { estimated += 1 }
      making += pricing.inAdvance(Self.tokens(entry, pricing))
    }
    self.making = making
    estimatedEntries = estimated
  }

  /// The tokens that an entry's answer was made with; if it does not say, its bytes at four a token.
  static func tokens(_ entry: BundleContents.Entry, _ pricing: TokenPricing) -> (input: Double, output: Double) {
    entry.tokens ?? (pricing.assumed.input, Double(entry.answerBytes) / 4)
  }

  /// What is saved a day; `nil` without times.
  var savedPerDay: Double? { days.map { (present.before - present.after) / $0 } }
}
