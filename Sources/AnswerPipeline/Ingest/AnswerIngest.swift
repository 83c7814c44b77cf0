import BundleCompiler
import BundleFormat

/// Turns what batch services return, what owners of answers wrote, and wordings that people accepted, into the files that a
/// recipe reads.
///
/// Every input line is accounted for: it gives an entry, bears one out, waits for a person, or is dropped for a stated reason.
/// The entries come in the order of the requests, whatever the order of the results. Memory grows with the answers.
public struct AnswerIngest {
  /// What is read beside the sources, and what is let through.
  public struct Options: Sendable {
    /// The files that were sent to the service.
    public var requests: [String] = []
    /// A plan, whose ids are those of the requests made from it.
    public var plan: String?
    /// What stands around the question in each request.
    public var prompt = PromptTemplate.plain
    /// What the ids of entries begin with.
    public var idPrefix = ""
    /// The level of the headings that are questions in Markdown; `nil` for those that end in a question mark.
    public var headingLevel: Int?
    /// The least quality of an answer: its rating, or else how far the samples of its question agree.
    public var minimumQuality = 0.5
    /// The longest answer in bytes.
    public var longestAnswer = InputLimits.standard.answer
    /// How many answers are drawn for a person to rate.
    public var audit = 0
    /// Files of ratings.
    public var ratings: [String] = []
    /// Lists of entries that `widen` wrote beside its requests: results of those give wordings and distractors.
    public var widened: [String] = []
    /// Tables of wordings in which a person has marked those to accept.
    public var accepted: [String] = []

    /// Files of entries whose answers are made anew, by a plan of `AnswerRefresh`; empty to write new entries.
    public var refreshed: [String] = []
    /// How many seconds an answer that is made anew is valid; `nil` leaves the validity of its entry as it is.
    public var validity: UInt32?
    /// The folder of the sources, whose present digests the entries get that are made anew; `nil` leaves those they have.
    public var sources: String?

    public init() {}
  }

  private let options: Options

  public init(_ options: Options) { self.options = options }

  /// Reads `sources` and writes `entries.jsonl` and what else there is into `folder`.
  ///
  /// Nothing in the folder changes unless all files could be written.
  ///
  /// - Parameter progress: Told now and then how many bytes of how many are read.
  /// - Throws: `InputError` for files that cannot be read or requests that are malformed, `OutputError`.
  public func run(
    _ sources: [String], into folder: String, progress: (Int, Int) -> Void = { _, _ in }
  ) throws -> IngestReport {
    let ratings = try Ratings(files: options.ratings, gate: options.minimumQuality)
    let requests = try RequestIndex(files: options.requests, plan: options.plan, prompt: options.prompt)
    let widening = try WideningIndex(options.widened)
    var collection = AnswerCollection(requests, widening, options)
    for table in options.accepted { try collection.readAccepted(table) }
    var total = 0
    for source in sources { total += try InputFile(path: source).size }
    var done = 0
    for source in sources {
      try collection.read(source) { progress(done + $0, total) }
      done += try InputFile(path: source).size
    }
    let wordings = try WordingDecision(collection.wordings, widening)
    let decision = AnswerDecision(collection, wordings, ratings: ratings, options)
    return try IngestFolder(folder, options).write(decision, requests, ratings)
  }
}
