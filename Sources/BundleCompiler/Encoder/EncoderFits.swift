/// All fits of one compile: to all questions, without each fold of questions, and without each fold of entries.
struct EncoderFits {
  /// The fit to all questions, or the encoder that was to be kept in its stead.
  let whole: FoldEncoder
  /// The fits without one fold of questions each.
  let questionFolds: [FoldEncoder]
  /// The fits without one fold of entries each.
  let entryFolds: [FoldEncoder]
  /// Whether both kinds of folds are the same: where every entry has one question.
  let areFoldsEqual: Bool

  private static let folds = 4
  // More would not move the rows of pieces that occur so often, and each pass over them takes time.
  private static let mostFitted = 1 << 18

  /// Fits copies of `start`, several at a time: with vectors of entries if enough of them have several wordings.
  ///
  /// - Parameters:
  ///   - kept: An encoder in place of a fit to all questions. Entries for which it has no vector then have none in any fit.
  ///   - groups: The owner of each question, with owners taken as one that share a wording.
  ///   - progress: Told how many more questions have been fitted, and how many there are in all fits; by several threads.
  init(
    _ start: PieceTable, keeping kept: FoldEncoder?, texts: TokenizedTexts, targets: VectorMatrix, owners: [UInt32],
    groups: [UInt32], entryCount: Int, kernels: Kernels, progress: @Sendable (Int, Int) -> Void
  ) {
    let count = texts.count
    let areEqual = Set(groups).count == count
    let fitCount = areEqual ? Self.folds + 1 : 2 * Self.folds + 1
    let classes = EntryClasses(owners: owners, groups: groups, entryCount: entryCount)
    let fits = SharedArray<FoldEncoder?>(count: fitCount, nil)
    let first = kept == nil ? 0 : 1
    inParallel(fitCount - first) { place in
      let number = first + place
      let isIncluded = { (question: Int) -> Bool in
        switch number {
        case 0: true
        case 1...Self.folds: question % Self.folds != number - 1
        default: Int(groups[question]) % Self.folds != number - 1 - Self.folds
        }
      }
      if let classes {
        let fit = EntryFit()
        let expected = fit.passCount(count) * fit.repeats
        var passes = 0
        let fitted = fit.fit(
          start, texts: texts, targets: targets, classes: classes, included: isIncluded,
          endOfPass: {
            passes += 1
            if passes <= expected { progress(count, expected * (fitCount - first) * count) }
          })
        fits[number] = FoldEncoder(
          pieces: QuantizedPieces(fitted.pieces, kernels: kernels),
          entryVectors: EntryVectors(fitted.classes, dimensions: start.dimensions, classes: classes))
      } else {
        let fit = EncoderFit()
        let step = (count + Self.mostFitted - 1) / Self.mostFitted
        let fitted = fit.fit(
          start, texts: texts, targets: targets,
          // Questions are left out by fours, so that every fold keeps its share.
          included: { (step <= 1 || $0 / Self.folds % step == 0) && isIncluded($0) },
          endOfPass: { progress(count, fit.passes * (fitCount - first) * count) })
        fits[number] = FoldEncoder(pieces: QuantizedPieces(fitted, kernels: kernels), entryVectors: nil)
      }
    }
    var all = fits.array.compactMap { $0 }
    if let kept {
      let vectors = classes == nil ? nil : kept.entryVectors
      all = [FoldEncoder(pieces: kept.pieces, entryVectors: vectors)] + all.map { $0.limited(to: vectors) }
    }
    whole = all[0]
    questionFolds = Array(all[1...Self.folds])
    entryFolds = areEqual ? questionFolds : Array(all[(Self.folds + 1)...])
    areFoldsEqual = areEqual
  }

  /// The vectors of `questions`, each from the encoder of its fold.
  func encode(
    _ questions: [Int], _ texts: TokenizedTexts, with encoders: [FoldEncoder], fold: (Int) -> Int
  ) -> VectorMatrix {
    let encoded = VectorMatrix(count: questions.count, dimensions: whole.pieces.rows.dimensions)
    for (number, encoder) in encoders.enumerated() {
      let places = questions.indices.filter { fold(questions[$0]) == number }
      let part = encoder.pieces.encode(texts, places.map { questions[$0] })
      for (index, place) in places.enumerated() {
        encoded.row(place).copy(part.row(index))
      }
    }
    return encoded
  }
}
