import BundleCompiler

/// What a plan came to, in figures. Weights are askings, with old ones counting less.
public struct PlanReport: Sendable {
  /// A planned answer, for tables.
  public struct Row: Sendable {
    public let question: String
    public let wordings: Int
    public let count: Double
    /// The share of all traffic that it is expected to serve, and with all before it.
    public let coverage: Double
    public let total: Double
    /// What it saves a day, in the currency of the prices; `nil` without prices or times.
    public let saving: Double?
  }

  public var rows = 0
  public var malformed = 0
  public var firstMalformed: InputError?
  public var questions = 0
  public var asked = 0.0
  /// Askings of questions that were forgotten because there are too many.
  public var forgotten = 0.0
  /// The share of traffic that current bundles answer.
  public var answered = 0.0
  /// Questions and their share of traffic that are excluded, by reason, sorted by reason.
  public var excluded: [(reason: String, questions: Int, share: Double)] = []
  /// The planned answers, the most saving first.
  public var planned: [Row] = []
  /// What all of them are expected to serve: a share of all traffic.
  public var coverage = 0.0
  /// What they save a day and what they cost once, where prices (and times) are known.
  public var saving: Double?
  public var cost: Double?
  /// Requests and embedding requests that were written.
  public var requests = 0
  public var embeddings = 0
  public var files: [String] = []
}
