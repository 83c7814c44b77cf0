/// `decision/parameters`: how a query's best candidate is scored, and which score suffices.
///
/// Similarities and margins are cosines in units of 1/65,536. The score is
/// `similarity × similarityWeight + margin × marginWeight`, an exact integer, and is compared with a threshold per mode.
public struct DecisionParameters: Equatable, Sendable {
  /// The size of the section in bytes.
  public static let size = 96
  /// The kind in which similarity and margin decide.
  public static let similarityAndMargin: UInt32 = 1
  /// The kind in which trees over evidence score queries that have a text, and similarity and margin those with a vector
  /// alone.
  public static let judged: UInt32 = 2
  /// The number of units in a cosine of one.
  public static let unit: Int64 = 65_536
  /// A threshold that no score reaches.
  public static let never = Int64.max
  /// The largest weight. A score then stays far inside `Int64`.
  public static let maximumWeight: Int64 = 1 << 24

  /// Whether the trees of `decision/judge` score queries that have a text.
  public var isJudged = false
  /// On how much evidence the threshold for text rests, or that for vectors if text is matched exactly only.
  public var level: EvidenceLevel
  /// The weight of the similarity of the best candidate.
  public var similarityWeight: Int64
  /// The weight of its margin over the best candidate with another answer.
  public var marginWeight: Int64
  /// The least score for an answer when the query is text.
  public var textThreshold: Int64
  /// The least score for an answer when the query is a vector of the embedding model.
  public var vectorThreshold: Int64
  /// The margin that would have counted as clear: a candidate that fails only for want of it is `ambiguous`.
  public var clearMargin: Int64
  /// The least similarity of a suggestion.
  public var suggestionFloor: Int64
  /// The largest share of requests that may be answered wrongly, in millionths.
  public var maximumWrong: UInt32
  /// The share of requests assumed to have no answer in the bundle, in millionths.
  public var assumedOutOfScope: UInt32
  /// The index in `decision/routes` of the route for fallbacks without one of their own, or `EntryRecord.noRoute`.
  public var defaultRoute: UInt16
  /// The number of routes.
  public var routeCount: UInt16
  /// What holds for queries that have a text and a vector, and the level of each mode; `nil` in files that take the former
  /// for vectors and have one level.
  public var modes: DecisionModes?

  public init(
    level: EvidenceLevel, similarityWeight: Int64, marginWeight: Int64, textThreshold: Int64, vectorThreshold: Int64,
    clearMargin: Int64, suggestionFloor: Int64, maximumWrong: UInt32, assumedOutOfScope: UInt32, defaultRoute: UInt16,
    routeCount: UInt16, modes: DecisionModes? = nil
  ) {
    self.level = level
    self.similarityWeight = similarityWeight
    self.marginWeight = marginWeight
    self.textThreshold = textThreshold
    self.vectorThreshold = vectorThreshold
    self.clearMargin = clearMargin
    self.suggestionFloor = suggestionFloor
    self.maximumWrong = maximumWrong
    self.assumedOutOfScope = assumedOutOfScope
    self.defaultRoute = defaultRoute
    self.routeCount = routeCount
    self.modes = modes
  }

  /// Reads the section, or `nil` if it is short or out of range. One of an unknown kind reads as "exact matches only".
  public init?(_ bytes: Bytes) {
    guard let kind: UInt32 = bytes.integer(at: 0), let rawLevel: UInt32 = bytes.integer(at: 4),
      let similarityWeight: Int64 = bytes.integer(at: 8), let marginWeight: Int64 = bytes.integer(at: 16),
      similarityWeight >= 0, similarityWeight <= Self.maximumWeight, marginWeight >= 0,
      marginWeight <= Self.maximumWeight, let textThreshold: Int64 = bytes.integer(at: 24),
      let vectorThreshold: Int64 = bytes.integer(at: 32), let clearMargin: Int64 = bytes.integer(at: 40),
      clearMargin >= 0, clearMargin <= 2 * Self.unit, let suggestionFloor: Int64 = bytes.integer(at: 48),
      let maximumWrong: UInt32 = bytes.integer(at: 56), let assumedOutOfScope: UInt32 = bytes.integer(at: 60),
      maximumWrong <= 1_000_000, assumedOutOfScope > 0, assumedOutOfScope <= 1_000_000,
      let defaultRoute: UInt16 = bytes.integer(at: 64), let routeCount: UInt16 = bytes.integer(at: 66),
      bytes.count >= Self.size
    else { return nil }
    self.init(
      // A level of a later minor version is shown as the weakest; it decides nothing.
      level: EvidenceLevel(rawValue: rawLevel) ?? .exactOnly, similarityWeight: similarityWeight,
      marginWeight: marginWeight, textThreshold: textThreshold,
      vectorThreshold: vectorThreshold, clearMargin: clearMargin, suggestionFloor: suggestionFloor,
      maximumWrong: maximumWrong, assumedOutOfScope: assumedOutOfScope, defaultRoute: defaultRoute,
      routeCount: routeCount, modes: DecisionModes(bytes))
    // What a later version decides in another way this one cannot decide at all, so it answers exact matches only.
    isJudged = kind == Self.judged
    if kind != Self.similarityAndMargin, kind != Self.judged { answerExactOnly() }
  }

  /// Makes every threshold one that no score reaches.
  public mutating func answerExactOnly() {
    level = .exactOnly
    textThreshold = Self.never
    vectorThreshold = Self.never
    modes = nil
  }

  /// The bytes of the section.
  public var encoded: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(littleEndian: isJudged ? Self.judged : Self.similarityAndMargin)
    bytes.append(littleEndian: level.rawValue)
    for field in [
      similarityWeight, marginWeight, textThreshold, vectorThreshold, clearMargin, suggestionFloor,
    ] { bytes.append(littleEndian: field) }
    bytes.append(littleEndian: maximumWrong)
    bytes.append(littleEndian: assumedOutOfScope)
    bytes.append(littleEndian: defaultRoute)
    bytes.append(littleEndian: routeCount)
    if let modes { bytes.append(contentsOf: modes.encoded) }
    bytes.pad(to: Self.size)
    return bytes
  }

  /// The mode of a query, as in `AcceptancePoint.mode`.
  public func mode(hasText: Bool, hasVector: Bool) -> UInt32 {
    guard hasVector else { return AcceptancePoint.textMode }
    return hasText && modes != nil ? AcceptancePoint.bothMode : AcceptancePoint.vectorMode
  }

  /// The least score for an answer in `mode`.
  public func threshold(mode: UInt32) -> Int64 {
    switch mode {
    case AcceptancePoint.textMode: textThreshold
    case AcceptancePoint.bothMode: modes?.bothThreshold ?? vectorThreshold
    default: vectorThreshold
    }
  }

  /// On how much evidence the threshold of `mode` rests.
  public func level(mode: UInt32) -> EvidenceLevel {
    guard let modes else { return level }
    switch mode {
    case AcceptancePoint.textMode: return modes.textLevel
    case AcceptancePoint.bothMode: return modes.bothLevel
    default: return modes.vectorLevel
    }
  }

  /// The score of a candidate. Exact for any similarity and margin within two units.
  public func score(similarity: Int64, margin: Int64) -> Int64 {
    similarity &* similarityWeight &+ margin &* marginWeight
  }
}
