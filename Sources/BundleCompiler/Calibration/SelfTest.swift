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
  ///   - heldOut: The vectors to ask with while a wording is hidden, in the same order.
  ///   - strangers: The vectors to ask with while the entry is hidden.
  ///   - owners: The owner of each stored vector, as in `QuestionRecord.owner`.
  ///   - isAnswer: Whether each stored vector belongs to an entry that may be answered by meaning: neither to a distractor nor
  ///     to an entry that answers exact matches only.
  ///   - depth: How many of the nearest a reader scores exactly.
  ///   - weights: The weights of similarity and margin in a score.
  ///   - marks: The marks of all stored questions if contradictions count, `nil` if not.
  ///   - progress: Told how many more questions have been asked; by several threads.
  init(
    questions: [Int], heldOut: VectorMatrix, strangers: VectorMatrix, vectors: VectorMatrix, owners: [UInt32],
    isAnswer: [Bool], depth: Int, weights: DecisionWeights, marks: StoredMarks? = nil,
    kernels: UnsafePointer<almanac_kernels>,
    progress: @Sendable (Int) -> Void
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
      // An encoder that knows the entry's other wordings and one that knows none of them err in different ways; the more
      // confident mistake counts.
      let near = scan.similarities(heldOut.row(place))
      let views = strangers === heldOut ? [near] : [near, scan.similarities(strangers.row(place))]
      for similarities in views {
        let other = Self.best(similarities, owners, depth, vetoing: marks.map { ($0, question, .none) }) {
          owners[$0] != owners[question]
        }
        guard let other else { continue }
        result.similarityWithoutEntry = max(result.similarityWithoutEntry, Int64(other.similarity))
        if isAnswer[other.row] {
          if weights.score(other) > result.scoreWithoutEntry ?? Int64.min { result.strangerOwner = owners[other.row] }
          result.scoreWithoutEntry = max(result.scoreWithoutEntry ?? Int64.min, weights.score(other))
        }
      }
      if several[question] {
        result.hasOtherWordings = true
        let slots = marks?.slots(
          of: owners[question], wordings: wordingsOf[owners[question], default: []], without: question)
        let vetoing = marks.map { ($0, question, slots ?? .none) }
        if let found = Self.best(near, owners, depth, vetoing: vetoing, where: { $0 != question }) {
          result.isRight = owners[found.row] == owners[question]
          if isAnswer[found.row] { result.scoreWithoutWording = weights.score(found) }
        }
      }
      slots[place] = result
      if place % 64 == 63 { progress(64) }
    }
    results = slots.array
  }

  /// The nearest vector among those allowed, and its rival.
  struct Nearest: Sendable {
    /// The row of the nearest.
    var row: Int
    /// Its similarity.
    var similarity: Int32
    /// The similarity of the nearest of another owner, or of the last one looked at if there is none.
    var rival: Int32
  }

  // With marks, candidates that contradict the question are passed over as `VetoChoice` says. `slots` are those of the
  // question's own entry without it.
  private static func best(
    _ similarities: [Int32], _ owners: [UInt32], _ depth: Int,
    vetoing: (marks: StoredMarks, question: Int, slots: VetoKinds)?, where allowed: (Int) -> Bool
  ) -> Nearest? {
    // The nearest so far, the best first; longer than a few only while entries have many wordings.
    var nearest: [(similarity: Int32, row: Int)] = []
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
    guard let first = nearest.first, let last = nearest.last else { return nil }
    if let vetoing, owners[first.row] & QuestionRecord.distractorFlag == 0 {
      return choose(nearest, owners, vetoing.marks, vetoing.question, ownSlots: vetoing.slots)
    }
    let rival = nearest.first { owners[$0.row] != owners[first.row] } ?? last
    return Nearest(row: first.row, similarity: first.similarity, rival: rival.similarity)
  }

  private static func choose(
    _ nearest: [(similarity: Int32, row: Int)], _ owners: [UInt32], _ marks: StoredMarks, _ question: Int,
    ownSlots: VetoKinds
  ) -> Nearest? {
    marks.encoded[question].withBytes { asked in
      var choice = VetoChoice(QuestionMarks(asked))
      func slots(_ row: Int) -> VetoKinds {
        owners[row] == owners[question] ? ownSlots : marks.slots(ofQuestion: row)
      }
      let chosen = nearest.prefix(VetoChoice.mostOffered).first { candidate in
        let owner = owners[candidate.row]
        guard owner & QuestionRecord.distractorFlag == 0 else { return false }
        return marks.encoded[candidate.row].withBytes {
          choice.offer(owner: owner, QuestionMarks($0), slots: slots(candidate.row))
        }
      }
      guard let chosen else { return nil }
      let rival = nearest.first { candidate in
        marks.encoded[candidate.row].withBytes {
          choice.isRival(owner: owners[candidate.row], QuestionMarks($0), slots: slots(candidate.row))
        }
      }
      return Nearest(
        row: chosen.row, similarity: chosen.similarity, rival: (rival ?? nearest[nearest.count - 1]).similarity)
    }
  }
}

/// The fixed weights of similarity and margin, chosen on the development sets (`tools/bench/decision.md`).
struct DecisionWeights: Sendable {
  /// The weight of the similarity.
  var similarity: Int64
  /// The weight of the margin.
  var margin: Int64

  /// The weights every bundle gets.
  static let standard = DecisionWeights(similarity: 256, margin: 128)

  /// The score of a candidate.
  func score(_ nearest: SelfTest.Nearest) -> Int64 {
    Int64(nearest.similarity) * similarity + Int64(nearest.similarity - nearest.rival) * margin
  }
}
