import BundleFormat

/// The texts that stand behind a candidate or an outcome.
public struct MatchedText {
  /// The id of the entry; `nil` for a distractor.
  public var entry: Bytes?
  /// Where the entry's answer comes from; empty if not stated, and for a distractor.
  public var source: Bytes
  /// Why the question must not be answered; `nil` for an entry.
  public var reason: FallbackReason?
  /// The wording of the stored question.
  public var question: Bytes
}

extension Bundle {
  /// The texts of a stored question and of its owner. Valid while the bundle is open.
  ///
  /// - Throws: `damagedChunk` or `malformedSection`.
  public func matchedText(_ question: UInt32) throws(BundleError) -> MatchedText {
    let record = try self.question(question)
    let wording = try questionText(question)
    if record.isDistractor {
      let reason = try distractor(record.owner).fallbackReason
      return MatchedText(entry: nil, source: Bytes(""), reason: reason, question: wording)
    }
    let text = try entryText(try entry(record.owner))
    return MatchedText(entry: text.id, source: text.source, reason: nil, question: wording)
  }
}
