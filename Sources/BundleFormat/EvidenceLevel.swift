/// On how much evidence the operating point of a bundle rests.
public enum EvidenceLevel: UInt32, Sendable {
  /// Only queries equal to a stored question are answered.
  case exactOnly = 0
  /// The threshold was set by asking every stored question with its own entry left out.
  case selfTested = 1
  /// Labelled samples of real traffic bound the share of wrong answers.
  case certified = 2

  /// The level's name in reports.
  public var name: StaticString {
    switch self {
    case .exactOnly: "exact-only"
    case .selfTested: "self-tested"
    case .certified: "certified"
    }
  }
}
