import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// What rules change in replies, asked of a bundle of sixty entries that answers rewordings.
@Suite struct RuleQueryTests {
  private let folder: TemporaryFolder
  private let sixty: Bundle

  init() throws {
    folder = try TemporaryFolder()
    sixty = try Bundle.open(try SampleBundle.sixty(in: folder))
  }

  private static let stored = "Why does Python use indentation for grouping of statements?"
  private static let reworded = "Why does Python use indentation for the grouping of its statements"

  /// The reply of the protocol, explained.
  private func reply(_ query: String, turn: Int = 1) throws -> [String: Any] {
    let request = try JSONSerialization.data(withJSONObject: ["query": query, "turn": turn, "explain": true])
    let responder = Responder(sixty)
    _ = Array(request).withBytes { responder.respond(to: $0) }
    return try #require(try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any])
  }

  @Test func courtesyAroundAStoredQuestionLeavesAnExactMatch() throws {
    let reply = try reply("Hi team, hope you are well. \(Self.stored) Thanks!")
    #expect(reply["via"] as? String == "exact")
    let explain = try #require(reply["explain"] as? [String: Any])
    #expect(explain["courtesy"] as? [String] == ["hi team, hope you are well", "thanks"])
  }

  @Test func courtesyAroundARewordingChangesNothing() throws {
    let plain = try ask(sixty, Self.reworded)
    #expect(plain.reason == nil)
    #expect(try ask(sixty, "Hello, can you please tell me: \(Self.reworded)? Thank you so much in advance.") == plain)
  }

  @Test func twoRequestsAreSentBack() throws {
    let reply = try reply("\(Self.reworded)? Also, how do I sort a list")
    #expect(reply["reason"] as? String == "several-questions")
    let explain = try #require(reply["explain"] as? [String: Any])
    let classes = try #require(explain["classes"] as? [[String: Any]])
    #expect(classes.contains { $0["class"] as? String == "several-questions" && $0["bars"] is Bool })
  }

  @Test func laterMessagesNeedTheEarlierOnesOnlyIfTheyPointToThem() throws {
    #expect(try ask(sixty, Self.stored, turn: 3).reason == nil)
    #expect(try ask(sixty, "Why does Python use indentation for the grouping of statements", turn: 3).reason == nil)
    for text in ["and for classes?", "why does it use indentation", "yes", "what about that one", "no, the other one"] {
      #expect(try ask(sixty, text, turn: 2).reason == .needsContext, "\(text)")
    }
  }

  @Test func whatCannotStandAloneIsSaidToNeedContext() throws {
    for text in ["how old is he", "what about tomorrow", "yes, cancel it"] {
      #expect(try ask(sixty, text).reason == .needsContext, "\(text)")
    }
    #expect(try ask(sixty, "how tall is the lighthouse").reason == .noMatch)
  }

  @Test func aClassThatNoWordingOfTheEntryShowsKeepsTheAnswerBack() throws {
    let recipe = try String(contentsOfFile: folder.file("recipe.yaml"), encoding: .utf8)
    func bundle(_ pattern: String) throws -> Bundle {
      try folder.write("ruled.yaml", recipe + "\nrules: {add: {action: [\"\(pattern)\"]}}\n")
      try SampleBundle.compile(recipe: folder.file("ruled.yaml"), to: folder.file("ruled.almanac"))
      return try Bundle.open(folder.file("ruled.almanac"))
    }
    let strict = try bundle("the grouping of its")
    let kept = try ask(strict, Self.reworded)
    #expect(kept.reason == .guarded && kept.entry == nil && kept.answer.isEmpty && kept.route == "large")
    #expect(try ask(strict, Self.stored).reason == nil, "an exact match is never kept back")
    let excused = try bundle("grouping of")
    #expect(try ask(excused, Self.reworded).reason == nil, "the stored question shows it too")
  }

  @Test func distractorsKeepTheirReasonAndRoute() throws {
    let tiny = try Bundle.open(try SampleBundle.tiny(in: folder))
    let owed = try ask(tiny, "Hello, how much do I owe in late fees? Thanks")
    #expect(owed.reason == .guarded && owed.route == "large")
    let open = try ask(tiny, "is it still open now")
    #expect(open.reason == .needsContext && open.route == "small")
    let colour = try ask(tiny, "Can I print in colour?")
    #expect(colour.reason == .distractor && colour.route == "large")
  }

  @Test func forgedRulesAreRefusedOrHarmless() throws {
    let path = folder.file("sixty.almanac")
    let good = try contents(path)
    let rules = try sixty.segment(.decisionRules, 0).copied
    let place = try #require(
      stride(from: 0, to: good.count - rules.count, by: 64).first {
        good[$0..<$0 + 512].elementsEqual(rules.prefix(512))
      })
    var random = SeededRandom()
    for round in 0..<60 {
      let forged = folder.file("forged-\(round).almanac")
      try ForgedBundle.write(good, to: forged) { data in
        for _ in 0..<3 {
          let limit = round % 2 == 0 ? RuleTable.headerSize : rules.count
          data[place + Int.random(in: 0..<limit, using: &random)] = UInt8.random(in: 0...255, using: &random)
        }
      }
      do throws(BundleError) {
        let bundle = try Bundle.open(forged)
        _ = try? ask(bundle, "hi, \(Self.reworded) and what is it right now, thanks")
      } catch {
        #expect(error == .malformedSection(.decisionRules), "seed \(random.seed)")
      }
      try FileManager.default.removeItem(atPath: forged)
    }
  }

  @Test(arguments: [SectionName.decisionRules, .decisionMarksLexicon])
  func rulesOrWordsOfALaterKindLeaveExactMatchesOnly(section: SectionName) throws {
    let good = try contents(folder.file("sixty.almanac"))
    let rules = try sixty.segment(section, 0).copied
    let place = try #require(
      stride(from: 0, to: good.count - rules.count, by: 64).first {
        good[$0..<$0 + 512].elementsEqual(rules.prefix(512))
      })
    try ForgedBundle.write(good, to: folder.file("later.almanac")) { $0[place] = 2 }
    let later = try Bundle.open(folder.file("later.almanac"))
    #expect(try ask(later, Self.stored).reason == nil)
    #expect(try ask(later, Self.reworded).reason == .noMatch)
  }
}
