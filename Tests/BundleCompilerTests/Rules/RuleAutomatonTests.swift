import BundleFormat
import TestSupport
import Testing

@testable import BundleCompiler

/// The automaton matches exactly what its patterns say, whatever table and text it is given.
@Suite struct RuleAutomatonTests {
  private static let words = ["red", "green", "blue", "grey", "pink"]

  private static func pattern(_ random: inout SeededRandom) -> String {
    var tokens: [String] = []
    for place in 0..<Int.random(in: 1...4, using: &random) {
      let chosen = words.shuffled(using: &random).prefix(Int.random(in: 1...2, using: &random)).joined(separator: "|")
      let kind = Int.random(in: 0..<8, using: &random)
      tokens.append(place == 0 || kind < 4 ? chosen : kind == 4 ? "_" : kind == 5 ? "*" : chosen + "?")
    }
    if Bool.random(using: &random) { tokens.insert("^", at: 0) }
    if Bool.random(using: &random) { tokens.append("$") }
    return tokens.joined(separator: " ")
  }

  /// Whether the elements from `place` on can take exactly the words from `first` up to `end`.
  private static func fits(_ elements: [RulePattern.Element], _ place: Int, _ text: [String], _ first: Int, _ end: Int)
    -> Bool
  {
    guard place < elements.count else { return first == end }
    let element = elements[place]
    if element.isOptional, fits(elements, place + 1, text, first, end) { return true }
    guard first < end, element.words.isEmpty || element.words.contains(text[first]) else { return false }
    return fits(elements, place + 1, text, first + 1, end)
  }

  private static func matches(_ pattern: RulePattern, _ text: [String]) -> Bool {
    for first in 0..<text.count {
      for end in first + 1..<text.count + 1 where fits(pattern.elements, 0, text, first, end) {
        let begins = pattern.anchors & 1 == 0 || first == 0
        if begins, pattern.anchors & 2 == 0 || end == text.count { return true }
      }
    }
    return false
  }

  @Test func matchesWhatThePatternsSay() throws {
    var random = SeededRandom()
    for _ in 0..<200 {
      let lines = (0..<Int.random(in: 1...4, using: &random)).map { _ in
        RecipeRules.Line(
          kind: [.personal, .live, .action].randomElement(using: &random)!, pattern: Self.pattern(&random), file: "",
          line: 1)
      }
      let patterns = try lines.map { try RulePattern($0) { _ in nil } }
      let probe = RuleProbe(bytes: RuleAutomaton(patterns).encoded(flags: 0x7F))
      for _ in 0..<20 {
        let text = (0..<Int.random(in: 1...7, using: &random)).map { _ in
          (Self.words + ["other"]).randomElement(using: &random)!
        }
        var expected: RuleClasses = []
        for pattern in patterns where Self.matches(pattern, text) {
          expected.formUnion(pattern.kind == .personal ? .personal : pattern.kind == .live ? .live : .action)
        }
        let found = try probe.find(text.joined(separator: " "))?.classes
        #expect(found == expected, "\(lines.map(\.pattern)) on \(text), seed \(random.seed)")
      }
    }
  }

  @Test func equalPatternsGiveEqualBytes() throws {
    #expect(try CompiledRules(RecipeRules()).bytes == CompiledRules(RecipeRules()).bytes)
  }

  @Test func whatIsLeftIsANormalForm() throws {
    let probe = try RuleProbe()
    var random = SeededRandom()
    let parts = [
      "hi", "Hello", "please", "thanks", "thank you", "can you tell me", "what is", "my", "balance", ",", ".", "?",
      " - ", "…", "(",
      ")", "¿", "e\u{301}", "\u{301}", "東京", "👩‍👩‍👧", "ß", "it", "and", "also", "。", "best regards", ":", "#", "c++",
    ]
    for _ in 0..<800 {
      let text = (0..<Int.random(in: 1...9, using: &random)).map { _ in
        parts.randomElement(using: &random)! + ["", " ", " "].randomElement(using: &random)!
      }.joined()
      let core = try #require(try probe.find(text)).core
      #expect(try RuleProbe.normalForm(core) == Array(core.utf8), "\(text), seed \(random.seed)")
      let isEmpty = try RuleProbe.normalForm(text).isEmpty
      #expect(core.isEmpty == isEmpty, "\(text), seed \(random.seed)")
    }
  }

  @Test func noForgedTableEndsTheProcess() throws {
    // A small table, so that changes meet what the text needs.
    var recipe = RecipeRules()
    recipe.languages = ["nl"]
    let good = try CompiledRules(recipe).bytes
    var random = SeededRandom()
    let text = "hallo allemaal, hoe laat is het vandaag alstublieft? en wat kost dat, hartelijk bedankt"
    var opened = 0
    for round in 0..<300 {
      var bytes = good
      for _ in 0..<Int.random(in: 1...40, using: &random) {
        // The header decides where everything is, so every tenth table has it changed.
        let place = Int.random(in: 0..<(round % 10 == 0 ? RuleTable.headerSize : bytes.count), using: &random)
        bytes[place] = [0, 1, 0x7F, 0x80, 0xFF, UInt8.random(in: 0...255, using: &random)].randomElement(
          using: &random)!
      }
      if round % 7 == 0 { bytes.removeLast(Int.random(in: 1...bytes.count, using: &random)) }
      if let found = try RuleProbe(bytes: bytes).find(text) {
        opened += 1
        #expect(found.core.utf8.count <= text.utf8.count, "seed \(random.seed)")
      }
    }
    #expect(opened > 0, "seed \(random.seed)")
  }
}
