import Testing

@testable import BundleCompiler

@Suite("Malformed recipes are refused with line and remedy")
struct RecipeRefusalTests {
  private static let start = "name: a\nversion: 1\nentries: e.jsonl\n"
  private static let share = "as 1% or 0.01"

  @Test(
    "values",
    arguments: [
      ("budgets: 1", "unknown key 'budgets'; did you mean 'budget'? known keys are name, version, "),
      ("Recall: 1", "unknown key 'Recall'; did you mean 'recall'? known keys are name, version, "),
      ("queires: x", "unknown key 'queires'; did you mean 'queries'? known keys are name, version, "),
      ("colour: x", "unknown key 'colour'; known keys are name, version, expires, entries, variants, distractors, "),
      (
        "budget: {max_wrong: {request: 1%}}",
        "unknown key 'request' in budget.max_wrong; did you mean 'requests'? known keys are requests, answers"
      ),
      ("budget: 5%", "'budget' is not a mapping; write keys and values ({max_wrong: …, confidence: …})"),
      (
        "budget: {max_wrong: {requests: 1}}",
        "'budget.max_wrong.requests' is 1, out of range; write a share between 0% and 100%, exclusive, \(share)"
      ),
      (
        "budget: {max_wrong: {answers: 0%}}",
        "'budget.max_wrong.answers' is 0%, out of range; write a share between 0% and 100%, exclusive, \(share)"
      ),
      (
        "budget: {confidence: 40%}",
        "'budget.confidence' is 40%, out of range; write a share from 50% to below 100%, \(share)"
      ),
      (
        "assume_out_of_scope: 0",
        "'assume_out_of_scope' is 0, out of range; write a share over 0% and at most 100%, \(share)"
      ),
      ("recall: 101%", "'recall' is 101%, out of range; write a share over 0% and at most 100%, \(share)"),
      ("recall: high", "'recall' is 'high', which is not a share; write it as 1% or 0.01"),
      ("recall: .nan", "'recall' is '.nan', which is not a share; write it as 1% or 0.01"),
      ("recall: [1]", "'recall' is a list or mapping; write a single value"),
      ("recall:", "'recall' has no value; give it one, or remove the key"),
      ("variants: []", "'variants' is an empty list; name a file, or remove the key"),
      ("variants: {a: b}", "'variants' is a list or mapping; write a single value"),
      ("ambiguous: ask", "'ambiguous' is 'ask', which is unknown; write refuse or fallback"),
      ("expires: soon", "'expires' is 'soon', which is not a date; write a date (2026-12-31), "),
      ("expires: 2026-02-30", "'expires' is '2026-02-30', which is not a date; write a date (2026-12-31), "),
      ("encoder: {max_bytes: 8 MB}", "'encoder.max_bytes' is '8 MB'; write a whole number from 1 to 2147483647"),
      (
        "embeddings: {entries: e.npy}",
        "the key 'model' is missing from 'embeddings'; add it, such as 'model: sentence-transformers/all-MiniLM-L6-v2'"
      ),
      (
        "embeddings: {model: m, entries: [e.npy, f.npy]}",
        "'embeddings.entries' and 'entries' name different numbers of files, 2 and 1; "
          + "name one .npy file for each file of entries, in the same order"
      ),
      (
        "variants: ${data}/v.jsonl",
        "the path '${data}/v.jsonl' uses ${data}, but no data folder was given; give one with --data FOLDER"
      ),
      ("variants: v/${data}", "the path 'v/${data}' has ${data} inside; use ${data} only at the start of a path"),
      ("name: b", "the key 'name' stands twice; keep one of them"),
      ("recall: 'x", "the recipe is not valid YAML: found unexpected end of stream; correct the line"),
      ("  recall: 1", "the recipe is not valid YAML: did not find expected key; correct the line"),
    ])
  func values(line: String, expected: String) throws {
    let refusal = try InputFolder.refusal(recipe: Self.start + "# four\n" + line + "\n")
    let start = refusal.prefix { $0 != " " }
    // A key that stands twice is reported where it first stands, an unended text where the file ends.
    #expect(["recipe.yaml:5:", "recipe.yaml:6:", "recipe.yaml:1:"].contains(start))
    #expect(start == "recipe.yaml:5:" || line.hasPrefix("name") || line.hasSuffix("'x"))
    #expect(refusal.dropFirst(start.count + 1).hasPrefix(expected), "\(refusal)")
  }

  @Test("missing keys, wrong names and versions")
  func required() throws {
    #expect(
      try InputFolder.refusal(recipe: "version: 1\nentries: e\n")
        == "recipe.yaml:1: the key 'name' is missing from the recipe; add it, such as 'name: my-bundle'")
    #expect(
      try InputFolder.refusal(recipe: "name: a\nentries: e\n")
        == "recipe.yaml:1: the key 'version' is missing from the recipe; add it, such as 'version: 1'")
    #expect(
      try InputFolder.refusal(recipe: "name: a\nversion: 1\n")
        == "recipe.yaml:1: the key 'entries' is missing from the recipe; add it, such as 'entries: entries.jsonl'")
    for name in ["a b", "ä", "../x", String(repeating: "x", count: 65)] {
      #expect(
        try InputFolder.refusal(recipe: "name: \(name)\nversion: 1\nentries: e\n")
          == "recipe.yaml:1: 'name' is '\(name)'; use letters, digits, '-', '_' and '.', at most 64 of them")
    }
    for version in ["0", "-1", "1.5", "one", "9007199254740992"] {
      #expect(
        try InputFolder.refusal(recipe: "name: a\nversion: \(version)\nentries: e\n")
          == "recipe.yaml:2: 'version' is '\(version)'; write a whole number from 1 to 9007199254740991")
    }
  }

  @Test("recipes that are no mapping, empty, not UTF-8, or nested without end")
  func shape() throws {
    #expect(
      try InputFolder.refusal(recipe: "# nothing\n")
        == "recipe.yaml: the recipe is empty; write name, version and entries")
    #expect(
      try InputFolder.refusal(recipe: "- a\n").hasPrefix("recipe.yaml:1: the recipe is not a mapping; write keys"))
    #expect(
      try InputFolder.refusal(recipe: String(repeating: "[", count: 100_000)).hasPrefix(
        "recipe.yaml:1: the recipe is not valid YAML: "))
    let folder = try InputFolder()
    try folder.write("recipe.yaml", bytes: Array("name: a\nversion: ".utf8) + [0xFF])
    let error = #expect(throws: InputError.self) { try Recipe.load(path: folder.path + "/recipe.yaml") }
    #expect(error?.line == 2)
    #expect(error?.problem == "byte 10 of the line is not valid UTF-8")
  }
}
