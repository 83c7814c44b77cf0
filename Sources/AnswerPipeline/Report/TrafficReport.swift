import BundleCompiler
import BundleFormat
import BundleReader

/// What a bundle makes of the traffic of query logs: how much it answers, what it misses, what it saves.
///
/// The same inputs give the same report. All questions are asked as of one time, `asOf`.
public struct TrafficReport {
  /// What is asked besides the logs.
  public struct Options: Sendable {
    /// The bundle's file name, for people.
    public var bundleName = ""
    /// The time of the report in seconds since 1970; the last time in the logs if not given.
    public var now: Int64?
    /// A file of labelled queries, for the risk-coverage curve.
    public var labels: String?
    public var prices: PriceTable?
    /// A metrics file or replies of `almanac-reader`, for latency.
    public var reader: String?
    /// What a live answer takes in milliseconds; else what the logs say.
    public var liveMilliseconds: Double?
    /// Watt-hours of a live answer, and of a request to the bundle.
    public var liveEnergy: Double?
    public var requestEnergy: Double?
    /// How many further answers are looked at.
    public var next = 1_000
    /// In how many days an answer must have paid for itself, and entries that expire within as many are listed.
    public var horizon = 30.0

    public init() {}
  }

  /// A column of the chart over time.
  struct Period {
    let name: String
    let counts: TrafficLedger.Counts
  }

  struct Topic {
    /// `nil` for questions that are near nothing.
    let name: String?
    let counts: TrafficLedger.Counts
  }

  struct Fallback {
    let reason: FallbackReason
    let route: String?
    let questions: Int
    let requests: Double
  }

  /// The bundle.
  let name: String
  let version: UInt64
  let root: String
  let level: String
  let contents: BundleContents
  let questionCount: Int
  /// The logs' names, the time of the report, and the time that the logs span; `nil` without times.
  let logs: [String]
  let asOf: Int64?
  let span: ClosedRange<Int64>?
  /// Rows that could not be used, the first of them, and the different questions of the rest.
  let rows: Int
  let firstMalformed: String?
  let differentQuestions: Int
  let ledger: TrafficLedger
  let periodUnit: CalendarPeriod?
  let periods: [Period]
  let topics: [Topic]
  let fallbacks: [Fallback]
  /// How many different questions were answered in either way.
  let exactQuestions: Int
  let semanticQuestions: Int
  let next: NextAnswers
  let growth: CoverageGrowth
  let stale: StaleEntries
  let check: CheckReport?
  /// The budget in millionths of requests.
  let allowedWrong: UInt32
  let cost: CostReport?
  let reader: ReaderLatency?
  let options: Options

  /// Requests in all, and those that are answered.
  public var requests: Double { ledger.all.requests }
  public var hits: Double { ledger.all.hits }

