import BundleCompiler
import Foundation

/// What a plan is written from.
struct PlanResult {
  let tally: LogTally
  let questions: [LogTally.Question]
  let sorting: AnswerPlan.Sorting
  let groups: [AnswerPlan.Group]

  init(
    _ tally: LogTally, _ questions: [LogTally.Question], _ sorting: AnswerPlan.Sorting, _ groups: [AnswerPlan.Group]
  ) {
    self.tally = tally
    self.questions = questions
    self.sorting = sorting
    self.groups = groups
  }
}

/// The folder that a plan is written into.
struct PlanFolder {
  private let path: String
  private let options: AnswerPlan.Options

  // More exclusions would tell nobody more; all are counted.
  private static let listed = 10_000

  init(_ path: String, _ options: AnswerPlan.Options) {
    self.path = path
    self.options = options
  }

  /// Writes all files, or none.
  ///
  /// - Throws: `OutputError`.
  func write(_ result: PlanResult) throws(OutputError) -> PlanReport {
    try OutputFiles.makeFolder(path)
    let files = OutputFiles()
    var report = figures(result)
    try writePlan(result, report, files)
    try writeWordings(result, files)
    try writeExcluded(result, files)
    let requests = RequestFiles(path, files, options.requests)
    report.requests = try requests.write(result.groups.map { (id: $0.id, route: $0.route) }) { index, route in
      route.prompt.prompt(result.questions[result.groups[index].canonical].text)
    }
    report.embeddings = try requests.writeEmbeddings(
      result.groups.flatMap { group in
        [result.questions[group.canonical].text]
          + group.wordings.prefix(options.wordings).map { result.questions[$0.question].text }
      })
    requests.removeOthers()
    try files.publish()
    report.files = files.names
    return report
  }

  private func figures(_ result: PlanResult) -> PlanReport {
    var report = PlanReport()
    (report.rows, report.malformed, report.firstMalformed) = (
      result.tally.rows, result.tally.malformed, result.tally.firstMalformed
    )
    report.questions = result.questions.count
    (report.asked, report.forgotten) = (result.tally.asked, result.tally.forgotten)
    let all = max(result.questions.reduce(0) { $0 + $1.weight }, .leastNonzeroMagnitude)
    report.answered = result.sorting.answered / all
    let reasons = Dictionary(grouping: result.sorting.excluded, by: \.reason)
    report.excluded = reasons.keys.sorted().map { reason in
      let of = reasons[reason] ?? []
      return (reason, of.count, of.reduce(0) { $0 + result.questions[$1.question].weight } / all)
    }
    let daily = Self.days(result.tally, halfLife: options.halfLife)
    let isPriced = options.requests.standard.price != nil
    var total = 0.0
    for group in result.groups {
      total += group.weight / all
      report.planned.append(
        PlanReport.Row(
          question: result.questions[group.canonical].text, wordings: group.wordings.count + 1, count: group.count,
          coverage: group.weight / all, total: total, saving: isPriced ? daily.map { group.gain / $0 } : nil))
    }
    report.coverage = total
    if isPriced {
      report.saving = daily.map { days in result.groups.reduce(0) { $0 + $1.gain } / days }
      report.cost = result.groups.reduce(0) { $0 + ($1.cost ?? 0) }
    }
    return report
  }

  // How many days of traffic at its latest rate the weights amount to; `nil` for a log without times.
  static func days(_ tally: LogTally, halfLife: Double) -> Double? {
    guard let span = tally.span else { return nil }
    let length = max(1, Double(span.upperBound - span.lowerBound) / 86_400)
    return halfLife / log(2) * (1 - exp2(-length / halfLife))
  }

  // MARK: Files

