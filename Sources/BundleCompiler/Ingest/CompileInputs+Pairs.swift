import BundleFormat

extension CompileInputs {
  /// Applies what was decided about pairs of entries: merged entries become one answer, that of the first; a question that
  /// is decided to be a distractor loses its entry. Pairs to keep apart change nothing here.
  ///
  /// - Throws: `InputError` if the entries of a merge are valid for different scopes or times, or a question is not one of
  ///   its entry's, or its only one.
  mutating func apply(_ pairs: [PairInput]) throws(InputError) {
    for pair in pairs where pair.decision == .merge { try merge(pair) }
    for index in questions.indices {
      if case .entry(let owner) = questions.owner(index) { questions.setOwner(index, .entry(answering(owner))) }
    }
    for index in queries.indices { queries[index].expected = queries[index].expected.map(answering) }
    for index in entries.indices where entries[index].mergedInto != nil {
      entries[index].mergedInto = answering(UInt32(index))
    }
    let distracting = pairs.filter { $0.decision == .distractor }
    guard !distracting.isEmpty else { return }
    var normalizer = TextNormalizer(maximumInput: InputLimits.standard.question)
    for pair in distracting { try distract(pair, &normalizer) }
  }

  /// The entry that answers the questions of `entry`: itself, unless it was merged.
  private func answering(_ entry: UInt32) -> UInt32 {
    var found = entry
    while let next = entries[Int(found)].mergedInto { found = next }
    return found
  }

  private mutating func merge(_ pair: PairInput) throws(InputError) {
    let first = answering(pair.first)
    let second = answering(pair.second)
    guard first != second else { return }
    let kept = entries[Int(first)]
    let merged = entries[Int(second)]
    guard kept.scope == merged.scope, kept.validFrom == merged.validFrom, kept.validUntil == merged.validUntil,
      kept.isExactOnly == merged.isExactOnly
    else {
      throw pair.place.error(
        "\(kept.id) and \(merged.id) are to be one answer, but differ in scope, validity or \"match\"",
        do: "make these equal, or decide \"keep\"")
    }
    entries[Int(second)].mergedInto = first
  }

  private mutating func distract(_ pair: PairInput, _ normalizer: inout TextNormalizer) throws(InputError) {
    let owner = answering(pair.first)
    let form = Self.normalForm(pair.question ?? "", &normalizer)
    var named: [Int] = []
    var others = 0
    for index in questions.indices where questions.owner(index) == .entry(owner) {
      if Self.normalForm(questions[index].text, &normalizer) == form { named.append(index) } else { others += 1 }
    }
    let id = entries[Int(pair.first)].id
    guard !named.isEmpty else {
      throw pair.place.error(
        "the pair's question is not one of entry \(id)", do: "correct \"question\", or remove the row")
    }
    guard others > 0 else {
      throw pair.place.error(
        "the pair's question is the only one of entry \(id)", do: "give the entry another, or decide \"keep\"")
    }
    for index in named {
      questions.setOwner(index, .distractor(UInt32(distractors.count)))
      distractors.append(DistractorInput(reason: .distractor, route: nil))
    }
  }

  private static func normalForm(_ text: String, _ normalizer: inout TextNormalizer) -> [UInt8]? {
    let length = Array(text.utf8).withBytes { try? normalizer.normalize($0) }
    return length.map { Array(normalizer.output.copied.prefix($0)) }
  }
}