  /// Reads the logs twice and asks `bundle` each different question once. Memory is bounded: see `LogTally`.
  ///
  /// - Throws: `InputError` for files that cannot be read or logs without a usable row, `BundleError` for a damaged bundle.
  public init(
    _ bundle: Bundle, logs: [String], _ options: Options, observer: any PlanObserver = SilentPlanObserver()
  ) throws {
    // Half-lives are for plans: here every request counts the same.
    var tally = LogTally(halfLife: .greatestFiniteMagnitude)
    try Self.read(logs, "read", observer) { tally.add($0, $1, $2) }
    let questions = tally.finish()
    guard !questions.isEmpty else {
      throw tally.firstMalformed
        ?? InputError(file: logs.first ?? "", problem: "the log has no rows", remedy: #"write rows like {"query": …}"#)
    }
    asOf = options.now ?? tally.span?.upperBound
    let contents = try BundleContents(bundle)
    guard asOf != nil || !(contents.hasWindows || bundle.footer.expiry != .max) else {
      throw InputError(
        file: logs.first ?? "",
        problem: "the log has no times, and the bundle has answers that are valid for a time only",
        remedy: "give --now or SOURCE_DATE_EPOCH, in seconds since 1970")
    }
    // Nothing depends on the time of a report without one.
    let time = asOf ?? 0
    let fates = Self.fates(questions, bundle, time, observer).map(contents.placed)
    let unit = tally.span.map(CalendarPeriod.fitting)
    var ledger = TrafficLedger(questions, fates, contents, period: unit)
    try Self.read(logs, "sum up", observer) { row, _, _ in ledger.add(row) }

    self.options = options
    name = options.bundleName
    version = bundle.footer.bundleVersion
    root = String(bundle.footer.root.hexadecimal.prefix(16))
    level = "\(bundle.decision.level.name)"
    questionCount = bundle.questionCount
    self.contents = contents
    self.logs = logs.map(\.lastPathComponent)
    span = tally.span
    rows = tally.rows
    firstMalformed = tally.firstMalformed.map {
      ReportText.masked("\($0.file.lastPathComponent):\($0.line ?? 0): \($0.problem)")
    }
    differentQuestions = questions.count
    periodUnit = unit
    periods = Self.periods(ledger, unit)
    topics = ledger.topics.map { Topic(name: $0.key, counts: $0.value) }.sorted { left, right in
      if left.counts.requests != right.counts.requests { return left.counts.requests > right.counts.requests }
      return (left.name ?? "\u{10FFFF}") < (right.name ?? "\u{10FFFF}")
    }
    fallbacks = Self.fallbacks(questions, fates)
    exactQuestions = fates.count { $0.kind == .exact }
    semanticQuestions = fates.count { $0.kind == .semantic }
    next = try NextAnswers(questions, fates, limit: options.next, observer: observer)
    let days = tally.span.map { max(1, Double($0.upperBound - $0.lowerBound) / 86_400 + 1) }
    let pricing = options.prices.map { TokenPricing($0, questions) }
    growth = CoverageGrowth(
      contents, Self.hitsByEntry(questions, fates, contents.entries.count), next, ledger.all.requests, pricing,
      horizon: options.horizon, days: days)
    stale = StaleEntries(contents, questions, fates, asOf: time, horizon: options.horizon)
    allowedWrong = bundle.decision.maximumWrong
    if let labels = options.labels {
      let rows = try LabelledQueries(path: labels, bundle: bundle, requiringLabels: true)
      check = CheckReport(try QueryCheck(bundle, now: time).run(rows))
    } else {
      check = nil
    }
    cost = pricing.map { CostReport($0, questions, fates, contents, days: days) }
    reader = try options.reader.map { try ReaderLatency(path: $0) }
    self.ledger = ledger
  }

  private static func read(
    _ logs: [String], _ stage: String, _ observer: any PlanObserver,
    _ body: (Result<LogRow, MalformedRow>, String, Int) -> Void
  ) throws {
    observer.begin(stage)
    let total = try logs.reduce(0) { try $0 + InputFile(path: $1).size }
    var done = 0
    for log in logs {
      try LogReader.read(log) {
        observer.update(done + $0, of: total, "bytes")
      } _: {
        body($1, log, $0)
      }
      done += try InputFile(path: log).size
    }
  }

  private static func fates(
    _ questions: [LogTally.Question], _ bundle: Bundle, _ now: Int64, _ observer: any PlanObserver
  ) -> [QuestionFate] {
    observer.begin("replay")
    let counter = SharedCounter()
    return QuestionFate.all(questions.map(\.text), of: bundle, now: now) {
      observer.update(counter.add($0), of: questions.count, "questions")
    }
  }

  // Periods without a request have a column too: a gap is a fact.
  private static func periods(_ ledger: TrafficLedger, _ unit: CalendarPeriod?) -> [Period] {
    guard let unit, let first = ledger.periods.keys.min(), let last = ledger.periods.keys.max(),
      last - first < 12 * 200
    else { return [] }
    return (first...last).map { Period(name: unit.name($0), counts: ledger.periods[$0] ?? TrafficLedger.Counts()) }
  }

  private static func fallbacks(_ questions: [LogTally.Question], _ fates: [QuestionFate]) -> [Fallback] {
    struct Key: Hashable {
      let reason: FallbackReason
      let route: String?
    }
    var sums: [Key: (questions: Int, requests: Double)] = [:]
    for (question, fate) in zip(questions, fates) {
      guard let reason = fate.reason, !fate.isHit else { continue }
      sums[Key(reason: reason, route: fate.route), default: (0, 0)].questions += 1
      sums[Key(reason: reason, route: fate.route), default: (0, 0)].requests += question.count
    }
    return sums.map {
      Fallback(reason: $0.key.reason, route: $0.key.route, questions: $0.value.questions, requests: $0.value.requests)
    }.sorted { left, right in
      if left.requests != right.requests { return left.requests > right.requests }
      if left.reason != right.reason { return left.reason.rawValue < right.reason.rawValue }
      return (left.route ?? "") < (right.route ?? "")
    }
  }

  private static func hitsByEntry(
    _ questions: [LogTally.Question], _ fates: [QuestionFate], _ count: Int
  ) -> [Double] {
    var hits = [Double](repeating: 0, count: count)
    for (question, fate) in zip(questions, fates) where fate.isHit {
      if let entry = fate.entry, Int(entry) < count { hits[Int(entry)] += question.count }
    }
    return hits
  }
}
