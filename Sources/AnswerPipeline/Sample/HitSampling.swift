import BundleCompiler
import BundleFormat
import BundleReader

/// Draws requests of a log that a bundle answers, for a person to say whether rightly.
///
/// The draw is a simple random sample of the requests that are hits: every request of the log counts, so a query that was asked a
/// hundred times is a hundred times as likely to be drawn as one that was asked once, and the share of wrong ones among the drawn
/// is that among all hits but for chance. Requests that fall back are drawn too, in the same way; nobody looks at those, but a
/// later compile asks them again.
public struct HitSampling {
  /// What is drawn.
  public struct Options: Sendable {
    /// How many requests are drawn among the hits, and at most how many among the others.
    public var count = 100
    public var fallbacks = 10_000
    /// The time at which the bundle is asked, in seconds since 1970.
    public var now: Int64 = 0
    /// Equal seeds draw equal samples; below 2⁵³, which every reader of JSON keeps exact.
    public var seed: UInt64 = 0

    public init() {}
  }

  /// What was drawn, in figures.
  public struct Report: Sendable {
    public var rows = 0
    public var malformed = 0
    public var firstMalformed: InputError?
    /// The requests of the log, and how many of them are hits.
    public var requests = 0
    public var hits = 0
    /// How many requests were drawn among the hits, and how many different queries those are.
    public var drawn = 0
    public var queries = 0
    public var seed: UInt64 = 0
    public var file = ""
  }

  private let bundle: Bundle
  private let options: Options

  public init(_ bundle: Bundle, _ options: Options) {
    self.bundle = bundle
    self.options = options
  }

  /// Reads `logs` twice, and writes the sample to `output`: a page to mark it on if the name ends in `.html`, else the sample
  /// itself. Memory is a byte for each row of the logs.
  ///
  /// - Throws: `InputError` for logs that cannot be read, have no hit, or counts that are no whole numbers; `OutputError`.
  public func run(
    _ logs: [String], to output: String, progress: @escaping (Int, Int) -> Void = { _, _ in }
  ) throws -> Report {
    var report = Report()
    report.seed = options.seed
    report.file = output
    var total = 0
    for log in logs { total += 2 * (try InputFile(path: log).size) }
    // What becomes of each row, so that the second reading asks only what was drawn.
    var isHit: [Bool] = []
    var fallbacks = 0
    var session = QuerySession(bundle)
    let firstReading = { (done: Int) in progress(done, total) }
    try read(logs, firstReading) { row, place throws(InputError) in
      report.rows += 1
      guard let row = usable(row, place, &report) else { return isHit.append(false) }
      let count = try Self.requests(row, place)
      let hit = Self.ask(row.query, &session, options.now)?.kind != nil
      isHit.append(hit)
      report.requests += count
      if hit { report.hits += count } else { fallbacks += count }
    }
    guard report.hits > 0 else {
      throw report.firstMalformed
        ?? InputError(
          file: logs.first ?? "", problem: "the bundle answers no request of the log",
          remedy: "sample a log of the traffic that the bundle is for")
    }
    var generator = SeededGenerator(seed: options.seed)
    let drawn = Self.draw(min(options.count, report.hits), of: report.hits, &generator)
    let others = Self.draw(min(options.fallbacks, fallbacks), of: fallbacks, &generator)
    report.drawn = drawn.count
    let sample = try collect(logs, isHit, drawn, others, report) { progress(total / 2 + $0, total) }
    report.queries = sample.hits.count
    try HitSampleFile.write(sample, to: output)
    return report
  }

  private func usable(
    _ row: Result<LogRow, MalformedRow>, _ place: InputPlace, _ report: inout Report
  ) -> LogRow? {
    let problem: String
    switch row {
    case .success(let row):
      let isEmpty = row.query.unicodeScalars.allSatisfy(\.isWhiteSpace)
      if !isEmpty, row.query.utf8.count <= QuerySession.maximumQuery { return row }
      problem = isEmpty ? "the query is empty" : "the query is longer than \(QuerySession.maximumQuery) bytes"
    case .failure(let error): problem = error.problem
    }
    report.malformed += 1
    if report.firstMalformed == nil { report.firstMalformed = place.error(problem, do: "the row was passed over") }
    return nil
  }

  private static func requests(_ row: LogRow, _ place: InputPlace) throws(InputError) -> Int {
    guard let count = Int(exactly: row.count), count <= 1 << 40 else {
      throw place.error(
        "the count is \(row.count); a sample is drawn from requests, of which there is a whole number",
        do: "give the log with the numbers of requests, not weights")
    }
    return count
  }

