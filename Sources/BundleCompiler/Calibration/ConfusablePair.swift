import BundleFormat

/// Two entries that the self-test confused: with its own entry hidden, a question of one would be answered by the other.
///
/// Either they are one answer, or they differ and the bundle must be careful, or the question should not be answered
/// at all. Only their author can tell.
public struct ConfusablePair: Equatable, Sendable {
  /// The id of the entry whose question was asked, and that question.
  public var entry: String
  public var question: String
  /// The id of the entry that would have answered, and its nearest question.
  public var other: String
  public var otherQuestion: String
  /// The score of that answer, and whether it reaches the threshold for text.
  public var score: Int64
  public var isAnswered: Bool
  /// How many of the questions that were asked fall between these two entries.
  public var count: Int

  /// The most pairs that a compile shows: what an author can decide in a sitting.
  static let maximum = 20

  /// The pairs with the greatest scores, the greatest first. Pairs that were decided are left out.
  static func find(
    _ test: SelfTest, threshold: Int64, _ questions: StoredQuestions, _ inputs: CompileInputs,
    _ encoder: FittedEncoder, owners: [UInt32], kernels: Kernels
  ) -> [ConfusablePair] {
    let decided = Set(inputs.pairs.map { EntryPair($0.first, $0.second) })
    var found: [EntryPair: (place: Int, score: Int64, count: Int)] = [:]
    for (place, result) in test.results.enumerated() {
      let owner = owners[encoder.sample[place]]
      guard let score = result.scoreWithoutEntry, let stranger = result.strangerOwner,
        (owner | stranger) & QuestionRecord.distractorFlag == 0
      else { continue }
      let pair = EntryPair(owner, stranger)
      if decided.contains(pair) { continue }
      var best = found[pair] ?? (place, score, 0)
      if score > best.score { best = (place, score, best.count) }
      best.count += 1
      found[pair] = best
    }
    let worst = found.values.sorted { ($0.score, $1.place) > ($1.score, $0.place) }.prefix(maximum)
    guard !worst.isEmpty else { return [] }
    return worst.map { pair in
      let asked = encoder.sample[pair.place]
      let stranger = test.results[pair.place].strangerOwner ?? 0
      let vector = encoder.strangers.row(pair.place)
      let candidates = owners.indices.filter { owners[$0] == stranger }
      let nearest = candidates.max { first, second in
        kernels.cosine(vector, encoder.vectors.row(first)) < kernels.cosine(vector, encoder.vectors.row(second))
      }
      return ConfusablePair(
        entry: inputs.entries[Int(questions.owners[asked])].id, question: questions.texts[asked],
        other: inputs.entries[Int(stranger)].id, otherQuestion: nearest.map { questions.texts[$0] } ?? "",
        score: pair.score, isAnswered: pair.score >= threshold, count: pair.count)
    }
  }

  /// The pair as a line of JSON, undecided, in the form that a recipe reads under `pairs`.
  public var json: String {
    let members: [(String, JSONValue)] = [
      ("entry", .string(entry)), ("question", .string(question)), ("other", .string(other)),
      ("other_question", .string(otherQuestion)), ("score", .integer(score)), ("answered", .bool(isAnswered)),
      ("count", .integer(Int64(count))), ("decision", .null),
    ]
    return JSONValue.object(members.map { JSONMember(key: $0.0, value: $0.1) }).compactText
  }
}

/// Two entries in either order.
private struct EntryPair: Hashable {
  let lower: UInt32
  let upper: UInt32

  init(_ first: UInt32, _ second: UInt32) {
    lower = min(first, second)
    upper = max(first, second)
  }
}
