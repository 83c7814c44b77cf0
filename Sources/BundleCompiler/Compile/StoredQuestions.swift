import BundleFormat

/// The questions of a bundle in the order of their ordinals, with their normal forms.
struct StoredQuestions {
  /// The wordings.
  let texts: [String]
  /// Their normal forms.
  let normalForms: [[UInt8]]
  /// Their owners, as in `QuestionRecord.owner`.
  let owners: [UInt32]
  /// The row of each in the given embeddings, or `nil`.
  let embeddingRows: [UInt32?]
  /// How many wordings were left out because their entry has them already.
  let repeated: Int

  /// Normalises the questions of a compile. A wording that its own entry has already is left out.
  ///
  /// - Throws: `InputError` if two entries, or an entry and a distractor, have the same normal form, and nothing tells
  ///   which is meant: neither scopes that exclude each other nor the recipe's word that such a query may fall back.
  init(_ inputs: CompileInputs) throws {
    var normalizer = TextNormalizer(maximumInput: InputLimits.standard.question)
    var texts: [String] = []
    var normalForms: [[UInt8]] = []
    var owners: [UInt32] = []
    var rows: [UInt32?] = []
    var repeated = 0
    var holders: [[UInt8]: [UInt32]] = [:]
    for question in inputs.questions {
      let utf8 = Array(question.text.utf8)
      _ = try utf8.withBytes { try normalizer.normalize($0) }
      let form = normalizer.output.copied
      let owner: UInt32 =
        switch question.owner {
        case .entry(let ordinal): ordinal
        case .distractor(let ordinal): ordinal | QuestionRecord.distractorFlag
        }
      let others = holders[form, default: []]
      if others.contains(owner) {
        repeated += 1
        continue
      }
      for other in others { try Self.check(owner, other, question.text, inputs) }
      holders[form, default: []].append(owner)
      texts.append(question.text)
      normalForms.append(form)
      owners.append(owner)
      rows.append(question.embeddingRow)
    }
    self.texts = texts
    self.normalForms = normalForms
    self.owners = owners
    embeddingRows = rows
    self.repeated = repeated
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
    let firstPlace = "\(inputs.recipe.entries[Int(first.answer.file)].path):\(first.answer.line)"
    let second = inputs.entries[Int(owner)]
    let contradict = first.scope.contains { pair in
      second.scope.contains { $0.key == pair.key && $0.value != pair.value }
    }
    guard contradict || inputs.recipe.ambiguous == .fallback else {
      throw InputError(
        file: inputs.recipe.entries[Int(second.answer.file)].path, line: Int(second.answer.line),
        problem: "entry \(second.id) has the question \"\(text)\", which entry \(first.id) (\(firstPlace)) has too",
        remedy: "merge them, give them scopes that exclude each other, or say `ambiguous: fallback`")
    }
  }
}
