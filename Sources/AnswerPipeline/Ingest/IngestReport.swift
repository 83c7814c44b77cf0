import BundleCompiler

/// What an ingest came to, in figures.
public struct IngestReport: Sendable {
  /// Input lines (of owners' files: answers), blank ones apart.
  public var lines = 0
  /// How many of them met each fate; the sum is `lines`.
  public var fates: [LineFate: Int] = [:]
  /// Entries, further wordings and distractors that were written, and how many of these questions have an embedding.
  public var entries = 0
  public var variants = 0
  public var distractors = 0
  public var embedded = 0
  /// Wordings that models and people proposed for entries, and how many of them met each fate; the sum is `proposed`.
  public var proposed = 0
  public var wordingFates: [WordingFate: Int] = [:]
  /// Of a refresh: entries whose answer was replaced, and those of them whose validity has ended all the same.
  public var refreshed: Int?
  public var stillExpired = 0
  /// Questions held back for a person.
  public var held = 0
  /// Requests in the request files, and those written out again because nothing usable came back.
  public var requests = 0
  public var unanswered = 0
  /// Answers that were drawn for a person to rate.
  public var audit = 0
  /// Answers drawn earlier that a person has rated, and how many of them are good.
  public var audited = 0
  public var auditedGood = 0
  /// Tokens of the answers that became entries.
  public var inputTokens: Int64 = 0
  public var outputTokens: Int64 = 0
  /// The model that made the embeddings.
  public var embeddingModel: String?
  /// The files that were written.
  public var files: [String] = []

  /// The bounds of the share of good answers that so many ratings allow, each with 95 % confidence; `nil` without ratings.
  public var goodShare: (lower: Double, upper: Double)? {
    guard audited > 0 else { return nil }
    return (
      BinomialBound.lower(auditedGood, of: audited, confidence: 0.95),
      BinomialBound.upper(auditedGood, of: audited, confidence: 0.95)
    )
  }
}
