import BundleCompiler
import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// A layer and its base answer together as one bundle would, and never without each other.
@Suite struct LayerTests {
  private let folder: TemporaryFolder
  private let faq: FAQRecipe
  private let basePath: String
  private let layerPath: String
  private let base: Bundle
  private let pair: Bundle

  private static let replaced = 3
  private static let deleted = 5

  // Over the first 80 entries: one replaced, one deleted, ten new ones.
  init() throws {
    folder = try TemporaryFolder()
    faq = try FAQRecipe(0..<80)
    basePath = try faq.compile("base", in: folder)
    var today = try FAQRecipe(Self.replaced..<Self.replaced + 1)
    today.rows[0]["answer"] = "Today's answer."
    today.add(try FAQRecipe(80..<90))
    today.delete(faq.id(Self.deleted))
    layerPath = try today.compile("today", in: folder, base: basePath)
    base = try Bundle.open(basePath)
    pair = try Bundle.open(layerPath, over: base)
  }

  /// Real questions, in and out of scope: those of the labelled set.
  private static func queries() throws -> [String] {
    let lines = try String(contentsOfFile: Repository.path("bundles/dev-faq/queries.jsonl"), encoding: .utf8)
    return try lines.split(separator: "\n").compactMap { line in
      (try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])?["query"] as? String
    }
  }

  private struct Choice: Equatable {
    var compared: String?
    var score: Int64?
    var candidates: [String]
  }

  // What the search found and what was chosen, by texts, since the ordinals of one bundle are not those of a pair.
  private static func choice(_ bundle: Bundle, _ text: String) throws -> Choice {
    var session = QuerySession(bundle)
    let outcome = try Array(text.utf8).withBytes { try session.answer(Query(text: $0, now: 1_780_000_000)) }
    let candidates = try (0..<min(session.candidateCount, 10)).map { index in
      let found = try session.candidate(index)
      return String(decoding: try bundle.questionText(found.question).copied, as: UTF8.self) + " \(found.similarity)"
    }
    return Choice(
      compared: try outcome.compared.map {
        String(decoding: try bundle.questionText($0.question).copied, as: UTF8.self)
      },
      score: outcome.score, candidates: candidates.sorted())
  }

  @Test func everyQuestionOfBothIsAnsweredByItsOwnEntry() throws {
    var all = try FAQRecipe(0..<90)
    all.remove(Self.deleted)
    for row in all.rows {
      let question = row["question"] as? String ?? ""
      let id = row["id"] as? String
      let answered = try ask(pair, question)
      #expect(answered.entry == id, "\(question)")
      let expected = id == faq.id(Self.replaced) ? "Today's answer." : row["answer"] as? String
      #expect(answered.answer == expected, "\(question)")
    }
  }

  @Test func aPairFindsAndScoresWhatOneBundleOfTheUnionWithTheSameEncoderDoes() throws {
    var all = try FAQRecipe(0..<90)
    all.rows[Self.replaced]["answer"] = "Today's answer."
    all.remove(Self.deleted)
    let union = try Bundle.open(try all.compile("union", in: folder, previous: basePath))
    var random = SeededRandom()
    var queries = try Self.queries().shuffled(using: &random).prefix(60) + []
    // Stored wordings with a word left out.
    for index in [0, 20, 40, 60, 79, 84, 88] {
      let row = try FAQRecipe(index..<index + 1).question(0).split(separator: " ")
      queries.append(row.enumerated().filter { $0.offset != row.count / 2 }.map(\.element).joined(separator: " "))
    }
    var hits = 0
    for query in queries {
      let one = try Self.choice(union, query)
      let two = try Self.choice(pair, query)
      #expect(one == two, "\(query), seed \(random.seed)")
      // Thresholds are set on samples in another order, so only what both answer can be compared.
      let (single, paired) = (try ask(union, query), try ask(pair, query))
      if single.reason == nil, paired.reason == nil {
        #expect(single == paired, "\(query)")
        hits += 1
      }
    }
    #expect(hits > 0)
  }

  @Test func whatIsDeletedOrReplacedNeverAnswersByAnyWording() throws {
    for index in [Self.deleted, Self.replaced] {
      let question = faq.question(index)
      let words = question.split(separator: " ")
      var wordings = [question, question.uppercased(), "please " + question, "hello, " + question]
      for left in words.indices {
        wordings.append(words.enumerated().filter { $0.offset != left }.map(\.element).joined(separator: " "))
      }
      let answer = faq.rows[index]["answer"] as? String ?? ""
      #expect(try ask(base, question).answer == answer)
      for wording in wordings {
        let answered = try ask(pair, wording)
        #expect(answered.answer != answer, "\(wording)")
        if index == Self.deleted { #expect(answered.entry != faq.id(index), "\(wording)") }
      }
    }
  }

  @Test func aDeletedEntryIsNoCandidateAndNoSuggestion() throws {
    var session = QuerySession(pair)
    let outcome = try Array(faq.question(Self.deleted).utf8).withBytes {
      try session.answer(Query(text: $0, now: 1_780_000_000))
    }
    #expect(outcome.kind == nil)
    for index in 0..<session.candidateCount {
      let owner = try session.candidate(index).owner
      let id = try pair.entryText(pair.entry(owner)).id.copied
      #expect(String(decoding: id, as: UTF8.self) != faq.id(Self.deleted))
    }
  }

  @Test func aLayerOpensOnlyOverItsOwnBase() throws {
    let other = try Bundle.open(try FAQRecipe(0..<79).compile("other", in: folder))
    let root = base.footer.root
    #expect(throws: BundleError.needsBase(root: root)) { try Bundle.open(layerPath) }
    #expect(throws: BundleError.otherBase(expected: root, found: other.footer.root)) {
      try Bundle.open(layerPath, over: other)
    }
    #expect(throws: BundleError.notALayer) { try Bundle.open(basePath, over: other) }
    #expect(throws: BundleError.self) { try Bundle.open(layerPath, over: pair) }
    let alone = try Bundle.open(layerPath, isInspected: true)
    #expect(alone.isIncomplete)
    #expect(try ask(alone, faq.question(0)).reason == .damaged)
  }

  @Test func damageInALayerNeverLetsAnOlderAnswerThrough() throws {
    let good = try contents(layerPath)
    let wordings = [
      faq.question(Self.deleted), faq.question(Self.replaced), faq.question(0), try FAQRecipe(84..<85).question(0),
    ]
    let truth = try wordings.map { try ask(pair, $0) }
    var random = SeededRandom()
    var noticed = 0
    for _ in 0..<300 {
      var bytes = good
      let bit = Int.random(in: 0..<bytes.count * 8, using: &random)
      bytes[bit / 8] ^= 1 << UInt8(bit % 8)
      let path = folder.file("damaged.almanac")
      try? FileManager.default.removeItem(atPath: path)
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      guard let damaged = try? Bundle.open(path, over: base) else {
        noticed += 1
        continue
      }
      for (wording, expected) in zip(wordings, truth) {
        let answered = (try? ask(damaged, wording)) ?? .damaged
        if answered == expected { continue }
        #expect(answered.reason == .damaged, "bit \(bit), seed \(random.seed)")
        noticed += 1
      }
    }
    #expect(noticed > 0)
  }

  @Test func afterTheTimeOfALayerThePairIsDamagedAndAfterThatOfItsBaseExpired() throws {
    var today = try FAQRecipe(80..<82)
    today.delete(faq.id(Self.deleted))
    let path = try today.compile("brief", in: folder, base: basePath, further: "expires: 2026-12-01")
    let brief = try Bundle.open(path, over: base)
    let end: Int64 = 1_796_083_200
    #expect(brief.expiry == end)
    #expect(try ask(brief, faq.question(0), now: end - 1).reason == nil)
    #expect(try ask(brief, faq.question(0), now: end).reason == .damaged)
    #expect(try ask(base, faq.question(0), now: end).reason == nil)
    let short = try faq.compile("short", in: folder, further: "expires: 2026-12-01")
    let over = try Bundle.open(try today.compile("over", in: folder, base: short), over: Bundle.open(short))
    #expect(over.expiry == end)
    #expect(try ask(over, faq.question(0), now: end).reason == .expired)
  }

  @Test func aLayerMayOnlyDelete() throws {
    var today = try FAQRecipe(0..<0)
    for index in 10..<14 { today.delete(faq.id(index)) }
    let path = try today.compile("less", in: folder, base: basePath)
    let less = try Bundle.open(path, over: base)
    for index in 10..<14 { #expect(try ask(less, faq.question(index)).entry == nil) }
    #expect(try ask(less, faq.question(20)).entry == faq.id(20))
    #expect(try less.countEntries() == 76)
  }

  @Test func mistakesInALayersRecipeAreNamed() throws {
    var unknown = try FAQRecipe(80..<81)
    unknown.delete("no/such/entry")
    #expect(throws: InputError.self) { try unknown.compile("unknown", in: folder, base: basePath) }
    var both = try FAQRecipe(3..<4)
    both.delete(faq.id(3))
    #expect(throws: InputError.self) { try both.compile("both", in: folder, base: basePath) }
    var whole = try FAQRecipe(0..<60)
    whole.delete(faq.id(70))
    #expect(throws: InputError.self) { try whole.compile("whole", in: folder) }
    // The same question under another id would be two answers to it.
    var rival = try FAQRecipe(4..<5)
    rival.rows[0]["id"] = "another/id"
    #expect(throws: InputError.self) { try rival.compile("rival", in: folder, base: basePath) }
    #expect(throws: WriteError.self) {
      try FAQRecipe(80..<81).compile("upon-layer", in: folder, base: layerPath)
    }
  }

  @Test func theProgramsAnswerFromBothAndRefuseALayerAlone() throws {
    let query = ["--query", faq.question(Self.replaced), "--now", "1780000000"]
    let both = try Tool.run("almanac-reader", [basePath, "--layer", layerPath] + query)
    #expect(both.status == 0 && both.output.contains("Today's answer."), "\(both.errors)")
    let alone = try Tool.run("almanac-reader", [layerPath] + query)
    #expect(alone.status == 1 && alone.errors.contains("is a layer"), "\(alone.errors)")
    let missing = try Tool.run("almanac-reader", [basePath, "--layer", folder.file("none.almanac")] + query)
    #expect(missing.status == 1 && missing.output.isEmpty, "\(missing.errors)")
    let asked = try Tool.run("ask", [basePath, "--layer", layerPath, faq.question(Self.deleted)])
    #expect(asked.status == 3, "\(asked.output)")
    let shown = try Tool.run("almanac", ["inspect", layerPath])
    #expect(shown.status == 0 && shown.output.contains(base.footer.root.hexadecimal), "\(shown.errors)")
    #expect(try Tool.run("almanac", ["verify", layerPath]).status == 0)
  }
}
