import BundleFormat

/// How many elements each section has, and how large they are.
extension Bundle {
  static func checkShapes(
    _ sections: borrowing SectionDirectory, _ encoder: EncoderParameters, _ index: IndexParameters,
    _ layer: LayerRecord?
  ) throws(BundleError) {
    func expect(_ name: SectionName, size: Int, count: Int? = nil) throws(BundleError) {
      let section = sections.section(name)
      guard section.count == 0 || section.elementSize == size, count == nil || section.count == count else {
        throw .malformedSection(name)
      }
    }
    let lists = Int(index.listCount)
    let rows = Int(index.rowCount)
    let pieces = layer == nil ? Int(encoder.pieceCount) : 0
    if let layer {
      try expect(.layerBase, size: LayerRecord.size, count: 1)
      let replaced = sections.section(.layerReplaced).count
      let words = ReplacedEntries.wordCount(entries: Int(layer.entryCount))
      try expect(.layerReplaced, size: ReplacedEntries.wordSize, count: replaced == 0 ? 0 : words)
      // Ordinals of the pair must stay clear of the bit that marks distractors.
      guard sections.section(.questionRecords).count + Int(layer.questionCount) < Int(QuestionRecord.distractorFlag),
        sections.section(.entryRecords).count + Int(layer.entryCount) < Int(QuestionRecord.distractorFlag),
        sections.section(.questionDistractors).count + Int(layer.distractorCount) < Int(QuestionRecord.distractorFlag)
          - 1
      else { throw .malformedSection(.layerBase) }
    }
    try expect(.encoderPieceRecords, size: PieceRecord.size, count: pieces)
    try expect(.encoderRows, size: encoder.stride, count: pieces)
    try expect(.encoderPieceText, size: Segment.blobElement)
    try expect(.indexCentroids, size: encoder.stride, count: lists)
    try expect(.indexLists, size: ListRecord.size, count: lists)
    try expect(.indexQuestions, size: 4, count: rows)
    try expect(.indexVectors, size: encoder.stride, count: rows)
    let codes = Int(index.subquantizers)
    try expect(
      .indexCodebooks, size: IndexParameters.codebookSize * IndexParameters.subvectorSize, count: codes)
    try expect(.indexCodes, size: index.blockBytes, count: codes == 0 ? 0 : nil)
    try expect(.indexRotation, size: encoder.stride, count: index.rotatedDimensions)
    try expect(
      .indexListCodebooks, size: IndexParameters.codebookSize * IndexParameters.subvectorSize, count: codes)
    try expect(.indexListCodes, size: IndexParameters.codebookSize * codes, count: index.listBlocks)
    try expect(.questionRecords, size: QuestionRecord.size)
    try expect(.questionDistractors, size: DistractorRecord.size)
    try expect(.questionText, size: Segment.blobElement)
    let marked = sections.section(.questionMarkRecords).count
    try expect(
      .questionMarkRecords, size: MarkPlace.size, count: marked == 0 ? 0 : sections.section(.questionRecords).count)
    try expect(.questionMarks, size: Segment.blobElement)
    try expect(.decisionMarksLexicon, size: Segment.blobElement)
    try expect(.questionPrompts, size: Segment.blobElement)
    try expect(.entryRecords, size: EntryRecord.size)
    try expect(.entryText, size: Segment.blobElement)
    let dated = sections.section(.entryFreshness).count
    try expect(
      .entryFreshness, size: FreshnessRecord.size, count: dated == 0 ? 0 : sections.section(.entryRecords).count)
    let vectors = sections.section(.entryVectors).count
    guard vectors == 0 || vectors == sections.section(.entryRecords).count else {
      throw .malformedSection(.entryVectors)
    }
    try expect(.entryVectors, size: encoder.stride)
    try expect(.entryVectorScales, size: EntrySimilarity.scaleSize, count: vectors)
    try expect(.answerFrames, size: Segment.blobElement)
    try expect(.decisionAcceptance, size: AcceptancePoint.size)
    let examples = sections.section(.decisionRouteExamples).count
    guard examples <= RouteExamples.maximumCount else { throw .malformedSection(.decisionRouteExamples) }
    try expect(.decisionRouteExamples, size: encoder.stride)
    try expect(.decisionRouteLabels, size: RouteExamples.labelSize, count: examples)
    try expect(.wordLetters, size: 4)
    try expect(.decisionRules, size: Segment.blobElement)
    let runs = sections.section(.questionPieceRuns).count
    try expect(
      .questionPieceRuns, size: PieceRunRecord.size, count: runs == 0 ? 0 : sections.section(.questionRecords).count)
    try expect(.questionPieces, size: Segment.blobElement)
    let cores = sections.section(.entryCoreRuns).count
    try expect(.entryCoreRuns, size: PieceRunRecord.size, count: cores == 0 ? 0 : sections.section(.entryRecords).count)
    try expect(.entryCores, size: Segment.blobElement)
    try expect(.encoderPieceWeights, size: 2, count: runs == 0 ? 0 : pieces)
    for name in [SectionName.encoderPieces, .exactTable, .idTable, .wordTable] {
      try expect(name, size: HashTable.slotSize)
      let slots = sections.section(name).count
      guard slots & (slots - 1) == 0 else { throw .malformedSection(name) }
    }
  }
}
