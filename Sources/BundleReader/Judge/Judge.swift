import BundleFormat
import CKernels

/// Gathers evidence on the entries near a query and scores them. Owns its working memory, so judging allocates nothing.
///
/// For each query: `begin`, then `add` each stored question that the search found, the nearest first, then `weigh` and
/// `score`. Everything is integer arithmetic but the cosines, which are exact in IEEE double, so a query gets the same
/// score on every machine.
public struct Judge: ~Copyable {
  /// The most entries that are compared.
  public static var mostEntries: Int { 8 }
  /// The most entries that are scored; the others only stand as rivals.
  public static var mostScored: Int { 4 }
  /// The most stored questions that are looked at.
  public static var mostQuestions: Int { 64 }
  // The wordings of an entry that are encoded to find the one that fits best.
  private static var wordingsOfEntry: Int { 2 }
  /// The most wordings that are encoded.
  static var mostEncoded: Int { mostEntries * wordingsOfEntry }

  let kernels: UnsafePointer<almanac_kernels>
  let stride: Int
  var pieces = DistinctPieces()
  var query = PieceSet()
  var wording = InlineArray<4, PieceSet> { _ in PieceSet() }
  var core = InlineArray<4, EntryCore> { _ in EntryCore() }
  var alignment = Alignment()
  private var fit: WordingFit
  private var queryVector: FixedBuffer<Int8>
  private var queryNorm: Int32 = 0
  private var last: Int64 = 0
  private var seen = 0

  private(set) var count = 0
  private var owners = FixedBuffer<UInt32>(capacity: mostEntries)
  private var questions = FixedBuffer<UInt32>(capacity: mostEntries)
  private var encoded = FixedBuffer<UInt32>(capacity: mostEntries)
  private var candidates = FixedBuffer<UInt32>(capacity: mostEncoded)
  private var wordings = FixedBuffer<UInt32>(capacity: mostEntries)
  private var given = FixedBuffer<Int64>(capacity: mostEntries)
  private var fitted = FixedBuffer<Int64>(capacity: mostEntries)
  private var learned = FixedBuffer<Int64>(capacity: mostEntries)
  private var ranking = FixedBuffer<UInt32>(capacity: mostEntries)
  private var evidence: FixedBuffer<Int32>
  private var scores = FixedBuffer<Int64>(capacity: mostScored)
  private var scored = 0

  /// Makes a judge for vectors of `stride` components.
  public init(kernels: UnsafePointer<almanac_kernels>, stride: Int) {
    unsafe self.kernels = kernels
    self.stride = stride
    fit = WordingFit(stride: stride)
    queryVector = FixedBuffer(capacity: stride)
    evidence = FixedBuffer(capacity: Self.mostScored * Evidence.count)
  }

  /// Takes a query: its pieces in the order of the text, four bytes each, and what the encoder makes of them.
  public mutating func begin<Source: JudgeSource>(
    pieces: Bytes, vector: borrowing FixedBuffer<Int8>, _ source: Source
  ) throws(BundleError) {
    count = 0
    scored = 0
    seen = 0
    last = 0
    queryVector.copy(vector)
    queryNorm = unsafe kernels.pointee.dot(queryVector.unsafeStart, queryVector.unsafeStart, stride)
    self.pieces.clear()
    try query.take(QuestionPieces(run: pieces, wordings: 0), &self.pieces, source)
    alignment.begin(query, self.pieces)
  }

  /// Takes a stored question, with its cosine to the query in the space of the stored vectors. The nearest comes first.
  ///
  /// - Returns: Whether another one can change anything.
  public mutating func add(question: UInt32, owner: UInt32, similarity: Int64) -> Bool {
    seen += 1
    last = similarity
    var index = 0
    while index < count, owners[index] != owner { index += 1 }
    if index == count {
      guard count < Self.mostEntries else { return false }
      owners[index] = owner
      given[index] = similarity
      encoded[index] = 0
      count += 1
    }
    if Int(encoded[index]) < Self.wordingsOfEntry {
      candidates[index * Self.wordingsOfEntry + Int(encoded[index])] = question
      encoded[index] += 1
    }
    return seen < Self.mostQuestions && count < Self.mostEntries
  }

  // Finds the wording of each entry that fits best: the cosine between query and wording, both as the encoder has them.
  private mutating func fitAll<Source: JudgeSource>(_ source: Source) throws(BundleError) {
    fit.clear()
    for index in 0..<count {
      for wording in 0..<Int(encoded[index]) {
        let run = try source.questionPieces(candidates[index * Self.wordingsOfEntry + wording])
        wordings[index] = run.wordings
        unsafe try fit.add(run, &pieces, source, kernels)
      }
    }
    unsafe fit.compare(with: queryVector, norm: queryNorm, kernels)
    var place = 0
    for index in 0..<count {
      fitted[index] = -DecisionParameters.unit
      for wording in 0..<Int(encoded[index]) {
        let question = candidates[index * Self.wordingsOfEntry + wording]
        if wording == 0 || fit.similarity(place) > fitted[index] {
          fitted[index] = fit.similarity(place)
          questions[index] = question
        }
        place += 1
      }
    }
  }