  private func writePlan(_ result: PlanResult, _ report: PlanReport, _ files: OutputFiles) throws(OutputError) {
    let plan = try files.create("\(path)/plan.jsonl")
    let table = try files.create("\(path)/plan.md")
    table.writeLine("| rank | question | wordings | asked | of all traffic | together | saving a day |")
    table.writeLine("|---:|---|---:|---:|---:|---:|---:|")
    for (rank, group) in result.groups.enumerated() {
      let row = report.planned[rank]
      let wordings = group.wordings.prefix(options.wordings).map { wording in
        JSONValue.members(
          ("question", .string(result.questions[wording.question].text)),
          ("count", number(result.questions[wording.question].count)),
          ("likeness", .number(rounded(Double(wording.cover), 3))))
      }
      let question = result.questions[group.canonical]
      let isTimed = result.tally.span != nil
      plan.writeLine(
        JSONValue.members(
          ("rank", .integer(Int64(rank + 1))), ("id", .string(group.id)), ("question", .string(question.text)),
          ("count", number(group.count)), ("wording_count", .integer(Int64(group.wordings.count + 1))),
          ("coverage", .number(rounded(row.coverage, 6))), ("coverage_total", .number(rounded(row.total, 6))),
          ("saving_per_day", row.saving.map { .number(rounded($0, 6)) }),
          ("cost", group.cost.map { .number(rounded($0, 6)) }),
          ("route", group.route.map { .string($0) }), ("first", isTimed ? .integer(question.first) : nil),
          ("last", isTimed ? .integer(question.last) : nil), ("wordings", .array(wordings))
        ).compactText)
      let cells = [
        "\(rank + 1)", question.text.split(separator: "|").joined(separator: "\\|"), "\(row.wordings)",
        PlanFigures.count(row.count),
        PlanFigures.percent(row.coverage), PlanFigures.percent(row.total), row.saving.map(PlanFigures.money) ?? "",
      ]
      table.writeLine("| " + cells.joined(separator: " | ") + " |")
    }
  }

  // For a person to accept: nearness and grouping are guesses, and a wrong wording would be a wrong answer.
  private func writeWordings(_ result: PlanResult, _ files: OutputFiles) throws(OutputError) {
    let file = try files.create("\(path)/wordings.csv")
    file.writeLine(ReviewedWordings.columns)
    for proposal in result.sorting.proposals.prefix(Self.listed) {
      let question = result.questions[proposal.question]
      for near in proposal.near {
        file.writeLine(
          ReviewedWordings.row(
            id: near.entry, question: near.question, wording: question.text, count: PlanFigures.count(question.count),
            likeness: "\(rounded(near.similarity, 2))", kind: .entry))
      }
    }
    for group in result.groups {
      for wording in group.wordings.prefix(options.wordings) {
        file.writeLine(
          ReviewedWordings.row(
            id: group.id, question: result.questions[group.canonical].text,
            wording: result.questions[wording.question].text,
            count: PlanFigures.count(result.questions[wording.question].count),
            likeness: "\(rounded(Double(wording.cover), 2))", kind: .plan))
      }
    }
  }

  private func writeExcluded(_ result: PlanResult, _ files: OutputFiles) throws(OutputError) {
    let file = try files.create("\(path)/excluded.jsonl")
    let heaviest = result.sorting.excluded.sorted { $0.question < $1.question }.prefix(Self.listed)
    for exclusion in heaviest {
      let question = result.questions[exclusion.question]
      let isPersonal = exclusion.reason.hasPrefix("personal-data")
      file.writeLine(
        JSONValue.members(
          ("question", .string(isPersonal ? PersonalData.masked(question.text) : question.text)),
          ("reason", .string(exclusion.reason)), ("count", number(question.count))
        ).compactText)
    }
  }

  private func number(_ value: Double) -> JSONValue {
    Int64(exactly: value).map { .integer($0) } ?? .number(rounded(value, 3))
  }

  private func rounded(_ value: Double, _ places: Int) -> Double {
    let factor = pow(10, Double(places))
    return (value * factor).rounded() / factor
  }
}

/// Numbers of a plan as people read them.
enum PlanFigures {
  static func count(_ value: Double) -> String { Int(exactly: value.rounded()).map { "\($0)" } ?? "\(value)" }

  static func percent(_ share: Double) -> String { "\((share * 10_000).rounded() / 100) %" }

  static func money(_ value: Double) -> String { "\((value * 10_000).rounded() / 10_000)" }
}
