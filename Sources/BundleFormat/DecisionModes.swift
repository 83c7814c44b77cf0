/// Bytes 68…79 of `decision/parameters`: the operating point of queries with a text and a vector, and the evidence level of
/// each input mode.
public struct DecisionModes: Equatable, Sendable {
  // Where they begin in the section.
  private static let offset = 68
  // Set in the fourth byte where the others mean something; files that lack them have zeros here.
  private static let presentFlag: UInt8 = 1

  /// The least score for an answer when the query has a text and a vector.
  public var bothThreshold: Int64
  /// On how much evidence the threshold of each mode rests.
  public var textLevel, vectorLevel, bothLevel: EvidenceLevel

  public init(
    bothThreshold: Int64, textLevel: EvidenceLevel, vectorLevel: EvidenceLevel, bothLevel: EvidenceLevel
  ) {
    self.bothThreshold = bothThreshold
    self.textLevel = textLevel
    self.vectorLevel = vectorLevel
    self.bothLevel = bothLevel
  }

  /// Reads them from the section, or `nil` if it has none.
  init?(_ section: Bytes) {
    guard section[Self.offset + 3] & Self.presentFlag != 0,
      let threshold: Int64 = section.integer(at: Self.offset + 4)
    else { return nil }
    self.init(
      bothThreshold: threshold, textLevel: Self.level(section[Self.offset]),
      vectorLevel: Self.level(section[Self.offset + 1]), bothLevel: Self.level(section[Self.offset + 2]))
  }

  /// The 12 bytes.
  var encoded: [UInt8] {
    var bytes = [textLevel, vectorLevel, bothLevel].map { UInt8($0.rawValue) }
    bytes.append(Self.presentFlag)
    bytes.append(littleEndian: bothThreshold)
    return bytes
  }

  // A level of a later minor version is shown as the weakest; it decides nothing.
  private static func level(_ byte: UInt8) -> EvidenceLevel { EvidenceLevel(rawValue: UInt32(byte)) ?? .exactOnly }
}
