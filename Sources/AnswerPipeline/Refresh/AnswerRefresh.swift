import BundleCompiler
import BundleFormat
import BundleReader

/// Finds the answers that are due to be made anew, and in which order: what is asked most comes first.
///
/// An answer is due when its validity ends, when its cadence has passed since it was made, or when what it was made from has
/// changed. Everything follows from the inputs and `now`: equal inputs give equal files.
public struct AnswerRefresh {
  /// What is due, and how much of it a day.
  public struct Options: Sendable {
    /// The first moment of the first day, in seconds since 1970.
    public var now: Int64 = 0
    /// What is due up to this moment is listed.
    public var until: Int64 = 0
    /// Query logs that tell what is asked most.
    public var logs: [String] = []
    /// A folder of sources, or a file of their digests as `b2sum -l 256` prints it; `nil` to look at no source.
    public var sources: String?
    /// The most answers a day; `nil` for no limit.
    public var budget: Int?
    /// How requests look; with no service none are written.
    public var requests = RequestRecipe()
    /// In how many days an asking counts for half.
    public var halfLife = 14.0

    public init() {}
  }

  private let options: Options

  public init(_ options: Options) { self.options = options }

  /// Writes `schedule.csv`, `refresh.jsonl` and the requests of the first day into `folder`, for the entries of a recipe.
  ///
  /// Questions of the logs count for an entry if they equal one of its wordings.
  ///
  /// - Throws: `InputError`, `OutputError`.
  public func run(recipe: Recipe, into folder: String) throws -> RefreshReport {
    let entries = try DatedEntry.load(recipe)
    return try run(entries, into: folder) { questions in
      var forms = NormalForms()
      var owners: [String: Int] = [:]
      for (index, entry) in entries.enumerated() {
        for wording in [entry.question] + entry.variants {
          if let form = forms.of(wording), owners[form] == nil { owners[form] = index }
        }
      }
      return questions.map { owners[$0.form] }
    }
  }

  /// Does the same for the entries of a bundle. Questions of the logs count for the entry that would answer them.
  public func run(bundle: Bundle, into folder: String) throws -> RefreshReport {
    let ordinals = try bundle.entryOrdinals()
    let places = Dictionary(uniqueKeysWithValues: ordinals.enumerated().map { ($1, $0) })
    let entries = try ordinals.map { try DatedEntry(of: $0, in: bundle) }
    return try run(entries, into: folder) { questions in
      var session = QuerySession(bundle)
      return try questions.map { question in
        let outcome = try Array(question.text.utf8).withBytes { try session.answer(Query(text: $0, now: options.now)) }
        return outcome.entry.flatMap { places[$0] }
      }
    }
  }

  private func run(
    _ entries: [DatedEntry], into folder: String, owners: ([LogTally.Question]) throws -> [Int?]
  ) throws -> RefreshReport {
    let sources = try options.sources.map { try SourceDigests($0) }
    let (rates, tally) = try rates(entries.count, owners)
    var report = RefreshReport(entries: entries.count)
    (report.rows, report.malformed) = (tally?.rows ?? 0, tally?.malformed ?? 0)
    var due: [DueAnswer] = []
    for (index, entry) in entries.enumerated() {
      if entry.freshness.cadence == nil, entry.validUntil == nil, sources == nil { report.undated += 1 }
      guard let answer = DueAnswer(entry, sources: sources, now: options.now, until: options.until) else { continue }
      due.append(answer.asked(rates[index]))
    }
    let schedule = RefreshSchedule(due, now: options.now, budget: options.budget, among: entries)
    return try RefreshFolder(folder, options).write(schedule, report)
  }

  // How often each entry is asked on a day at the log's end.
  private func rates(
    _ count: Int, _ owners: ([LogTally.Question]) throws -> [Int?]
  ) throws -> (rates: [Double], tally: LogTally?) {
    var rates = [Double](repeating: 0, count: count)
    guard !options.logs.isEmpty else { return (rates, nil) }
    var tally = LogTally(halfLife: options.halfLife * 86_400)
    for log in options.logs {
      try LogReader.read(log) { _ in
      } _: {
        tally.add($1, log, $0)
      }
    }
    let questions = tally.finish()
    let days = PlanFolder.days(tally, halfLife: options.halfLife) ?? 1
    for (question, owner) in zip(questions, try owners(questions)) {
      if let owner { rates[owner] += question.weight / days }
    }
    return (rates, tally)
  }
}

extension DatedEntry {
  /// What a bundle says of an entry.
  init(of ordinal: UInt32, in bundle: Bundle) throws {
    let record = try bundle.entry(ordinal)
    self.init(
      id: String(decoding: try bundle.entryText(record).id.copied, as: UTF8.self),
      question: String(decoding: try bundle.questionText(record.canonicalQuestion).copied, as: UTF8.self),
      route: bundle.routeName(record.route).map { String(decoding: $0, as: UTF8.self) },
      validUntil: record.validUntil == Int64.max ? nil : record.validUntil,
      freshness: try bundle.freshness(ordinal).map { EntryFreshness($0) } ?? EntryFreshness(),
      isTemplate: record.flags & EntryRecord.template != 0)
  }
}
