import BundleFormat

extension Bundle: JudgeSource {
  public func questionPieces(_ question: UInt32) throws(BundleError) -> QuestionPieces {
    if let base, let question = base.question(question) { return try base.bundle.questionPieces(question) }
    guard let record = PieceRunRecord(try element(.questionPieceRuns, Int(question))) else {
      throw .malformedSection(.questionPieceRuns)
    }
    return QuestionPieces(
      run: try blob(.questionPieces, address: record.address, length: 4 * Int(record.count)),
      wordings: record.wordings)
  }

  public func pieceRow(_ piece: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt16) {
    if let base { return try base.bundle.pieceRow(piece) }
    guard let record = PieceRecord(try element(.encoderPieceRecords, Int(piece))) else {
      throw .malformedSection(.encoderPieceRecords)
    }
    return (try element(.encoderRows, Int(piece)), record.scale)
  }

  public func pieceWeight(_ piece: UInt32) throws(BundleError) -> UInt16 {
    if let base { return try base.bundle.pieceWeight(piece) }
    guard let weight: UInt16 = try element(.encoderPieceWeights, Int(piece)).integer(at: 0) else {
      throw .malformedSection(.encoderPieceWeights)
    }
    return weight
  }

  public func fillCore(of owner: UInt32, _ core: inout EntryCore) throws(BundleError) {
    if let base, owner & QuestionRecord.distractorFlag == 0, let owner = base.entry(owner) {
      return try base.bundle.fillCore(of: owner, &core)
    }
    core.begin(wordings: 1)
    guard owner & QuestionRecord.distractorFlag == 0, count(.entryCoreRuns) > 0 else { return }
    guard let record = PieceRunRecord(try element(.entryCoreRuns, Int(owner))) else {
      throw .malformedSection(.entryCoreRuns)
    }
    core.begin(wordings: Int(record.wordings))
    let run = try blob(.entryCores, address: record.address, length: EntryCore.elementSize * Int(record.count))
    for index in 0..<Int(record.count) {
      guard let piece: UInt32 = run.integer(at: EntryCore.elementSize * index),
        let wordings: UInt32 = run.integer(at: EntryCore.elementSize * index + 4), wordings <= record.wordings
      else { throw .malformedSection(.entryCores) }
      core.add(piece: piece, wordings: wordings)
    }
  }

  public func learnedVector(_ owner: UInt32) throws(BundleError) -> (row: Bytes, scale: UInt32)? {
    owner & QuestionRecord.distractorFlag == 0 ? try entryVector(owner) : nil
  }
}
