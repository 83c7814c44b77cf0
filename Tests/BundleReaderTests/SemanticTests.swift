import BundleFormat
import BundleReader
import CKernels
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// What happens to queries that equal no stored question. Asked of 60 entries of `bundles/dev-faq`.
@Suite struct SemanticTests {
  private let folder: TemporaryFolder
  private let path: String
  private let sixty: Bundle

  init() throws {
    folder = try TemporaryFolder()
    path = try SampleBundle.sixty(in: folder)
    sixty = try Bundle.open(path)
  }

  @Test func aRewordingIsAnsweredAndAStrangerIsNot() throws {
    #expect(sixty.decision.level == .selfTested)
    let hit = try ask(sixty, "Why does Python use indentation for the grouping of its statements")
    #expect(hit.reason == nil)
    #expect(hit.entry == "dev-faq/python/design-why-does-python-use-indentation-for-grouping-of-statements")
    #expect(hit.answer.hasPrefix("Guido van Rossum believes"))
    let stranger = try ask(sixty, "how long should I boil an egg")
    #expect(stranger.reason == .noMatch)
    #expect(stranger.route == "large")
  }

  @Test func aCallerCanOnlyTighten() throws {
    let query = "Why does Python use indentation for the grouping of its statements"
    #expect(try ask(sixty, query, maximumWrong: 1_000_000).reason == nil)
    #expect(try ask(sixty, query, maximumWrong: 0).reason == .noMatch, "no self-test proves that nothing is wrong")
    let stored = "Why does Python use indentation for grouping of statements?"
    #expect(try ask(sixty, stored, maximumWrong: 0).reason == nil, "an exact match is not a guess")
    #expect(try ask(sixty, "how long should I boil an egg", maximumWrong: 1_000_000).reason == .noMatch)
  }

  @Test func laterTurnsNeedTheirContextUnlessTheyMatchExactly() throws {
    let query = "Why does Python use indentation for the grouping of its statements"
    #expect(try ask(sixty, query, turn: 2).reason == .needsContext)
    #expect(try ask(sixty, "Why does Python use indentation for grouping of statements?", turn: 2).reason == nil)
  }

  @Test func wordsNobodyKnowsMatchNothing() throws {
    for text in ["ლამაზი დღეა", "🦑🦑🦑", "\u{0378}\u{0379}"] {
      #expect(try ask(sixty, text).reason == .noMatch, "\(text)")
    }
  }

  @Test func everyInstructionSetGivesTheSameOutcome() throws {
    let lines = try String(contentsOfFile: Repository.path("bundles/dev-faq/queries.jsonl"), encoding: .utf8)
    let queries = try lines.split(separator: "\n").prefix(80).map { line in
      try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])["query"] as? String ?? ""
    }
    let portable = try outcomes(queries, ALMANAC_KERNELS_PORTABLE)
    for level in [ALMANAC_KERNELS_AVX2, ALMANAC_KERNELS_AVX512, ALMANAC_KERNELS_NEON]
    where almanac_kernels_choose(level) != nil {
      #expect(try outcomes(queries, level) == portable, "\(String(cString: almanac_kernels_name(level)))")
    }
  }

  private func outcomes(_ queries: [String], _ level: almanac_kernel_level) throws -> [String] {
    var session = QuerySession(try Bundle.open(path, level: level))
    return try queries.map { query in
      try Array(query.utf8).withBytes { text in
        let outcome = try session.answer(Query(text: text, now: 0))
        let candidates = try (0..<session.candidateCount).map { try session.candidate($0) }
          .map { "\($0.question):\($0.similarity)" }
        return "\(outcome) \(candidates)"
      }
    }
  }

  @Test func aStoredQuestionsOwnVectorFindsIt() throws {
    // The given embedding of entry 3, asked as a vector without text.
    let matrix = try contents(Repository.path("bundles/dev-faq/entries.npy"))
    let start = 10 + Int(matrix[8]) + Int(matrix[9]) << 8
    var session = QuerySession(sixty)
    try Array(matrix[start + 3 * 384..<start + 4 * 384]).withBytes { vector in
      let outcome = try session.answer(Query(vector: vector, now: 0))
      #expect(try session.candidate(0).owner == 3)
      #expect(try session.candidate(0).similarity == Cosine.one)
      #expect(outcome.similarity == Cosine.one)
    }
  }
}
