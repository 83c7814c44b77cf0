import BundleFormat

/// What the last query's search found, for suggestions and explanations.
extension QuerySession {
  /// The number of candidates that the last query's search scored; zero if it did not come to a search.
  public var candidateCount: Int { searched ? search.count : 0 }

  /// The candidate at `index` of the last search, best first.
  public func candidate(_ index: Int) throws(BundleError) -> Candidate {
    let question = search.question(index)
    return Candidate(
      question: question, owner: try bundle.question(question).owner, similarity: search.similarity(index))
  }

  /// The number of lists and of rows that the last search looked at.
  public var searchWork: (lists: Int, rows: Int) { searched ? (search.probedLists, search.scannedRows) : (0, 0) }

  /// The vocabulary pieces of the last query, if its text was encoded.
  public var pieceCount: Int { searched ? encoder.pieceCount : 0 }

  /// The text of piece `index` of the last query, and whether it starts a word.
  public func piece(_ index: Int) throws(BundleError) -> (text: Bytes, isStart: Bool) {
    let bundle = bundle.base?.bundle ?? bundle
    guard let record = PieceRecord(try bundle.element(.encoderPieceRecords, Int(encoder.piece(index)))) else {
      throw .malformedSection(.encoderPieceRecords)
    }
    let text = try bundle.blob(
      .encoderPieceText, address: UInt64(record.textOffset), length: Int(record.textLength))
    return (text, record.isStart != 0)
  }

  /// One less the measured share of wrong answers at `score` in `mode`, in millionths; zero below the first measured point.
  public func confidence(score: Int64, mode: UInt32) -> UInt32 {
    var confidence: UInt32 = 0
    for point in bundle.acceptance where point.mode == mode && point.score <= score {
      confidence = max(confidence, 1_000_000 - point.acceptance)
    }
    return confidence
  }
}
