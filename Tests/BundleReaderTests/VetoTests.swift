import BundleFormat
import BundleReader
import TestSupport
import Testing

/// A stored question that contradicts the query is not answered, however similar, and the reply says in what.
@Suite struct VetoTests {
  private static let bundle = Result { () -> Bundle in
    let folder = try TemporaryFolder()
    return try Bundle.open(try SampleBundle.sixty(in: folder))
  }

  private func outcome(_ text: String) throws -> Outcome {
    var session = QuerySession(try Self.bundle.get())
    return try Array(text.utf8).withBytes { try session.answer(Query(text: $0, now: 1_780_000_000)) }
  }

  @Test func aContradictionFallsBackAndIsNamed() throws {
    let plain = try outcome("why does python use indentation for the grouping of its statements")
    #expect(plain.reason == nil && plain.veto == nil)
    let denied = try outcome("why doesn't python use indentation for the grouping of its statements")
    #expect(denied.reason == .noMatch)
    #expect(denied.veto == .negation)
    #expect(denied.compared == nil && denied.score == nil)
  }

  @Test func whatContradictsTheQueryIsNotSuggested() throws {
    var session = QuerySession(try Self.bundle.get())
    let text = Array("why doesn't python use indentation for the grouping of its statements".utf8)
    let outcome = try text.withBytes { try session.answer(Query(text: $0, now: 1_780_000_000)) }
    #expect(outcome.reason == .noMatch)
    let nearest = try session.candidate(0)
    #expect(try session.veto(0) != nil)
    #expect(!session.suggestions.contains { $0.question == nearest.question })
  }

  @Test func everyStoredQuestionHasItsMarks() throws {
    let bundle = try Self.bundle.get()
    #expect(bundle.count(.questionMarkRecords) == bundle.questionCount)
    for ordinal in 0..<UInt32(bundle.questionCount) {
      let marks = try bundle.marks(ordinal)
      #expect(VetoRule.conflicts(marks, marks, slots: .none).isEmpty)
    }
  }

  @Test func aVectorWithoutTextIsNotVetoed() throws {
    let bundle = try Self.bundle.get()
    var session = QuerySession(bundle)
    let vector = [UInt8](repeating: 3, count: Int(bundle.encoder.dimensions))
    let outcome = try vector.withBytes { try session.answer(Query(vector: $0, now: 0)) }
    #expect(outcome.veto == nil && outcome.score != nil)
  }
}
