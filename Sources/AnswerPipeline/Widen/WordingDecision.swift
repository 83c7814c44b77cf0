import BundleCompiler
import BundleFormat

/// What becomes of proposed wordings: which are variants, which distractors, which wait for a person, which are dropped.
///
/// A model's rewording stays if it is nearer a question of its own entry than any of another, by the encoder that comes with the
/// compiler. One that is hardly nearer, far from every question of its entry, or that contradicts the canonical question in a
/// number, date, code, negation, opposite or direction, is for a person to decide. What a person has accepted is held
/// against nothing but equal questions.
struct WordingDecision {
  /// A wording with what became of it and why.
  struct Decided {
    let wording: ProposedWording
    let form: String
    /// The canonical question of its entry; empty if that is not known.
    let question: String
    var fate: WordingFate
    var reason: String
  }

  /// The wordings in the order of the entries, for each in that of its requests; whatever the order of results.
  private(set) var decided: [Decided] = []

  // Below this two questions have little more in common than being questions.
  private static let far: Float = 0.35
  // A lead this small may be chance.
  private static let clearLead: Float = 0.05
  // A near miss that is this near may well be a rewording.
  private static let same: Float = 0.95
  private static let neighbours = 64

  /// Decides about `proposals`.
  ///
  /// - Parameter index: All entries with their questions; of entries that are not there only equal wordings are seen.
  /// - Throws: an error of the build if its encoder or lexicon is damaged.
  init(_ proposals: [ProposedWording], _ index: WideningIndex) throws {
    guard !proposals.isEmpty else { return }
    var forms = NormalForms()
    decided = proposals.enumerated().sorted {
      Self.precedes($0.element, $1.element, index, $0.offset < $1.offset)
    }.map { _, wording in
      let form = forms.of(wording.text)
      let isText = !(form ?? "").isEmpty
      return Decided(
        wording: wording, form: form ?? "",
        question: index.entry(id: wording.entry).map { index.entries[$0].questions[0] } ?? "",
        fate: form == nil ? .overLong : isText ? .variant : .empty, reason: "")
    }
    let stored = Stored(index, &forms)
    dropKnown(stored)
    try compare(stored)
    for place in decided.indices where decided[place].fate == .variant && decided[place].wording.kind == .nearMiss {
      decided[place].fate = .distractor
    }
  }

  private static func precedes(
    _ left: ProposedWording, _ right: ProposedWording, _ index: WideningIndex, _ isEarlier: Bool
  ) -> Bool {
    // What a person accepted comes first, so that a model's equal wording is the duplicate.
    if left.isAccepted != right.isAccepted { return left.isAccepted }
    let (first, second) = (index.entry(id: left.entry) ?? .max, index.entry(id: right.entry) ?? .max)
    if first != second { return first < second }
    if left.request != right.request { return ExactText.precedes(left.request, right.request) }
    return left.place != right.place ? left.place < right.place : isEarlier
  }

  /// The questions that the entries have.
  private struct Stored {
    var forms: [String] = []
    var owners: [Int] = []
    /// The entries that have a form.
    var holders: [ExactText: [Int]] = [:]
    /// The questions of each entry, as a range of `forms`.
    var ranges: [Range<Int>] = []
    private let index: WideningIndex

    func entry(_ id: String) -> Int? { index.entry(id: id) }

    func id(_ entry: Int) -> String { index.entries[entry].id }

    init(_ index: WideningIndex, _ normalForms: inout NormalForms) {
      self.index = index
      for (place, entry) in index.entries.enumerated() {
        let start = forms.count
        for question in entry.questions {
          guard let form = normalForms.of(question), !form.isEmpty else { continue }
          forms.append(form)
          owners.append(place)
          holders[ExactText(form), default: []].append(place)
        }
        ranges.append(start..<forms.count)
      }
    }
  }

  // Equal normal forms: of questions that are stored, and of other proposals.
  private mutating func dropKnown(_ stored: Stored) {
    var proposed: [ExactText: Int] = [:]
    for place in decided.indices where decided[place].fate == .variant {
      let wording = decided[place].wording
      let key = ExactText(decided[place].form)
      let own = stored.entry(wording.entry)
      if let holders = stored.holders[key] {
        let isOwn = own.map(holders.contains) ?? false
        let what = isOwn ? "the entry has this question" : "\(stored.id(holders[0])) has this question"
        settle(place, isOwn ? .duplicate : .nearerAnother, what)
      } else if let earlier = proposed[key] {
        let first = decided[earlier].wording
        if first.entry == wording.entry, (first.kind == .nearMiss) == (wording.kind == .nearMiss) {
          settle(place, .duplicate, "it was proposed before")
          continue
        }
        // One text for two answers, or for an answer and its opposite: whoever is right, the other is wrong.
        let contradiction = "it is also proposed as "
        settle(place, .doubtful, contradiction + "a \(first.kind.rawValue) of \(first.entry)")
        if !first.isAccepted {
          settle(earlier, .doubtful, contradiction + "a \(wording.kind.rawValue) of \(wording.entry)")
        }
      } else {
        proposed[key] = place
      }
    }
  }

  private mutating func settle(_ place: Int, _ fate: WordingFate, _ reason: String) {
    decided[place].fate = fate
    decided[place].reason = reason
  }

  private mutating func compare(_ stored: Stored) throws {
    let open = decided.indices.filter { decided[$0].fate == .variant && !decided[$0].wording.isAccepted }
    guard !open.isEmpty, !stored.forms.isEmpty else { return }
    let forms = (stored.forms + open.map { decided[$0].form }).map { Array($0.utf8) }
    let vectors = try PriorEncoder.shared.get().vectors(of: forms)
    let marks = try MarkedTexts().marks(forms)
    let near = vectors.neighbours(
      of: stored.forms.count..<forms.count, amongFirst: stored.forms.count, limit: Self.neighbours, floor: 0
    ) { _ in }
    for (order, place) in open.enumerated() {
      let wording = decided[place].wording
      guard let entry = stored.entry(wording.entry) else { continue }
      let text = stored.forms.count + order
      let own = stored.ranges[entry].map { vectors.cosine(text, $0) }.max() ?? 0
      let other = near[order].first { stored.owners[Int($0.index)] != entry }
      let foreign = other?.cosine ?? 0
      let name = other.map { stored.id(stored.owners[Int($0.index)]) } ?? ""
      let figures = "\(Self.figure(own)) to its entry, \(Self.figure(foreign)) to \(name)"
      let canonical = stored.ranges[entry].lowerBound
      let contradiction = Self.contradiction(marks[text], marks[canonical])
      if foreign > own {
        settle(place, .nearerAnother, figures)
      } else if wording.kind == .nearMiss {
        if own >= Self.same, contradiction == nil { settle(place, .doubtful, "it may be a rewording: \(figures)") }
      } else if let contradiction {
        settle(place, .doubtful, "it differs from the question in a \(contradiction)")
      } else if own < Self.far {
        settle(place, .doubtful, "it is far from its entry: \(Self.figure(own))")
      } else if own - foreign < Self.clearLead {
        settle(place, .doubtful, "it is hardly nearer its entry: \(figures)")
      }
    }
  }

  private static func contradiction(_ first: [UInt8], _ second: [UInt8]) -> String? {
    guard !first.isEmpty, !second.isEmpty else { return nil }
    let kinds = first.withBytes { left in
      second.withBytes { VetoRule.conflicts(QuestionMarks(left), QuestionMarks($0), slots: .none) }
    }
    return kinds.first.map { "\($0.name)" }
  }

  private static func figure(_ value: Float) -> String { "\((value * 100).rounded() / 100)" }
}