  private func read(
    _ logs: [String], _ progress: (Int) -> Void,
    _ body: (Result<LogRow, MalformedRow>, InputPlace) throws(InputError) -> Void
  ) throws {
    var done = 0
    for log in logs {
      var failure: InputError?
      try LogReader.read(log) {
        progress(done + $0)
      } _: { line, row in
        guard failure == nil else { return }
        do throws(InputError) { try body(row, InputPlace(file: log, line: line)) } catch { failure = error }
      }
      if let failure { throw failure }
      done += try InputFile(path: log).size
    }
  }

  private static func ask(_ query: String, _ session: inout QuerySession, _ now: Int64) -> Outcome? {
    try? Array(query.utf8).withBytes { try session.answer(Query(text: $0, now: now)) }
  }

  // `count` different numbers below `total` in random order (Fisher and Yates), keeping only what was exchanged.
  private static func draw(_ count: Int, of total: Int, _ generator: inout SeededGenerator) -> [Int] {
    var moved: [Int: Int] = [:]
    var drawn: [Int] = []
    for place in 0..<count {
      let other = place + generator.next(below: total - place)
      drawn.append(moved[other] ?? other)
      moved[other] = moved[place] ?? place
    }
    return drawn
  }

  private func collect(
    _ logs: [String], _ isHit: [Bool], _ drawn: [Int], _ others: [Int], _ report: Report,
    _ progress: (Int) -> Void
  ) throws -> MarkedHits {
    let hitPlaces = drawn.enumerated().sorted { $0.element < $1.element }
    let otherPlaces = others.sorted()
    var hits: [ExactText: MarkedHits.Hit] = [:]
    var fallbacks: [ExactText: Int] = [:]
    var order: [String] = []
    var (row, hit, other) = (0, 0, 0)
    var (nextHit, nextOther) = (0, 0)
    var session = QuerySession(bundle)
    var scratch = Report()
    try read(logs, progress) { given, place throws(InputError) in
      defer { row += 1 }
      guard row < isHit.count, let usable = usable(given, place, &scratch) else { return }
      let count = try Self.requests(usable, place)
      let key = ExactText(usable.query)
      if isHit[row] {
        while nextHit < hitPlaces.count, hitPlaces[nextHit].element < hit + count {
          if hits[key] == nil { hits[key] = try self.hit(usable.query, &session, place) }
          hits[key]?.draws.append(hitPlaces[nextHit].offset)
          nextHit += 1
        }
        hit += count
      } else {
        while nextOther < otherPlaces.count, otherPlaces[nextOther] < other + count {
          if fallbacks[key] == nil { order.append(usable.query) }
          fallbacks[key, default: 0] += 1
          nextOther += 1
        }
        other += count
      }
    }
    guard nextHit == hitPlaces.count, nextOther == otherPlaces.count else {
      throw InputError(
        file: logs.first ?? "", problem: "the log changed while it was read", remedy: "sample a log that is complete")
    }
    let header = MarkedHits.Header(
      bundle: bundle.footer.root.hexadecimal, decisions: try DecisionDigest.of(bundle), seed: options.seed,
      now: options.now, requests: report.requests, hits: report.hits, drawn: drawn.count,
      drawnFallbacks: others.count)
    let sorted = hits.values.map { hit in
      var hit = hit
      hit.draws.sort()
      return hit
    }.sorted { $0.draws[0] < $1.draws[0] }
    return MarkedHits(
      header: header, hits: sorted,
      fallbacks: order.map { MarkedHits.Fallback(query: $0, count: fallbacks[ExactText($0)] ?? 0) })
  }

  private func hit(
    _ query: String, _ session: inout QuerySession, _ place: InputPlace
  ) throws(InputError) -> MarkedHits.Hit {
    guard let outcome = Self.ask(query, &session, options.now), let entry = outcome.entry,
      let hit = try? describe(query, entry, outcome.question)
    else { throw place.error("the bundle does not answer this any more", do: "verify the bundle") }
    return hit
  }

  private func describe(_ query: String, _ entry: UInt32, _ question: UInt32?) throws -> MarkedHits.Hit {
    let record = try bundle.entry(entry)
    func text(_ bytes: Bytes) -> String { String(decoding: bytes.copied, as: UTF8.self) }
    return MarkedHits.Hit(
      query: query, entry: text(try bundle.entryText(record).id),
      question: text(try bundle.questionText(question ?? record.canonicalQuestion)),
      answer: String(decoding: try bundle.answer(of: entry), as: UTF8.self), draws: [])
  }
}
