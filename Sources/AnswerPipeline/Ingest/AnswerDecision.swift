import BundleCompiler
import BundleFormat

/// What becomes of the collected answers: which are entries, which wait for a person, which are dropped.
struct AnswerDecision {
  /// An answer that becomes an entry.
  struct Entry {
    let id: String
    let sample: AnswerSample
    /// The samples of its question that were compared.
    let samples: Int
    /// Its rating, or else how far the samples agree; `nil` for a single one that nobody rated.
    let quality: Double?
    /// Whether a person has rated it.
    let isRated: Bool
  }

  /// A question that waits for a person, with its answers.
  struct Held {
    let id: String
    let samples: [AnswerSample]
    let reason: HoldReason
    let quality: Double?
  }

  private(set) var entries: [Entry] = []
  private(set) var held: [Held] = []
  /// The wordings for entries, with what became of each.
  private(set) var wordings: [WordingDecision.Decided]
  private(set) var ledger: LineLedger
  let embeddings: EmbeddingCollection
  let returned: Set<ExactText>

  private let ratings: Ratings
  private let options: AnswerIngest.Options
  private var ids: Set<ExactText> = []

  /// Decides about all questions of `collection`; about its wordings `wordings` has decided.
  init(
    _ collection: AnswerCollection, _ wordings: WordingDecision, ratings: Ratings, _ options: AnswerIngest.Options
  ) {
    self.wordings = wordings.decided
    ledger = collection.ledger
    embeddings = collection.embeddings
    returned = collection.returned
    self.ratings = ratings
    self.options = options
    let ordered = collection.questions.map { samples in
      samples.sorted { ($0.order, $0.line, $0.choice) < ($1.order, $1.line, $1.choice) }
    }.sorted { ($0[0].order, $0[0].line) < ($1[0].order, $1[0].line) }
    for samples in ordered { decide(samples) }
    // A run of wordings alone does not know which entries there are.
    let answered = Set(entries.map { ExactText($0.id) })
    for (place, decided) in self.wordings.enumerated() where !answered.isEmpty && decided.wording.isPlanned {
      guard decided.fate == .variant, !answered.contains(ExactText(decided.wording.entry)) else { continue }
      self.wordings[place].fate = .noEntry
      self.wordings[place].reason = "no answer became an entry of this id"
    }
    for wording in self.wordings { ledger.settle(wording.wording.line, wording.fate.ofLine, wording.reason) }
  }

  private mutating func decide(_ all: [AnswerSample]) {
    guard let id = name(all[0]) else { return drop(all, .malformed, "the id stands also at another question") }
    let distinct = withoutRepeats(all)
    let rated = distinct.map { (sample: $0, rating: ratings.rating(id, $0.answer)) }
    // What a person calls good is good, whatever the others say.
    if let good = rated.first(where: { ($0.rating ?? -1) >= options.minimumQuality }) {
      return accept(id, good.sample, among: distinct, quality: good.rating, isRated: true)
    }
    let open = rated.filter { $0.rating == nil }.map(\.sample)
    drop(rated.filter { $0.rating != nil }.map(\.sample), .ratedBad, "a person rated it below the gate")
    let refusals = open.filter { RefusalText.begins($0.answer) && $0.result != nil }
    let answers = open.filter { !RefusalText.begins($0.answer) || $0.result == nil }
    if !refusals.isEmpty { hold(id, refusals, .readsAsRefusal, quality: nil) }
    guard !answers.isEmpty else { return }
    let agreement = AnswerAgreement(answers.map(\.answer))
    let quality = answers.count > 1 ? agreement.mean : nil
    if let quality, quality < options.minimumQuality { return hold(id, answers, .disagreement, quality: quality) }
    accept(id, answers[agreement.representative], among: answers, quality: quality, isRated: false)
  }

  // The same answer again, from the same request or the same owner, proves nothing. Another request's may be equal.
  private mutating func withoutRepeats(_ samples: [AnswerSample]) -> [AnswerSample] {
    guard samples.count > 1 else { return samples }
    var distinct: [AnswerSample] = []
    var seen: Set<[ExactText]> = []
    for sample in samples {
      let name = sample.result == nil ? "" : "\(sample.result?.id ?? "")"
      // Choices of one line are samples of their own even if equal.
      let isNew =
        seen.insert([ExactText(name), ExactText(sample.answer)]).inserted
        || distinct.last.map { $0.line == sample.line } ?? false
      if isNew {
        distinct.append(sample)
      } else {
        ledger.settle(sample.line, .dropped(.duplicate), "the same answer stands on an earlier line")
      }
    }
    return distinct
  }

  private mutating func accept(
    _ id: String, _ sample: AnswerSample, among samples: [AnswerSample], quality: Double?, isRated: Bool
  ) {
    for other in samples { ledger.settle(other.line, other.line == sample.line ? .entry : .sample) }
    entries.append(
      Entry(id: id, sample: sample, samples: samples.count, quality: quality, isRated: isRated))
  }

  private mutating func hold(_ id: String, _ samples: [AnswerSample], _ reason: HoldReason, quality: Double?) {
    for sample in samples { ledger.settle(sample.line, .held(reason)) }
    held.append(Held(id: id, samples: samples, reason: reason, quality: quality))
  }

  private mutating func drop(_ samples: [AnswerSample], _ reason: DropReason, _ detail: String) {
    for sample in samples { ledger.settle(sample.line, .dropped(reason), detail) }
  }

  // The id of the question's entry; `nil` if an owner gives it to two questions.
  private mutating func name(_ first: AnswerSample) -> String? {
    if let id = first.id {
      let id = options.idPrefix + id
      return ids.insert(ExactText(id)).inserted && EntryNames.problem(id) == nil ? id : nil
    }
    let source = ledger.place(first.line).file.lastPathComponent.split(separator: ".").first.map(String.init) ?? ""
    let base = options.idPrefix + "\(source.slug)/\(first.question.slug)"
    var id = base
    var number = 2
    while !ids.insert(ExactText(id)).inserted {
      id = "\(base)-\(number)"
      number += 1
    }
    return id
  }

  /// Settles the lines of embeddings: used if a stored question has one of their vectors.
  mutating func settleEmbeddings(used: Set<Int>) {
    for line in embeddings.lines {
      if used.contains(line) {
        ledger.settle(line, .embedding)
      } else {
        ledger.settle(line, .dropped(.unusedEmbedding), "no entry and no wording has this text")
      }
    }
  }
}