  /// Computes the evidence of the entries that come nearest by all similarities together.
  ///
  /// - Returns: How many there are, at most `mostScored`.
  public mutating func weigh<Source: JudgeSource>(_ source: Source) throws(BundleError) -> Int {
    try fitAll(source)
    for index in 0..<count {
      learned[index] = fitted[index]
      if let vector = try source.learnedVector(owners[index]) {
        let product = unsafe kernels.pointee.dot(
          queryVector.unsafeStart, vector.row.unsafeStart.assumingMemoryBound(to: Int8.self), stride)
        learned[index] = EntrySimilarity.units(product: product, queryNorm: queryNorm, scale: vector.scale)
      }
    }
    rank()
    scored = min(count, Self.mostScored)
    for place in 0..<scored { try align(place, source) }
    unsafe alignment.compute(kernels, stride: stride)
    for place in 0..<scored { try gather(place, source) }
    return scored
  }

  // Insertion sort by the sum of the similarities; of equals the one found first.
  private mutating func rank() {
    for index in 0..<count {
      let key = total(index)
      var place = index
      while place > 0, total(Int(ranking[place - 1])) < key {
        ranking[place] = ranking[place - 1]
        place -= 1
      }
      ranking[place] = UInt32(index)
    }
  }

  private func total(_ index: Int) -> Int64 { given[index] + fitted[index] + learned[index] }

  // The best of the others, or, where all that was found belongs to one entry, the last question found.
  private func rival(_ index: Int, _ values: borrowing FixedBuffer<Int64>) -> Int64 {
    var best = count > 1 ? Int64.min : last
    for other in 0..<count where other != index { best = max(best, values[other]) }
    return best
  }

  // Which pieces are to be compared with those of the query.
  private mutating func align<Source: JudgeSource>(_ place: Int, _ source: Source) throws(BundleError) {
    let index = Int(ranking[place])
    try wording[place].take(try source.questionPieces(questions[index]), &pieces, source)
    try source.fillCore(of: owners[index], &core[place])
    try enterLines(place, source)
  }

  private mutating func gather<Source: JudgeSource>(_ place: Int, _ source: Source) throws(BundleError) {
    let index = Int(ranking[place])
    let givenMargin = given[index] - rival(index, given)
    let fittedMargin = fitted[index] - rival(index, fitted)
    let learnedMargin = learned[index] - rival(index, learned)
    let (queryRest, wordingRest) = rests(place)
    set(place, .given, given[index])
    set(place, .givenMargin, givenMargin)
    set(place, .fitted, fitted[index])
    set(place, .fittedMargin, fittedMargin)
    set(place, .learned, learned[index])
    set(place, .learnedMargin, learnedMargin)
    set(place, .sum, fitted[index] + learned[index])
    set(place, .marginSum, givenMargin + fittedMargin + learnedMargin)
    set(place, .queryRest, queryRest)
    set(place, .wordingRest, wordingRest)
    var (coreRest, coreWorst) = (wordingRest, Int64(0))
    if core[place].count > 0 { (coreRest, coreWorst) = try unsaid(place, source) }
    set(place, .coreRest, coreRest)
    set(place, .coreWorst, coreWorst)
    set(place, .wordings, Int64(wordings[index]))
  }

  private mutating func set(_ place: Int, _ feature: Evidence, _ value: Int64) {
    evidence[place * Evidence.count + Int(feature.rawValue)] = Int32(clamping: value)
  }

  /// The question of the scored entry at `place`: of those looked at, the wording that fits best.
  public func question(_ place: Int) -> UInt32 { questions[Int(ranking[place])] }
  /// The owner of the scored entry at `place`.
  public func owner(_ place: Int) -> UInt32 { owners[Int(ranking[place])] }
  /// The similarity of the scored entry at `place` in the space of the stored vectors.
  public func similarity(_ place: Int) -> Int64 { given[Int(ranking[place])] }
  /// A piece of evidence on the scored entry at `place`.
  public func evidence(_ place: Int, _ feature: Evidence) -> Int32 {
    evidence[place * Evidence.count + Int(feature.rawValue)]
  }
  /// Scores all entries that were weighed.
  public mutating func scoreAll(_ model: JudgeModel) {
    for place in 0..<scored { scores[place] = model.score(evidence, first: place * Evidence.count, kernels: kernels) }
  }
  /// The score of the entry at `place`.
  public func score(_ place: Int) -> Int64 { scores[place] }

  /// The place with the greatest score, of equals the first; or the next one after `place` in that order.
  public func best(below place: Int?) -> Int? {
    var best: Int?
    for other in 0..<scored {
      if let place, scores[other] > scores[place] || (scores[other] == scores[place] && other <= place) { continue }
      if best == nil || scores[other] > scores[best ?? 0] { best = other }
    }
    return best
  }

  /// The score that the entry at `place` would have if no other answer were near: its margins at least `margin`.
  public mutating func clearScore(_ place: Int, margin: Int64, _ model: JudgeModel) -> Int64 {
    let margins: [3 of Evidence] = [.givenMargin, .fittedMargin, .learnedMargin]
    var saved: [3 of Int32] = [0, 0, 0]
    let sum = evidence(place, .marginSum)
    var total: Int64 = 0
    for index in margins.indices {
      saved[index] = evidence(place, margins[index])
      set(place, margins[index], max(Int64(saved[index]), margin))
      total += Int64(evidence(place, margins[index]))
    }
    set(place, .marginSum, total)
    let score = model.score(evidence, first: place * Evidence.count, kernels: kernels)
    for index in margins.indices { set(place, margins[index], Int64(saved[index])) }
    set(place, .marginSum, Int64(sum))
    return score
  }
}
