import BundleCompiler
import Foundation

/// The folder that a refresh is written into.
struct RefreshFolder {
  private let path: String
  private let options: AnswerRefresh.Options

  init(_ path: String, _ options: AnswerRefresh.Options) {
    self.path = path
    self.options = options
  }

  /// Writes all files, or none.
  ///
  /// - Throws: `OutputError`.
  func write(_ schedule: RefreshSchedule, _ given: RefreshReport) throws(OutputError) -> RefreshReport {
    var report = given
    try OutputFiles.makeFolder(path)
    let files = OutputFiles()
    fill(&report, schedule)
    try writeSchedule(report, files)
    let plan = try files.create("\(path)/refresh.jsonl")
    for item in schedule.items { plan.writeLine(line(item).compactText) }
    // Tomorrow's requests are written tomorrow: what was done by then is no longer due.
    let first = schedule.items.filter { $0.day == 0 }
    let requests = RequestFiles(path, files, options.requests)
    report.requests = try requests.write(
      first.map { (id: $0.request, route: $0.answer.entry.route) }
    ) { $1.prompt.prompt(first[$0].answer.entry.question) }
    requests.removeOthers()
    try files.publish()
    report.files = files.names
    return report
  }

  private func fill(_ report: inout RefreshReport, _ schedule: RefreshSchedule) {
    func row(_ answer: DueAnswer, _ day: Int?) -> RefreshReport.Row {
      RefreshReport.Row(
        id: answer.entry.id, question: answer.entry.question, reasons: answer.reasons, due: answer.due,
        rate: answer.rate, day: day)
    }
    report.due =
      schedule.items.map { row($0.answer, $0.day) } + schedule.byHand.map { row($0.answer, nil) }
    report.reasons = DueReason.allCases.map { reason in
      (reason, report.due.count { $0.reasons.contains(reason) })
    }
    report.days = (schedule.items.last?.day ?? -1) + 1
    for item in schedule.items {
      let late = Double(options.now) + Double(item.day) * 86_400 - Double(max(item.answer.due, options.now))
      report.staleAskings += max(0, late / 86_400) * item.answer.rate
    }
  }

  private func writeSchedule(_ report: RefreshReport, _ files: OutputFiles) throws(OutputError) {
    let file = try files.create("\(path)/schedule.csv")
    file.writeLine("day,date,id,reasons,due,asked_a_day,question")
    for row in report.due {
      let fields = [
        row.day.map { "\($0 + 1)" } ?? "by hand",
        row.day.map { CivilDate.text(options.now + Int64($0) * 86_400) } ?? "",
        row.id, row.reasons.map(\.rawValue).joined(separator: " "), CivilDate.text(row.due), Self.rate(row.rate),
        row.question,
      ]
      file.writeLine(fields.map(CSVText.field).joined(separator: ","))
    }
  }

  private static func rate(_ value: Double) -> String { "\((value * 1_000).rounded() / 1_000)" }

  private func line(_ item: RefreshSchedule.Item) -> JSONValue {
    let answer = item.answer
    return .members(
      ("id", .string(item.request)), ("entry", .string(answer.entry.id)), ("question", .string(answer.entry.question)),
      ("route", answer.entry.route.map { .string($0) }),
      ("reasons", .array(answer.reasons.map { .string($0.rawValue) })), ("due", .integer(answer.due)),
      ("asked_a_day", .number((answer.rate * 1_000).rounded() / 1_000)), ("day", .integer(Int64(item.day + 1))))
  }
}

/// Days of the Gregorian calendar in UTC.
enum CivilDate {
  /// The date of a moment, such as 2026-12-31; `none` for moments beyond the year 9999.
  ///
  /// Source: Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
  static func text(_ seconds: Int64) -> String {
    guard (-62_167_219_200...253_402_300_799).contains(seconds) else { return "none" }
    let days = Int((Double(seconds) / 86_400).rounded(.down)) + 719_468
    let era = (days >= 0 ? days : days - 146_096) / 146_097
    let dayOfEra = days - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    func padded(_ number: Int, _ width: Int) -> String {
      let text = String(number)
      return String(repeating: "0", count: max(0, width - text.count)) + text
    }
    return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfYear - (153 * shifted + 2) / 5 + 1, 2))"
  }
}
