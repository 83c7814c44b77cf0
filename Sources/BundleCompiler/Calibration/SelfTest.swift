import BundleFormat

/// A bundle asked its own questions, with parts of it hidden.
///
/// *Leave the entry out*: each question is asked while its whole entry is hidden; whatever is then answered is wrong. *Leave
/// the wording out*: a question of an entry with several is asked while only its own vector is hidden; the entry's
/// others should answer it. Both search exactly, over all stored vectors, and see as many of the nearest as a reader does:
/// where all those belong to one entry, the last of them bounds the margin.
struct SelfTest: Sendable {
  /// How one question fared.
  struct Result: Sendable {
    /// The score with its entry hidden; `nil` if the nearest may not be answered or nothing was left.
    var scoreWithoutEntry: Int64?
    /// The similarity of the nearest question of another entry.
    var similarityWithoutEntry: Int64
    /// The score with only its own wording hidden; `nil` if the entry has no other, or the nearest may not be answered.
    var scoreWithoutWording: Int64?
    /// Whether the entry has other wordings.
    var hasOtherWordings: Bool
    /// Whether the nearest wording then was one of its own entry.
    var isRight: Bool
    /// The owner that would have answered while its entry was hidden; `nil` if `scoreWithoutEntry` is.
    var strangerOwner: UInt32? = nil
  }

  /// One result for each question asked.
  let results: [Result]
  /// The number of entries that may be answered by meaning.
  let entryCount: Int

  /// Asks `questions` (ordinals of stored vectors) once with each of `scorers`, which search with the same vectors.
  ///
  /// - Parameters:
  ///   - scorers: What decides which of the nearest answers; they have the vectors to ask with, in the same order.
  ///   - owners: The owner of each stored vector, as in `QuestionRecord.owner`.
  ///   - isAnswer: Whether each stored vector belongs to an entry that may be answered by meaning: neither to a distractor nor
  ///     to an entry that answers exact matches only.
  ///   - isTested: Whether each stored vector may be found: see `StoredQuestions.isTested`.
  ///   - depth: How many of the nearest a reader scores exactly.
  ///   - marks: The marks of all stored questions.
  ///   - progress: Told how many more questions have been asked; by several threads.
  /// - Returns: What each scorer made of them.
  static func ask(
    _ questions: [Int], scorers: [any SelfTestScorer], vectors: VectorMatrix, owners: [UInt32], isAnswer: [Bool],
    isTested: [Bool], depth: Int, marks: StoredMarks, kernels: Kernels,
    progress: @Sendable (Int) -> Void
  ) -> [SelfTest] {
    let heldOut = scorers[0].heldOut
    // An encoder that knows the entry's other wordings would tell them from what it must be mistaken for here.
    let strangers = scorers[0].strangers
    let isStranger = strangers !== heldOut
    precondition(scorers.allSatisfy { $0.heldOut === heldOut && $0.strangers === strangers })
    let wordings = OwnerWordings(owners)
    var answering = 0
    wordings.visit { _, own in
      if own.contains(where: { isAnswer[Int($0)] }) { answering += 1 }
    }
    let search = NearestRows(vectors, kernels)
    let blank = Result(
      scoreWithoutEntry: nil, similarityWithoutEntry: 0, scoreWithoutWording: nil, hasOtherWordings: false,
      isRight: false)
    let slots = SharedArray(count: scorers.count * questions.count, blank)
    let groups = ranges(of: questions.count, size: NearestRows.together)
    inParallel(groups.count) { group in
      let places = Array(groups[group])
      let withoutEntry = search.find(places.map { strangers.row($0) }, depth: depth) { place, row in
        isTested[row] && owners[row] != owners[questions[places[place]]]
      }
      let several = places.filter { wordings.count(owners[questions[$0]]) > 1 }
      let withoutWording = search.find(several.map { heldOut.row($0) }, depth: depth) { place, row in
        isTested[row] && row != questions[several[place]]
      }
      for (number, place) in places.enumerated() {
        let question = questions[place]
        let own = several.firstIndex(of: place)
        let slotsOfOwn = own.map { _ in
          marks.slots(of: owners[question], wordings: wordings.questions(owners[question]), without: question)
        }
        for (index, scorer) in scorers.enumerated() {
          var result = blank
          var asked = Asked(question: question, place: place, isStranger: isStranger, ownSlots: .none)
          let nearest = withoutEntry[number]
          result.similarityWithoutEntry = max(0, Int64(nearest.first?.similarity ?? 0))
          if let found = scorer.choose(nearest, asked), isAnswer[found.row] {
            result.strangerOwner = owners[found.row]
            result.scoreWithoutEntry = found.score
          }
          if let own {
            result.hasOtherWordings = true
            asked.isStranger = false
            asked.ownSlots = slotsOfOwn ?? .none
            if let found = scorer.choose(withoutWording[own], asked) {
              result.isRight = owners[found.row] == owners[question]
              if isAnswer[found.row] { result.scoreWithoutWording = found.score }
            }
          }
          slots[index * questions.count + place] = result
        }
      }
      progress(places.count * scorers.count)
    }
    let results = slots.array
    return scorers.indices.map { index in
      SelfTest(
        results: Array(results[index * questions.count..<(index + 1) * questions.count]), entryCount: answering)
    }
  }
}
