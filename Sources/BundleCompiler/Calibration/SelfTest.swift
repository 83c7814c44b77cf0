import BundleFormat
import CKernels

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

  /// Takes results as they are.
  init(results: [Result], entryCount: Int) {
    self.results = results
    self.entryCount = entryCount
  }

  /// Asks `questions` (ordinals of stored vectors).
  ///
  /// - Parameters:
  ///   - scorer: What decides which of the nearest answers; it has the vectors to ask with, in the same order.
  ///   - owners: The owner of each stored vector, as in `QuestionRecord.owner`.
  ///   - isAnswer: Whether each stored vector belongs to an entry that may be answered by meaning: neither to a distractor nor
  ///     to an entry that answers exact matches only.
  ///   - depth: How many of the nearest a reader scores exactly.
  ///   - marks: The marks of all stored questions.
  ///   - progress: Told how many more questions have been asked; by several threads.
  init(
    questions: [Int], scorer: some SelfTestScorer, vectors: VectorMatrix, owners: [UInt32], isAnswer: [Bool],
    depth: Int,
    marks: StoredMarks, kernels: UnsafePointer<almanac_kernels>, progress: @Sendable (Int) -> Void
  ) {
    var wordings: [UInt32: [Int]] = [:]
    for (row, owner) in owners.enumerated() { wordings[owner, default: []].append(row) }
    let several = owners.map { wordings[$0, default: []].count > 1 }
    let wordingsOf = wordings
    entryCount = Set(owners.indices.lazy.filter { isAnswer[$0] }.map { owners[$0] }).count
    let scan = ExactScan(vectors, KernelTable(kernels))
    let blank = Result(
      scoreWithoutEntry: nil, similarityWithoutEntry: 0, scoreWithoutWording: nil, hasOtherWordings: false,
      isRight: false)
    let slots = SharedArray(count: questions.count, blank)
    inParallel(questions.count) { place in
      let question = questions[place]
      var result = blank
      // An encoder that knows the entry's other wordings would tell them from what it must be mistaken for here.
      let near = scan.similarities(scorer.heldOut.row(place))
      var asked = Asked(question: question, place: place, isStranger: false, ownSlots: .none)
      var views = [(near, asked)]
      if scorer.strangers !== scorer.heldOut {
        asked.isStranger = true
        views = [(scan.similarities(scorer.strangers.row(place)), asked)]
      }
      for (similarities, asked) in views {
        let nearest = Self.nearest(similarities, depth) { owners[$0] != owners[question] }
        result.similarityWithoutEntry = max(result.similarityWithoutEntry, Int64(nearest.first?.similarity ?? 0))
        guard let found = scorer.choose(nearest, asked), isAnswer[found.row] else { continue }
        if found.score > result.scoreWithoutEntry ?? Int64.min {
          result.strangerOwner = owners[found.row]
          result.scoreWithoutEntry = found.score
        }
      }
      if several[question] {
        result.hasOtherWordings = true
        asked.isStranger = false
        asked.ownSlots = marks.slots(
          of: owners[question], wordings: wordingsOf[owners[question], default: []], without: question)
        if let found = scorer.choose(Self.nearest(near, depth, where: { $0 != question }), asked) {
          result.isRight = owners[found.row] == owners[question]
          if isAnswer[found.row] { result.scoreWithoutWording = found.score }
        }
      }
      slots[place] = result
      if place % 64 == 63 { progress(64) }
    }
    results = slots.array
  }

  // The nearest of those allowed, the best first; of equals the one with the lower row.
  private static func nearest(
    _ similarities: [Int32], _ depth: Int, where allowed: (Int) -> Bool
  ) -> [Neighbour] {
    // Longer than a few only while entries have many wordings.
    var nearest: [Neighbour] = []
    var floor = Int32.min
    similarities.withUnsafeBufferPointer { similarities in
      // Nearly all vectors fail the first comparison, so it comes before everything else.
      for index in similarities.indices where similarities[index] > floor && allowed(index) {
        if nearest.count == depth { nearest.removeLast() }
        var place = nearest.count
        while place > 0, nearest[place - 1].similarity < similarities[index] { place -= 1 }
        nearest.insert((similarities[index], index), at: place)
        if nearest.count == depth { floor = nearest[depth - 1].similarity }
      }
    }
    return nearest
  }
}
