import BundleFormat
import CJudge

/// The judge that `tools/judge/train.py` made.
enum JudgeWeights {
  /// The bytes of `decision/judge`.
  static var bytes: [UInt8] {
    Bytes(start: UnsafeRawPointer(almanac_judge_bytes()), count: Int(almanac_judge_size)).copied
  }

  /// The trees.
  ///
  /// - Throws: `WriteError` if the file does not fit this version.
  static func model() throws -> JudgeModel {
    guard let model = bytes.withBytes({ JudgeModel($0) }) else {
      throw WriteError("the judge in this build does not fit its evidence; make it anew with tools/judge/train.py")
    }
    return model
  }
}
