import Foundation
import Testing

@testable import BundleCompiler

@Suite("Recipes")
struct RecipeTests {
  private func load(_ text: String, dataFolder: String? = nil) throws -> (Recipe, folder: String) {
    let folder = try InputFolder()
    try folder.write("recipe.yaml", text)
    return (try Recipe.load(path: folder.path + "/recipe.yaml", dataFolder: dataFolder), folder.path + "/")
  }

  @Test("only name, version and entries are needed; the rest has the defaults of the design")
  func defaults() throws {
    let (recipe, folder) = try load("name: a\nversion: 3\nentries: e.jsonl\n")
    #expect(recipe.name == "a")
    #expect(recipe.version == 3)
    #expect(recipe.entries == [Recipe.SourceFile(path: folder + "e.jsonl", line: 3)])
    #expect(recipe.expires == nil && recipe.embeddings == nil && recipe.defaultRoute == nil)
    #expect(recipe.variants.isEmpty && recipe.distractors.isEmpty && recipe.queries.isEmpty)
    #expect(recipe.budget == Recipe.Budget())
    #expect(recipe.budget.wrongOfRequests == 0.01 && recipe.budget.wrongOfAnswers == 0.05)
    #expect(recipe.budget.confidence == 0.95 && recipe.assumeOutOfScope == 0.5 && recipe.recall == 0.99)
    #expect(recipe.ambiguous == .refuse && recipe.maximumEncoderBytes == nil)
  }

  @Test("every key is read")
  func everyKey() throws {
    let (recipe, folder) = try load(
      """
      name: A-b_c.1
      version: "20260131"
      expires: 2026-12-31
      entries: [e1.jsonl, /abs/e2.jsonl]
      variants: v.jsonl
      distractors: d.jsonl
      queries:
        - q1.jsonl
        - ${data}/q2.jsonl
      embeddings: {model: m, entries: [e1.npy, e2.npy], variants: v.npy, distractors: d.npy, queries: [q1.npy, q2.npy]}
      budget: {max_wrong: {requests: 0.5 %, answers: 0.02}, confidence: 99%}
      assume_out_of_scope: 100%
      recall: 1
      ambiguous: fallback
      default_route: large
      encoder: {max_bytes: 400000}
      """, dataFolder: "../data")
    #expect(recipe.name == "A-b_c.1")
    #expect(recipe.version == 20_260_131)
    #expect(recipe.expires == 1_798_675_200)
    #expect(recipe.entries.map(\.path) == [folder + "e1.jsonl", "/abs/e2.jsonl"])
    #expect(recipe.variants.map(\.path) == [folder + "v.jsonl"])
    #expect(recipe.distractors.map(\.path) == [folder + "d.jsonl"])
    #expect(recipe.queries.map(\.path) == [folder + "q1.jsonl", "../data/q2.jsonl"])
    #expect(recipe.queries.map(\.line) == [8, 9])
    #expect(recipe.embeddings?.model == "m")
    #expect(recipe.embeddings?.queries.count == 2)
    #expect(recipe.budget.wrongOfRequests == 0.005 && recipe.budget.wrongOfAnswers == 0.02)
    #expect(recipe.budget.confidence == 0.99 && recipe.assumeOutOfScope == 1 && recipe.recall == 1)
    #expect(recipe.ambiguous == .fallback && recipe.defaultRoute == "large" && recipe.maximumEncoderBytes == 400_000)
  }

  @Test("a file that is not there is named at its line, a recipe that is not there as given")
  func missing() throws {
    let folder = try InputFolder()
    folder.recipe = "variants:\n  - v.jsonl\n"
    #expect(
      try folder.refusal() == "recipe.yaml:5: file 'v.jsonl' cannot be opened (No such file or directory); "
        + "check that the path is right and may be read")
    let error = #expect(throws: InputError.self) { try Recipe.load(path: "no/such.yaml") }
    #expect(
      error?.description == "no/such.yaml: cannot be opened (No such file or directory); "
        + "check that the path is right and may be read")
  }

  @Test("a folder is not a file")
  func folder() throws {
    let folder = try InputFolder()
    try FileManager.default.createDirectory(atPath: folder.path + "/v", withIntermediateDirectories: true)
    folder.recipe = "variants: v\n"
    #expect(
      try folder.refusal()
        == "recipe.yaml:4: file 'v' is not a regular file; give the path of a file, not of a folder or pipe")
  }

  @Test("recipes of the sample bundles and the benchmarks load", arguments: SharedData.recipes)
  func samples(path: String) throws {
    let recipe = try Recipe.load(path: path, dataFolder: SharedData.folder)
    guard path.contains("/bundles/") || SharedData.isThere else { return }
    let inputs = try InputLoader.load(recipe)
    #expect(inputs.questions.count >= inputs.entries.count)
    #expect(inputs.embeddings?.questions?.rows == inputs.questions.count { $0.embeddingRow != nil })
  }
}
