/// Chooses which of a query's candidates may answer when some are vetoed.
///
/// Candidates are offered from the nearest on. The first that is not vetoed is chosen if it belongs to the same entry as the
/// nearest one. One of another entry is chosen only if it agrees with the query in every kind that ruled out the nearer ones:
/// a query about 3 people may pass over the question about 2 for the one about 3, but not for one that tells no number.
/// Vetoed candidates stay rivals, against which the margin is taken, except for a choice that agrees where they do not.
public struct VetoChoice {
  /// The most candidates that are offered.
  public static let mostOffered = 32

  private let query: QuestionMarks
  private var nearestOwner: UInt32?
  private var chosenOwner: UInt32?
  private var ruledOut = VetoKinds.none
  private var agreed = VetoKinds.none

  /// The kinds in which the nearest candidate contradicts the query.
  public private(set) var nearestVetoes = VetoKinds.none

  /// Starts a choice for a query with these marks.
  public init(_ query: QuestionMarks) { self.query = query }

  /// Offers the next candidate, with its owner's slots, and says whether it is chosen.
  public mutating func offer(owner: UInt32, _ marks: QuestionMarks, slots: VetoKinds) -> Bool {
    let vetoes = VetoRule.conflicts(query, marks, slots: slots)
    if nearestOwner == nil {
      nearestOwner = owner
      nearestVetoes = vetoes
    }
    if !vetoes.isEmpty {
      ruledOut.formUnion(vetoes)
      return false
    }
    if owner != nearestOwner {
      let agreements = VetoRule.agreements(query, marks)
      guard ruledOut.isSubset(of: agreements) else { return false }
      agreed = agreements
    }
    chosenOwner = owner
    return true
  }

  /// Whether the margin of the chosen candidate is taken over this one too.
  public func isRival(owner: UInt32, _ marks: QuestionMarks, slots: VetoKinds) -> Bool {
    if owner == chosenOwner { return false }
    if agreed.isEmpty { return true }
    let vetoes = VetoRule.conflicts(query, marks, slots: slots)
    return vetoes.isEmpty || !vetoes.isSubset(of: agreed)
  }
}
