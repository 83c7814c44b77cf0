import BundleCompiler

/// Sums up the rows of logs by what the bundle says to them. Every row is counted once.
struct TrafficLedger {
  /// Requests by how they end.
  struct Counts: Equatable, Sendable {
    var exact = 0.0
    var semantic = 0.0
    var fallback = 0.0

    var requests: Double { exact + semantic + fallback }
    var hits: Double { exact + semantic }
    /// The share that is answered; `nil` of nothing.
    var coverage: Double? { requests > 0 ? hits / requests : nil }

    mutating func add(_ fate: QuestionFate, _ count: Double) {
      switch fate.kind {
      case .exact: exact += count
      case .semantic: semantic += count
      case nil: fallback += count
      }
    }
  }

  /// All rows with a usable query.
  private(set) var all = Counts()
  /// By the number of the period; rows without a time apart.
  private(set) var periods: [Int64: Counts] = [:]
  private(set) var untimed = Counts()
  /// By topic; `nil` where neither the log nor a near entry says.
  private(set) var topics: [String?: Counts] = [:]
  /// Live latencies that the log states.
  private(set) var latency = LatencyHistogram()
  /// Rows that were asked, that are no rows, and whose questions were forgotten because there are too many.
  private(set) var usedRows = 0
  private(set) var malformedRows = 0
  private(set) var forgottenRows = 0
  private(set) var forgotten = 0.0

  private static let mostTopics = 4_096

  private let places: [ExactText: Int32]
  private let fates: [QuestionFate]
  private let topicOfEntry: [String?]
  private let period: CalendarPeriod?
  private let forms = FormMaker()

  /// - Parameters:
  ///   - questions: The questions of the log, with the fate of each.
  ///   - period: How long a column is; `nil` for a log without times.
  init(
    _ questions: [LogTally.Question], _ fates: [QuestionFate], _ contents: BundleContents, period: CalendarPeriod?
  ) {
    places = Dictionary(uniqueKeysWithValues: questions.enumerated().map { (ExactText($1.form), Int32($0)) })
    self.fates = fates
    topicOfEntry = contents.entries.map(\.topic)
    self.period = period
  }

  /// Adds a row.
  mutating func add(_ row: Result<LogRow, MalformedRow>) {
    guard case .success(let row) = row, let form = forms.of(row.query), !form.isEmpty else {
      malformedRows += 1
      return
    }
    guard let place = places[ExactText(form)] else {
      forgottenRows += 1
      forgotten += row.count
      return
    }
    usedRows += 1
    let fate = fates[Int(place)]
    all.add(fate, row.count)
    if let period, let time = row.time {
      periods[period.number(time), default: Counts()].add(fate, row.count)
    } else {
      untimed.add(fate, row.count)
    }
    var topic = row.topic.map(ReportText.masked) ?? fate.entry.flatMap { topicOfEntry[Int($0)] }
    // A column of ids is no column of topics.
    if topics[topic] == nil, topics.count >= Self.mostTopics { topic = "further topics" }
    topics[topic, default: Counts()].add(fate, row.count)
    if let milliseconds = row.liveMilliseconds { latency.add(milliseconds, weight: row.count) }
  }
}
