import BundleFormat
import CZstd

/// Compresses answers into zstd frames of their own, with a dictionary they share.
///
/// Frames carry their content's size and checksum and no dictionary id. Level 19: answers are compressed once and read
/// for ever. The dictionary is trained by zstd on a fixed sample, so it is the same in every run.
final class AnswerCompressor: @unchecked Sendable {
  private static let level: Int32 = 19
  private static let sizes = [0, 4_096, 16_384, 32_768, 65_536]
  private static let trialCount = 256

  /// The dictionary; empty if none pays.
  let dictionary: [UInt8]
  private let prepared: OpaquePointer?

  /// Chooses the dictionary by trial: the size that makes all answers with it smallest.
  ///
  /// - Parameters:
  ///   - sample: Answers to train on, at most a few megabytes of them.
  ///   - count: How many answers there are in all.
  init(sample: [[UInt8]], count: Int) {
    var best: (total: Double, dictionary: [UInt8]) = (Double.infinity, [])
    let step = max(1, sample.count / Self.trialCount)
    let trial = stride(from: 0, to: sample.count, by: step).map { sample[$0] }
    for size in Self.sizes {
      guard let dictionary = Self.train(sample, size: size) else { continue }
      let compressed = Self.totalSize(trial, dictionary)
      let total = Double(compressed) / Double(max(trial.count, 1)) * Double(count) + Double(dictionary.count)
      if total < best.total { best = (total, dictionary) }
    }
    dictionary = best.dictionary
    prepared = Self.prepare(best.dictionary)
  }

  /// Takes a dictionary that was trained before.
  init(dictionary: [UInt8]) {
    self.dictionary = dictionary
    prepared = Self.prepare(dictionary)
  }

  deinit { ZSTD_freeCDict(prepared) }

  /// The frame of an answer. May be called from several threads.
  ///
  /// - Throws: `WriteError` if zstd fails, which means there is no memory.
  func compress(_ answer: [UInt8]) throws -> [UInt8] {
    guard let context = ZSTD_createCCtx() else { throw WriteError("no memory to compress answers; free some") }
    defer { ZSTD_freeCCtx(context) }
    return try Self.compress(answer, context, prepared)
  }

  private static func compress(_ answer: [UInt8], _ context: OpaquePointer, _ prepared: OpaquePointer?) throws
    -> [UInt8]
  {
    ZSTD_CCtx_setParameter(context, ZSTD_c_compressionLevel, level)
    ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 1)
    ZSTD_CCtx_setParameter(context, ZSTD_c_dictIDFlag, 0)
    if let prepared { ZSTD_CCtx_refCDict(context, prepared) }
    var frame = [UInt8](repeating: 0, count: ZSTD_compressBound(answer.count))
    let size = ZSTD_compress2(context, &frame, frame.count, answer, answer.count)
    guard ZSTD_isError(size) == 0 else {
      throw WriteError("zstd failed: \(String(cString: ZSTD_getErrorName(size))); free some memory")
    }
    frame.removeLast(frame.count - size)
    return frame
  }

  private static func train(_ sample: [[UInt8]], size: Int) -> [UInt8]? {
    if size == 0 { return [] }
    let joined = sample.flatMap { $0 }
    let lengths = sample.map(\.count)
    // zstd wants far more text than dictionary; with less it learns the sample by heart.
    guard sample.count >= 16, joined.count >= 8 * size else { return nil }
    var dictionary = [UInt8](repeating: 0, count: size)
    let trained = ZDICT_trainFromBuffer(&dictionary, size, joined, lengths, UInt32(lengths.count))
    guard ZDICT_isError(trained) == 0 else { return nil }
    dictionary.removeLast(size - trained)
    return dictionary
  }

  private static func totalSize(_ answers: [[UInt8]], _ dictionary: [UInt8]) -> Int {
    let prepared = prepare(dictionary)
    defer { ZSTD_freeCDict(prepared) }
    let sizes = SharedArray<Int>(count: answers.count, 0)
    let shared = PreparedDictionary(pointer: prepared)
    inParallel(answers.count) { index in
      guard let context = ZSTD_createCCtx() else { return }
      defer { ZSTD_freeCCtx(context) }
      sizes[index] = (try? compress(answers[index], context, shared.pointer))?.count ?? answers[index].count
    }
    return sizes.array.reduce(0, +)
  }

  private static func prepare(_ dictionary: [UInt8]) -> OpaquePointer? {
    dictionary.isEmpty ? nil : ZSTD_createCDict(dictionary, dictionary.count, level)
  }
}

/// A prepared dictionary in a form that threads may share: it is constant.
private struct PreparedDictionary: @unchecked Sendable {
  let pointer: OpaquePointer?
}
