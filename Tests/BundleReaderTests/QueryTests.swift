import BundleFormat
import BundleReader
import TestSupport
import Testing

/// What a bundle answers, and when it says that it does not know. Asked of `bundles/tiny`, which has one of everything.
@Suite struct QueryTests {
  private let folder: TemporaryFolder
  private let tiny: Bundle

  init() throws {
    folder = try TemporaryFolder()
    tiny = try Bundle.open(try SampleBundle.tiny(in: folder))
  }

  @Test func everyStoredQuestionOfAValidEntryIsAnsweredWithItsOwnAnswer() throws {
    for ordinal in 0..<UInt32(tiny.questionCount) {
      let record = try tiny.question(ordinal)
      guard !record.isDistractor else { continue }
      let entry = try tiny.entry(record.owner)
      guard entry.validFrom <= 1_780_000_000, entry.validUntil > 1_780_000_000 else { continue }
      let texts = try tiny.entryText(entry)
      var scope: [(String, String)] = []
      var offset = 0
      while let pair = ScopeText.next(texts.scope, &offset) {
        scope.append(
          (String(decoding: pair.key.copied, as: UTF8.self), String(decoding: pair.value.copied, as: UTF8.self)))
      }
      let question = String(decoding: try tiny.questionText(ordinal).copied, as: UTF8.self)
      let answered = try ask(tiny, question, scope: scope)
      #expect(answered.entry == String(decoding: texts.id.copied, as: UTF8.self), "\(question)")
      #expect(answered.answer == String(decoding: try tiny.answer(of: record.owner), as: UTF8.self))
    }
  }

  @Test func caseSpaceAndFinalPunctuationDoNotMatterToAnExactMatch() throws {
    let question = try storedQuestion { $0.scopeLength == 0 && $0.validFrom == Int64.min && $0.validUntil == Int64.max }
    let plain = try ask(tiny, question)
    #expect(plain.reason == nil)
    #expect(try ask(tiny, "  \(question.uppercased()) ?!  ") == plain)
    #expect(try ask(tiny, question.replacing(" ", with: "\u{3000} \t")) == plain)
  }

  @Test func anExpiredEntryFallsBackAndIsNamed() throws {
    let question = try storedQuestion { $0.validUntil < 1_780_000_000 }
    let answered = try ask(tiny, question)
    #expect(answered.reason == .expired)
    #expect(answered.entry != nil)
    #expect(answered.answer.isEmpty)
  }

  @Test func anEntryWhoseTimeHasNotComeFallsBack() throws {
    let question = try storedQuestion { $0.validFrom > 1_780_000_000 }
    #expect(try ask(tiny, question).reason == .notYetValid)
  }

  @Test func anExpiredBundleAnswersNothing() throws {
    let question = try storedQuestion { $0.scopeLength == 0 && $0.validFrom == Int64.min && $0.validUntil == Int64.max }
    #expect(try ask(tiny, question, now: tiny.footer.expiry - 1).reason == nil)
    #expect(try ask(tiny, question, now: tiny.footer.expiry).reason == .expired)
  }

  @Test func scopeDecidesBetweenEntriesWithOneQuestion() throws {
    let scoped = try (0..<UInt32(tiny.entryCount)).filter { try tiny.entry($0).scopeLength > 0 }
    try #require(scoped.count >= 2)
    let question = String(
      decoding: try tiny.questionText(try tiny.entry(scoped[0]).canonicalQuestion).copied, as: UTF8.self)
    #expect(try ask(tiny, question).reason == .ambiguous, "without a scope nothing tells which is meant")
    for entry in scoped {
      let text = try tiny.entryText(try tiny.entry(entry))
      var offset = 0
      let pair = try #require(ScopeText.next(text.scope, &offset))
      let key = String(decoding: pair.key.copied, as: UTF8.self)
      let value = String(decoding: pair.value.copied, as: UTF8.self)
      #expect(try ask(tiny, question, scope: [(key, value)]).entry == String(decoding: text.id.copied, as: UTF8.self))
      #expect(try ask(tiny, question, scope: [(key, "no such value")]).reason == .scope)
    }
  }

  @Test func aDistractorFallsBackWithItsReasonAndRoute() throws {
    var seen = 0
    for ordinal in 0..<UInt32(tiny.questionCount) where try tiny.question(ordinal).isDistractor {
      let answered = try ask(tiny, String(decoding: try tiny.questionText(ordinal).copied, as: UTF8.self))
      #expect(answered.reason != nil && answered.reason != .noMatch)
      #expect(answered.route != nil)
      #expect(answered.answer.isEmpty)
      seen += 1
    }
    #expect(seen > 0)
  }

  @Test func nothingAskedNothingAnswered() throws {
    for text in ["", "   ", "?!", "\u{3002}\u{FF1F}"] { #expect(try ask(tiny, text).reason == .emptyQuery) }
  }

  @Test func aQueryOverTheLimitFallsBack() throws {
    #expect(try ask(tiny, String(repeating: "a", count: QuerySession.maximumQuery)).reason == .noMatch)
    #expect(try ask(tiny, String(repeating: "a", count: QuerySession.maximumQuery + 1)).reason == .queryTooLong)
  }

  @Test func invalidUTF8IsTheCallersError() throws {
    var session = QuerySession(tiny)
    _ = [UInt8]([0x61, 0xFF]).withBytes { bytes in
      #expect(throws: QueryError.invalidUTF8(offset: 1)) { _ = try session.answer(Query(text: bytes, now: 0)) }
    }
  }

  @Test func aVectorOfTheWrongLengthIsTheCallersError() throws {
    var session = QuerySession(tiny)
    _ = [UInt8](repeating: 1, count: 383).withBytes { bytes in
      #expect(throws: QueryError.wrongVectorLength(expected: 384, found: 383)) {
        _ = try session.answer(Query(vector: bytes, now: 0))
      }
    }
    #expect(throws: QueryError.nothingAsked) { _ = try session.answer(Query(now: 0)) }
  }

  @Test func belowFiftyQuestionsOnlyExactMatchesAreAnswered() throws {
    #expect(tiny.decision.level == .exactOnly)
    let question = try storedQuestion { $0.scopeLength == 0 && $0.validFrom == Int64.min && $0.validUntil == Int64.max }
    #expect(try ask(tiny, question + " in the moonlight").reason != nil)
  }

  private func storedQuestion(where wanted: (EntryRecord) -> Bool) throws -> String {
    for ordinal in 0..<UInt32(tiny.entryCount) {
      let record = try tiny.entry(ordinal)
      if wanted(record) {
        return String(decoding: try tiny.questionText(record.canonicalQuestion).copied, as: UTF8.self)
      }
    }
    throw Missing()
  }

  private struct Missing: Error {}
}
