import BundleFormat

/// The section of the answers, compressed a batch at a time.
extension BundleWriter {
  struct AnswerPlace {
    var address: UInt64
    var frameLength: UInt32
    var answerLength: UInt32
  }

  private static let trainingBytes = 8 << 20
  // Of large answers and of small ones, which take more memory than their bytes.
  private static let batchBytes = 8 << 20
  private static let batchCount = 1 << 14

  mutating func writeAnswers(
    _ content: Content, _ answers: AnswerReader, progress: (Int) -> Void
  ) throws -> [AnswerPlace] {
    let inputs = content.inputs
    let count = content.ordinals.entries.stored
    let compressor =
      try content.dictionary.map { AnswerCompressor(dictionary: $0) }
      ?? AnswerCompressor(sample: try trainingSample(inputs, answers), count: inputs.entries.count)
    // A layer's answers are compressed with the dictionary of its base.
    if content.layer == nil { try whole(.metaDictionary, elementSize: Segment.blobElement, compressor.dictionary) }
    var writer = SectionWriter(.answerFrames, elementSize: Segment.blobElement, to: output, through: buffer)
    var places: [AnswerPlace] = []
    var next = 0
    while next < count {
      var batch: [[UInt8]] = []
      var bytes = 0
      while next + batch.count < count, bytes < Self.batchBytes, batch.count < Self.batchCount {
        let answer = Array(try answers.answer(next + batch.count).utf8)
        bytes += answer.count
        batch.append(answer)
      }
      for (index, frame) in try Self.compress(batch, compressor).enumerated() {
        places.append(
          AnswerPlace(
            address: try writer.appendBlob(frame), frameLength: UInt32(frame.count),
            answerLength: UInt32(batch[index].count)))
      }
      next += batch.count
      progress(next)
    }
    try writer.finish()
    sizes.append((.answerFrames, writer.byteCount))
    return places
  }

  private func trainingSample(_ inputs: CompileInputs, _ answers: AnswerReader) throws -> [[UInt8]] {
    let total = inputs.entries.reduce(0) { $0 + Int($1.answer.answerLength) }
    let step = max(1, (total + Self.trainingBytes - 1) / Self.trainingBytes)
    return try stride(from: 0, to: inputs.entries.count, by: step).map { Array(try answers.answer($0).utf8) }
  }

  private static func compress(_ answers: [[UInt8]], _ compressor: AnswerCompressor) throws -> [[UInt8]] {
    let frames = SharedArray<Result<[UInt8], any Error>>(count: answers.count, .success([]))
    inParallel(answers.count) { index in frames[index] = Result { try compressor.compress(answers[index]) } }
    return try (0..<answers.count).map { try frames[$0].get() }
  }
}
