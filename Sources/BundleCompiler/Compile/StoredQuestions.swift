import BundleFormat

/// The questions of a bundle in the order of their ordinals, with their normal forms.
struct StoredQuestions {
  /// The wordings.
  let texts: TextList
  /// Their normal forms; none once `withoutNormalForms`.
  private(set) var normalForms: ByteStrings
  /// The hashes of their normal forms by which a reader finds them; empty while those are there.
  private(set) var hashes: [UInt64] = []
  /// Their owners, as in `QuestionRecord.owner`.
  let owners: [UInt32]
  /// The owners with those taken as one that share a normal form, named by the first of them.
  ///
  /// A query of that form is never answered by the wrong one of them: either their scopes exclude each other, or it falls
  /// back as `ambiguous`. So to a self-test they are one answer.
  let ownersByWording: [UInt32]
  /// Whether each takes part in the self-test: all but distractors that a model wrote.
  ///
  /// Those lie round the entries that they were made from. They would catch questions that stand for strangers when their
  /// entry is hidden, though no such distractors lie round real strangers; and asked themselves they would mostly meet
  /// each other. Either would make the bundle seem safer than it is. Left out of the test they can only make a reader answer less.
  private(set) var isTested: [Bool]
  /// The row of each in the given embeddings, or `nil`.
  private(set) var embeddingRows: [UInt32?]
  /// How many wordings were left out because their entry has them already.
  let repeated: Int

  /// Normalises the questions of a compile. A wording that its own entry has already is left out.
  ///
  /// - Throws: `InputError` if two entries, or an entry and a distractor, have the same normal form, and nothing tells
  ///   which is meant: neither scopes that exclude each other nor the recipe's word that such a query may fall back.
  init(_ inputs: CompileInputs) throws {
    let all = try Self.normalForms(inputs.questions)
    let repeats = RepeatedForms(all)
    var isLeftOut = [Bool](repeating: false, count: all.count)
    var repeated = 0
    var holders = [[UInt32]](repeating: [], count: repeats.groups.count)
    for (index, group) in repeats.places {
      let owner = Self.owner(inputs.questions.owner(index))
      if holders[group].contains(owner) {
        isLeftOut[index] = true
        repeated += 1
        continue
      }
      for other in holders[group] { try Self.check(owner, other, inputs.questions.texts[index], inputs) }
      holders[group].append(owner)
    }
    let kept = all.indices.filter { !isLeftOut[$0] }
    let given = inputs.questions.texts
    texts = repeated == 0 ? given : TextList(utf8: ByteStrings(kept.lazy.map { given.utf8[$0] }))
    normalForms = repeated == 0 ? all : ByteStrings(kept.lazy.map { all[$0] })
    owners = kept.map { Self.owner(inputs.questions.owner($0)) }
    isTested = kept.map { index in
      if case .distractor = inputs.questions.owner(index) { inputs.questions.origin(index) != .generated } else { true }
    }
    embeddingRows = kept.map { inputs.questions.embeddingRow($0) }
    ownersByWording = Self.joined(owners, RepeatedForms(normalForms))
    self.repeated = repeated
  }

  /// What a bundle is written and checked with: hashes in place of the normal forms, and no more of what only fits and tests need.
  var withoutNormalForms: StoredQuestions {
    var questions = self
    questions.hashes = normalForms.map { form in form.withBytes { KeyHash.of($0, domain: KeyHash.question) } }
    questions.normalForms = ByteStrings()
    questions.isTested = []
    questions.embeddingRows = []
    return questions
  }

  private static func normalForms(_ questions: QuestionList) throws -> ByteStrings {
    var normalizer = TextNormalizer(maximumInput: InputLimits.standard.question)
    var forms = ByteStrings()
    forms.reserve(questions.count)
    for utf8 in questions.texts.utf8 {
      _ = try utf8.withBytes { try normalizer.normalize($0) }
      forms.append(normalizer.output.copied)
    }
    return forms
  }

  private static func owner(_ owner: QuestionOwner) -> UInt32 {
    switch owner {
    case .entry(let ordinal): ordinal
    case .distractor(let ordinal): ordinal | QuestionRecord.distractorFlag
    }
  }

  private static func joined(_ owners: [UInt32], _ repeats: RepeatedForms) -> [UInt32] {
    var parents: [UInt32: UInt32] = [:]
    func root(_ owner: UInt32) -> UInt32 {
      var found = owner
      while let next = parents[found] { found = next }
      return found
    }
    for group in repeats.groups {
      for index in group.dropFirst() {
        let first = root(owners[group[0]])
        let owner = root(owners[index])
        if first != owner { parents[max(owner, first)] = min(owner, first) }
      }
    }
    return parents.isEmpty ? owners : owners.map(root)
  }

  private static func check(_ owner: UInt32, _ other: UInt32, _ text: String, _ inputs: CompileInputs) throws {
    let file = inputs.recipe.path
    let isDistractor = owner & QuestionRecord.distractorFlag != 0
    if isDistractor, other & QuestionRecord.distractorFlag != 0 { return }
    if isDistractor || other & QuestionRecord.distractorFlag != 0 {
      let entry = inputs.entries[Int(isDistractor ? other : owner)]
      throw InputError(
        file: file, problem: "the distractor \"\(text)\" is also a question of entry \(entry.id)",
        remedy: "remove one of the two")
    }
    let first = inputs.entries[Int(other)]
    let isInBase = inputs.entries[Int(owner)].answer == .elsewhere
    let remedy = "merge them, give them scopes that exclude each other, or say `ambiguous: fallback`"
    let firstPlace = "\(inputs.recipe.entries[Int(first.answer.file)].path):\(first.answer.line)"
    let second = inputs.entries[Int(owner)]
    let contradict = first.scope.contains { pair in
      second.scope.contains { $0.key == pair.key && $0.value != pair.value }
    }
    guard contradict || inputs.recipe.ambiguous == .fallback else {
      if isInBase {
        throw InputError(
          file: inputs.recipe.entries[Int(first.answer.file)].path, line: Int(first.answer.line),
          problem: "entry \(first.id) has the question \"\(text)\", which entry \(second.id) of the base has too",
          remedy: "give it the same id to replace that one, or \(remedy)")
      }
      throw InputError(
        file: inputs.recipe.entries[Int(second.answer.file)].path, line: Int(second.answer.line),
        problem: "entry \(second.id) has the question \"\(text)\", which entry \(first.id) (\(firstPlace)) has too",
        remedy: remedy)
    }
  }
}
