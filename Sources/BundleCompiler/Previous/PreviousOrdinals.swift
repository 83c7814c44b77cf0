import BundleFormat
import BundleReader

/// Finds what an earlier bundle has in common with the inputs of a compile: entries by id, questions by owner and normal form.
struct PreviousOrdinals {
  private let previous: PreviousBundle
  private let entryOrdinals: [[UInt8]: UInt32]
  // The ordinals of questions with one owner and normal form. All distractors count as one owner.
  private var questionOrdinals: [QuestionKey: [UInt32]]
  private let owners: [UInt32]

  private struct QuestionKey: Hashable {
    var owner: UInt32
    var form: [UInt8]
  }

  /// Reads the ids, questions and owners of `previous`. O(questions).
  init(_ previous: PreviousBundle) throws {
    self.previous = previous
    let bundle = previous.bundle
    var entries: [[UInt8]: UInt32] = [:]
    for ordinal in 0..<UInt32(bundle.entryCount) where try !bundle.isHole(entry: ordinal) {
      entries[try bundle.entryText(try bundle.entry(ordinal)).id.copied] = ordinal
    }
    entryOrdinals = entries
    var questions: [QuestionKey: [UInt32]] = [:]
    var owners: [UInt32] = []
    var normalizer = TextNormalizer(maximumInput: QuerySession.maximumQuery)
    for ordinal in 0..<UInt32(bundle.questionCount) {
      let owner = try bundle.question(ordinal).owner
      owners.append(owner)
      if owner == QuestionRecord.hole { continue }
      let length = try normalizer.normalize(try bundle.questionText(ordinal))
      let key = QuestionKey(owner: Self.group(owner), form: Array(normalizer.output.copied.prefix(length)))
      questions[key, default: []].append(ordinal)
    }
    questionOrdinals = questions
    self.owners = owners
  }

  private static func group(_ owner: UInt32) -> UInt32 {
    owner & QuestionRecord.distractorFlag == 0 ? owner : QuestionRecord.distractorFlag
  }

  /// Brings entries, questions and distractors into the order of their ordinals: what the earlier bundle has first, in its order.
  mutating func arrange(_ inputs: inout CompileInputs) throws {
    let entries = inputs.entries.map { entryOrdinals[Array($0.id.utf8)] }
    var questions: [UInt32?] = []
    var distractors = [UInt32?](repeating: nil, count: inputs.distractors.count)
    var normalizer = TextNormalizer(maximumInput: InputLimits.standard.question)
    var rest = questionOrdinals
    for index in inputs.questions.indices {
      let owner = inputs.questions.owner(index)
      let found = try take(inputs.questions.texts.utf8[index], owner, entries, &normalizer, from: &rest)
      questions.append(found)
      if case .distractor(let ordinal) = owner, let found {
        distractors[Int(ordinal)] = owners[Int(found)] & ~QuestionRecord.distractorFlag
      }
    }
    inputs.permute(
      entries: Self.order(entries), questions: Self.order(questions), distractors: Self.order(distractors))
  }

  /// The ordinals of arranged inputs and their stored questions.
  mutating func plan(_ inputs: CompileInputs, _ questions: StoredQuestions) throws -> OrdinalPlan {
    let entries = inputs.entries.map { entryOrdinals[Array($0.id.utf8)] }
    var found: [UInt32?] = []
    var distractors = [UInt32?](repeating: nil, count: inputs.distractors.count)
    var rest = questionOrdinals
    for (index, owner) in questions.owners.enumerated() {
      let isDistractor = owner & QuestionRecord.distractorFlag != 0
      let group = isDistractor ? QuestionRecord.distractorFlag : entries[Int(owner)]
      let ordinal = group.flatMap { Self.pop(QuestionKey(owner: $0, form: questions.normalForms[index]), &rest) }
      found.append(ordinal)
      if isDistractor, let ordinal {
        distractors[Int(owner & ~QuestionRecord.distractorFlag)] =
          owners[Int(ordinal)] & ~QuestionRecord.distractorFlag
      }
    }
    var plan = OrdinalPlan(entries: 0, questions: 0, distractors: 0)
    let bundle = previous.bundle
    plan.entries = OrdinalPlan.Numbering(entries, previousCount: bundle.entryCount)
    plan.questions = OrdinalPlan.Numbering(found, previousCount: bundle.questionCount)
    plan.distractors = OrdinalPlan.Numbering(distractors, previousCount: bundle.count(.questionDistractors))
    return plan
  }

  private func take(
    _ text: [UInt8], _ owner: QuestionOwner, _ entries: [UInt32?], _ normalizer: inout TextNormalizer,
    from rest: inout [QuestionKey: [UInt32]]
  ) throws -> UInt32? {
    let group: UInt32?
    switch owner {
    case .entry(let entry): group = entries[Int(entry)]
    case .distractor: group = QuestionRecord.distractorFlag
    }
    guard let group else { return nil }
    let length = try text.withBytes { try normalizer.normalize($0) }
    return Self.pop(QuestionKey(owner: group, form: Array(normalizer.output.copied.prefix(length))), &rest)
  }

  // Several distractors may have one form; they are taken in order.
  private static func pop(_ key: QuestionKey, _ rest: inout [QuestionKey: [UInt32]]) -> UInt32? {
    guard let ordinals = rest[key], let first = ordinals.first else { return nil }
    rest[key] = Array(ordinals.dropFirst())
    return first
  }

  // Those with an ordinal first, ascending; the others in their order.
  private static func order(_ ordinals: [UInt32?]) -> [Int] {
    ordinals.indices.sorted {
      let left = ordinals[$0].map { Int($0) } ?? Int.max
      let right = ordinals[$1].map { Int($0) } ?? Int.max
      return (left, $0) < (right, $1)
    }
  }
}

extension CompileInputs {
  /// Brings entries, questions and distractors into another order; element `i` of an order is the old place of what comes to
  /// place `i`.
  mutating func permute(entries order: [Int], questions questionOrder: [Int], distractors distractorOrder: [Int]) {
    let entryPlaces = Self.places(order)
    let distractorPlaces = Self.places(distractorOrder)
    entries = order.map { entries[$0] }
    for index in entries.indices { entries[index].mergedInto = entries[index].mergedInto.map { entryPlaces[Int($0)] } }
    distractors = distractorOrder.map { distractors[$0] }
    for index in queries.indices { queries[index].expected = queries[index].expected.map { entryPlaces[Int($0)] } }
    pairs = pairs.map { $0.renumbered { entryPlaces[Int($0)] } }
    if questionOrder.indices.contains(where: { questionOrder[$0] != $0 }) {
      var arranged = QuestionList()
      arranged.reserve(questions.count)
      for index in questionOrder { arranged.append(questions[index]) }
      questions = arranged
    }
    for index in questions.indices {
      switch questions.owner(index) {
      case .entry(let entry): questions.setOwner(index, .entry(entryPlaces[Int(entry)]))
      case .distractor(let ordinal): questions.setOwner(index, .distractor(distractorPlaces[Int(ordinal)]))
      }
    }
  }

  private static func places(_ order: [Int]) -> [UInt32] {
    var places = [UInt32](repeating: 0, count: order.count)
    for (place, old) in order.enumerated() { places[old] = UInt32(place) }
    return places
  }
}

extension PairInput {
  /// The same pair with other ordinals for its entries.
  func renumbered(_ ordinal: (UInt32) -> UInt32) -> PairInput {
    PairInput(decision: decision, first: ordinal(first), second: ordinal(second), question: question, place: place)
  }
}
