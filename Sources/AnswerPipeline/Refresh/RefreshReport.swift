/// What a refresh came to, in figures.
public struct RefreshReport: Sendable {
  /// An answer of the schedule.
  public struct Row: Sendable {
    public let id: String
    public let question: String
    public let reasons: [DueReason]
    /// In seconds since 1970.
    public let due: Int64
    public let rate: Double
    /// The day on which it is asked for, counted from 0; `nil` for what a person makes anew.
    public let day: Int?
  }

  /// The entries looked at, and those that nothing makes due: no validity, no cadence, and no sources given.
  public var entries = 0
  public var undated = 0
  /// Rows of the logs, and those without a usable query.
  public var rows = 0
  public var malformed = 0
  /// What is due: the schedule in its order, then what a person makes anew.
  public var due: [Row] = []
  /// How many are due for each reason; an answer may have several.
  public var reasons: [(reason: DueReason, count: Int)] = []
  /// How many days the schedule has.
  public var days = 0
  /// How many askings are expected to meet an answer after it is due and before its day.
  public var staleAskings = 0.0
  /// The requests of the first day.
  public var requests = 0
  /// The files that were written.
  public var files: [String] = []

  init(entries: Int) { self.entries = entries }
}
