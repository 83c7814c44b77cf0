import Foundation
import Testing

@testable import BundleCompiler

/// The data sets beside the repository, where they are there, and the recipes in it.
enum SharedData {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path
  static let folder = repository + "/../shared/data"
  static let isThere = FileManager.default.fileExists(atPath: folder + "/README.md")

  /// The recipes of the repository.
  static var recipes: [String] {
    let files = FileManager.default
    let benchmarks = repository + "/tools/bench/recipes"
    let bundles = ((try? files.contentsOfDirectory(atPath: repository + "/bundles")) ?? []).sorted()
    let paths =
      bundles.map { repository + "/bundles/\($0)/recipe.yaml" }
      + ((try? files.contentsOfDirectory(atPath: benchmarks)) ?? []).sorted().map { "\(benchmarks)/\($0)" }
    return paths.filter { $0.hasSuffix(".yaml") && files.fileExists(atPath: $0) }
  }
}

@Suite(
  "The shared data sets are read whole",
  .enabled(if: SharedData.isThere, "the data sets are not at ../shared/data beside the repository"))
struct SharedDataTests {
  @Test(
    "entries, variants and queries are as many as the data's README says",
    arguments: [
      ("banking77", 61, 5_570, 2_969), ("clinc150", 150, 14_850, 3_184), ("covid-cdc-faq", 108, 0, 120),
      ("dev-faq", 521, 0, 33), ("dstc9-faq", 3_700, 0, 470), ("hwu64", 51, 4_220, 2_987), ("medquad", 9_605, 0, 743),
      ("nq-open", 6_179, 0, 421), ("opentrivia", 34_247, 0, 1_000), ("tex-faq", 410, 0, 21), ("va-faq", 417, 0, 55),
    ])
  func counts(name: String, entries: Int, variants: Int, queries: Int) throws {
    let folder = try InputFolder()
    let hasVariants = variants > 0
    try folder.write(
      "recipe.yaml",
      """
      name: \(name)
      version: 1
      entries: ${data}/\(name)/entries.jsonl
      \(hasVariants ? "variants: ${data}/\(name)/variants.jsonl" : "")
      queries: ${data}/\(name)/queries-dev.jsonl
      embeddings:
        model: sentence-transformers/all-MiniLM-L6-v2
        entries: ${data}/\(name)/entries.npy
      \(hasVariants ? "  variants: ${data}/\(name)/variants.npy" : "")
        queries: ${data}/\(name)/queries-dev.npy
      """)
    let inputs = try InputLoader.load(
      try Recipe.load(path: folder.path + "/recipe.yaml", dataFolder: SharedData.folder))
    #expect(inputs.entries.count == entries)
    #expect(inputs.questions.count == entries + variants)
    #expect(inputs.queries.count == queries)
    #expect(inputs.embeddings?.kind == .int8)
    #expect(inputs.embeddings?.questions?.rows == entries + variants)
    #expect(inputs.embeddings?.questions?.width == 384)
    #expect(inputs.embeddings?.queries?.rows == queries)
    let reader = try AnswerReader(inputs)
    for ordinal in stride(from: 0, to: entries, by: 97) {
      #expect(try reader.answer(ordinal).utf8.count == Int(inputs.entries[ordinal].answer.answerLength))
    }
  }
}
