import BundleReader
import Foundation
import TestSupport
import Testing

/// What the tools make of a layer: a pair is checked and measured as one bundle, and a layer is signed as one.
@Suite struct LayerCommandTests {
  private let folder: TemporaryFolder
  private let faq: FAQRecipe
  private let base: String
  private let layer: String
  private static let now = ["--now", "1780000000"]

  init() throws {
    folder = try TemporaryFolder()
    faq = try FAQRecipe(0..<60)
    base = try faq.compile("base", in: folder)
    var today = try FAQRecipe(3..<4)
    today.rows[0]["answer"] = "Today's answer."
    today.add(try FAQRecipe(60..<70))
    today.delete(faq.id(5))
    layer = try today.compile("today", in: folder, base: base)
  }

  private func row(_ recipe: FAQRecipe, _ index: Int) throws -> String {
    try CheckFixture.row(recipe.question(index), expect: recipe.id(index))
  }

  @Test func aPairIsCheckedAsOneBundle() throws {
    let added = try FAQRecipe(60..<70)
    let rows = try [row(faq, 3), row(faq, 20), row(added, 0), row(added, 9)]
    let queries = try folder.write("queries.jsonl", rows.joined(separator: "\n") + "\n")
    let outcome = try Tool.run("almanac", ["check", base, queries, "--layer", layer, "--json"] + Self.now)
    #expect(outcome.status == 0, "\(outcome.errors)")
    let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    #expect(object["right"] as? Int == 4)
    // What the layer deletes nobody may expect any more, and the base alone knows nothing of what it adds.
    let gone = try folder.write("gone.jsonl", try row(faq, 5) + "\n")
    #expect(try Tool.run("almanac", ["check", base, gone, "--layer", layer] + Self.now).status == 1)
    #expect(try Tool.run("almanac", ["check", base, queries] + Self.now).status == 1)
  }

  @Test func aPairIsMeasuredWithoutWhatTheLayerReplaces() throws {
    let outcome = try Tool.run("almanac", ["bench", base, "--layer", layer, "--repeat", "2", "--json"] + Self.now)
    let object = try #require(try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
    let asked = ["exact", "semantic", "fallback"].compactMap { (object[$0] as? [String: Any])?["queries"] as? Int }
    #expect(asked.reduce(0, +) == 2 * 69)
    #expect(object["layer"] as? String == layer)
  }

  @Test func errorsNameTheFileOfThePairThatIsRefused() throws {
    let queries = try folder.write("queries.jsonl", try row(faq, 3) + "\n")
    for arguments in [["check", base, queries], ["bench", base]] {
      let missing = try Tool.run("almanac", arguments + ["--layer", folder.file("missing")] + Self.now)
      #expect(missing.status == 1)
      #expect(missing.errors.contains("missing: "))
      let swapped = try Tool.run("almanac", arguments + ["--layer", base] + Self.now)
      #expect(swapped.errors.contains("no layer"), "\(swapped.errors)")
    }
    for program in ["ask", "almanac-reader"] {
      let question = program == "ask" ? ["x"] : ["--query", "x"]
      let missing = try Tool.run(program, [base, "--layer", folder.file("missing")] + question)
      #expect(missing.status == 1)
      #expect(missing.errors.hasPrefix("error: \(folder.file("missing")): "), "\(missing.errors)")
      let damaged = try Tool.run(program, [folder.file("missing"), "--layer", layer] + question)
      #expect(damaged.errors.hasPrefix("error: \(folder.file("missing")): "))
    }
  }

  @Test func hitsThatWereMarkedCountForAPairToo() throws {
    let log = try (0..<60).map { try row(faq, $0) }.joined(separator: "\n")
    let sample = folder.file("hits.jsonl")
    let drawn = try Tool.run(
      "almanac", ["sample", base, folder.write("log.jsonl", log), "-n", "40", "--seed", "7", "-o", sample] + Self.now)
    #expect(drawn.status == 0, "\(drawn.errors)")
    let marked = try String(contentsOfFile: sample, encoding: .utf8)
      .replacingOccurrences(of: #""mark":null"#, with: #""mark":"right""#)
    try folder.write("hits.jsonl", marked)
    var today = try FAQRecipe(60..<64)
    today.delete(faq.id(5))
    let recipe = try today.write("marked", in: folder, further: "marked_hits: ../hits.jsonl")
    let outcome = try Tool.run(
      "almanac", ["compile", recipe, "--base", base, "-o", folder.file("marked.almanac"), "--json"])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("marked_hits"), "\(outcome.output)")
  }

  @Test func aLayerIsSignedAsABundleIsAndAPairNeedsBothSignatures() throws {
    let key = folder.file("k.key")
    let open = [base, "--layer", layer, "--public-key", folder.file("k.pub"), faq.question(3)]
    _ = try Tool.run("almanac", ["keygen", "-W", "-o", folder.file("k")])
    let descriptor = try Tool.run("almanac", ["descriptor", layer])
    #expect(descriptor.status == 0)
    #expect(try Tool.run("almanac", ["sign", layer, "-s", key]).status == 0)
    #expect(try Tool.run("almanac", ["verify", layer, "--public-key", folder.file("k.pub")]).status == 0)
    #expect(try Tool.run("ask", open).status == 1, "the base is not signed")
    #expect(try Tool.run("almanac", ["sign", base, "-s", key]).status == 0)
    let outcome = try Tool.run("ask", open)
    #expect(outcome.status == 0)
    #expect(outcome.output.contains("Today's answer."))
  }
}
