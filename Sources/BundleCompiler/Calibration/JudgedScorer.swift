import BundleFormat
import BundleReader

/// Scores by the judge, as a reader does for queries that have a text: each question is asked with an encoder, and held against
/// vectors of entries, that were fitted without it or without its entry.
struct JudgedScorer: SelfTestScorer {
  let heldOut: VectorMatrix
  let strangers: VectorMatrix
  /// The vectors of the questions' texts, where those searched with are given ones; the same otherwise.
  let encodedHeldOut: VectorMatrix
  let encodedStrangers: VectorMatrix
  let owners: [UInt32]
  let encoder: FittedEncoder
  let marks: StoredMarks
  let model: JudgeModel
  private let pieces: StoredPieces
  private let cores: EntryCores
  private let wordings: OwnerWordings
  private let kernels: Kernels

  /// Prepares to score the encoder's sample.
  ///
  /// - Parameters:
  ///   - owners: The owner of each question, with owners taken as one that share a wording.
  ///   - given: The vectors to search with for queries that bring one; `nil` for those that are a text alone.
  init(
    _ encoder: FittedEncoder, owners: [UInt32], marks: StoredMarks, model: JudgeModel, given: VectorMatrix?,
    kernels: Kernels
  ) {
    heldOut = given ?? encoder.heldOut
    strangers = given ?? encoder.strangers
    encodedHeldOut = encoder.heldOut
    encodedStrangers = encoder.strangers
    self.owners = owners
    self.encoder = encoder
    self.marks = marks
    self.model = model
    pieces = StoredPieces(encoder.texts)
    cores = EntryCores(encoder.texts, owners: owners, weights: encoder.weights)
    wordings = OwnerWordings(owners)
    self.kernels = kernels
  }

  func choose(_ nearest: [SelfTest.Neighbour], _ asked: SelfTest.Asked) -> SelfTest.Found? {
    // Everything is in memory, so what a file could do wrong cannot happen.
    try? judge(nearest, asked)
  }

  private func judge(
    _ nearest: [SelfTest.Neighbour], _ asked: SelfTest.Asked
  ) throws(BundleError) -> SelfTest.Found? {
    let question = asked.question
    let fold =
      asked.isStranger
      ? encoder.entryFolds[encoder.foldOfEntry(question)] : encoder.questionFolds[encoder.foldOfQuestion(question)]
    let source = FoldSource(
      fold: fold, pieces: pieces, cores: cores, texts: encoder.texts, weights: encoder.weights, owners: owners,
      wordings: wordings, question: question)
    let stride = encoder.vectors.stride
    var judge = Judge(kernels: kernels.unsafeTable, stride: stride)
    let row = (asked.isStranger ? encodedStrangers : encodedHeldOut).row(asked.place)
    var vector = FixedBuffer<Int8>(capacity: stride)
    for index in 0..<stride { vector[index] = row[index] }
    try judge.begin(pieces: pieces.run(question), vector: vector, source)
    for neighbour in nearest {
      let more = judge.add(
        question: UInt32(neighbour.row), owner: owners[neighbour.row], similarity: Int64(neighbour.similarity))
      if !more { break }
    }
    guard try judge.weigh(source) > 0 else { return nil }
    judge.scoreAll(model)
    return marks.encoded[question].withBytes { found(&judge, nearest, asked, QuestionMarks($0)) }
  }

  // As a reader offers candidates: the best score first, of an entry the wording that fits best and then its others.
  private func found(
    _ judge: inout Judge, _ nearest: [SelfTest.Neighbour], _ asked: SelfTest.Asked, _ query: QuestionMarks
  ) -> SelfTest.Found? {
    var place = judge.best(below: nil)
    guard let first = place else { return nil }
    if judge.owner(first) & QuestionRecord.distractorFlag == 0 {
      var choice = VetoChoice(query)
      while let offered = place, !offer(judge.question(offered), nearest, asked, &choice) {
        place = judge.best(below: offered)
      }
    }
    return place.map {
      SelfTest.Found(row: Int(judge.question($0)), similarity: judge.similarity($0), score: judge.score($0))
    }
  }

  private func offer(
    _ question: UInt32, _ nearest: [SelfTest.Neighbour], _ asked: SelfTest.Asked, _ choice: inout VetoChoice
  ) -> Bool {
    let owner = owners[Int(question)]
    if owner & QuestionRecord.distractorFlag != 0 { return false }
    let others = nearest.prefix(VetoChoice.mostOffered).map(\.row).filter {
      owners[$0] == owner && $0 != Int(question)
    }
    let slots = owner == owners[asked.question] ? asked.ownSlots : marks.slots(ofQuestion: Int(question))
    for row in [Int(question)] + others {
      if marks.encoded[row].withBytes({ choice.offer(owner: owner, QuestionMarks($0), slots: slots) }) { return true }
    }
    return false
  }
}

/// What the judge asks of a bundle that is being compiled: one fold of its encoder.
private struct FoldSource: JudgeSource {
  let fold: FoldEncoder
  let pieces: StoredPieces
  let cores: EntryCores
  let texts: TokenizedTexts
  let weights: [UInt16]
  let owners: [UInt32]
  let wordings: OwnerWordings
  /// The question that is asked, and hidden.
  let question: Int

  func questionPieces(_ question: UInt32) throws(BundleError) -> QuestionPieces {
    let owner = owners[Int(question)]
    let count = UInt32(wordings.count(owner))
    return QuestionPieces(
      run: pieces.run(Int(question)), wordings: owner == owners[self.question] && count > 1 ? count - 1 : count)
  }

  // Without the hidden wording, which would bring the entry's core nearer to itself.
  func fillCore(of owner: UInt32, _ core: inout EntryCore) throws(BundleError) {
    let isOwn = owner == owners[question]
    let count = wordings.count(owner) - (isOwn ? 1 : 0)
    core.begin(wordings: count)
    guard count >= EntryCore.fewestWordings else { return }
    for (piece, shared) in cores.core(owner) {
      let isShared = isOwn && texts.pieces[texts.range(question)].contains(Int32(piece))
      core.add(piece: piece, wordings: shared - (isShared ? 1 : 0))
    }
  }

  func pieceRow(_ piece: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt16) {
    (fold.pieces.rows.row(Int(piece)).bytes, fold.pieces.scales[Int(piece)])
  }

  func pieceWeight(_ piece: UInt32) throws(BundleError) -> UInt16 { weights[Int(piece)] }

  func learnedVector(_ owner: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt32)? {
    guard owner & QuestionRecord.distractorFlag == 0, let learned = fold.entryVectors,
      learned.scales[Int(owner)] > 0
    else { return nil }
    return (learned.rows.row(Int(owner)).bytes, learned.scales[Int(owner)])
  }
}
