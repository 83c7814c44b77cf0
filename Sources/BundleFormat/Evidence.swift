/// What the judge looks at to tell whether a stored question asks for the same answer as a query. The raw value is the
/// feature's number in `decision/judge`.
///
/// Similarities and margins are in units of 1/65,536, shares in 1/65,536 as well. "Rest" is the weight of the words that one
/// side has and the other lacks, each counted by how far it is from the nearest word of the other side.
public enum Evidence: UInt8, CaseIterable, Sendable {
  /// The cosine between the query and the nearest wording of the entry, in the space of the stored vectors.
  case given
  /// How far that is above the best of another answer.
  case givenMargin
  /// The cosine between query and wording when both go through the bundle's encoder.
  case fitted
  /// How far that is above the best of another answer.
  case fittedMargin
  /// The similarity to the vector learned for the whole entry, or `fitted` where it has none.
  case learned
  /// How far that is above the best of another answer.
  case learnedMargin
  /// `fitted` and `learned` together.
  case sum
  /// The three margins together.
  case marginSum
  /// The share of the query's weight that the wording leaves unsaid.
  case queryRest
  /// The share of the wording's weight that the query leaves unsaid.
  case wordingRest
  /// The share of the weight of the entry's core, what most of its wordings have, that the query leaves unsaid; `wordingRest` for an
  /// entry of few wordings.
  case coreRest
  /// The heaviest single piece of the core that the query leaves unsaid; zero for an entry of few wordings.
  case coreWorst
  /// The number of wordings the entry has.
  case wordings

  /// The number of features.
  public static var count: Int { 13 }

  /// The name in explanations.
  public var name: StaticString {
    switch self {
    case .given: "given"
    case .givenMargin: "given-margin"
    case .fitted: "fitted"
    case .fittedMargin: "fitted-margin"
    case .learned: "learned"
    case .learnedMargin: "learned-margin"
    case .sum: "sum"
    case .marginSum: "margin-sum"
    case .queryRest: "query-rest"
    case .wordingRest: "wording-rest"
    case .coreRest: "core-rest"
    case .coreWorst: "core-worst"
    case .wordings: "wordings"
    }
  }
}
