import BundleFormat
import BundleReader
import CKernels

/// Checks a bundle before it is published, by reading it as its users will.
enum BundleCheck {
  /// Opens the bundle at `path`, verifies every chunk, asks every stored question of an entry and expects that very entry's
  /// answer, then asks the recipe's labelled queries and returns what became of them.
  ///
  /// - Throws: `WriteError` if anything is not as it was written.
  static func check(
    _ path: String, _ inputs: CompileInputs, _ questions: StoredQuestions, _ ordinals: OrdinalPlan,
    over base: Bundle?, progress: (Int) -> Void
  ) throws -> LabelledOutcome? {
    let bundle: Bundle
    do {
      bundle = try Bundle.open(path, over: base, mode: .all)
    } catch {
      throw WriteError("the bundle just written cannot be read: \(error); check the disk and report this")
    }
    var session = QuerySession(bundle)
    let now = bundle.expiry == Int64.max ? 0 : bundle.expiry - 1
    for (index, text) in questions.texts.enumerated() {
      let owner = questions.owners[index]
      let outcome = try ask(text, in: &session, now: now, scope: scope(owner, inputs))
      let isAnswered = outcome.entry == ordinals.owner(owner) && outcome.reason.map(Self.maySucceed) ?? true
      let isDistracted = owner & QuestionRecord.distractorFlag != 0 && outcome.reason != nil
      guard isAnswered || isDistracted || outcome.reason == .ambiguous else {
        throw WriteError(
          "the bundle just written does not answer its own question \"\(text)\"; check the disk and report this")
      }
      if index % 1_024 == 0 { progress(index) }
    }
    guard !inputs.queries.isEmpty else { return nil }
    // The outcome is shown and not stored, so it may depend on today's date, as answers do.
    var outcomes = LabelledOutcome()
    for query in inputs.queries {
      let outcome = try ask(
        query.text, in: &session, now: almanac_unix_seconds(), scope: query.scope, turn: query.turn)
      outcomes.add(
        expected: query.expected.map(ordinals.owner), answered: outcome.kind == nil ? nil : outcome.entry)
    }
    return outcomes
  }

  // Whether the entry would answer at another time or with variables.
  private static func maySucceed(_ reason: FallbackReason) -> Bool {
    reason == .notYetValid || reason == .expired || reason == .missingVariable
  }

  private static func ask(
    _ text: String, in session: inout QuerySession, now: Int64, scope: [UInt8]?, turn: UInt32 = 1
  ) throws -> Outcome {
    let utf8 = Array(text.utf8)
    let asked = scope ?? []
    return try utf8.withUnsafeBytes { text in
      try asked.withUnsafeBytes { scope in
        var query = Query(now: now, turn: turn)
        query.text = unsafe text.baseAddress.map { unsafe Bytes(start: $0, count: text.count) }
        query.scope = unsafe scope.baseAddress.flatMap { start in
          scope.count > 0 ? unsafe Bytes(start: start, count: scope.count) : nil
        }
        return try session.answer(query)
      }
    }
  }

  private static func scope(_ owner: UInt32, _ inputs: CompileInputs) -> [UInt8]? {
    guard owner & QuestionRecord.distractorFlag == 0 else { return nil }
    return inputs.entries[Int(owner)].scope.scopeText
  }
}
