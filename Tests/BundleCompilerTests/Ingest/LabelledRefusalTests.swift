import Testing

@testable import BundleCompiler

@Suite("Malformed variants, distractors and queries are refused with file, line and remedy")
struct LabelledRefusalTests {
  private func refusal(_ key: String, _ line: String) throws -> String {
    let folder = try InputFolder()
    folder.recipe = "\(key): \(key).jsonl\n"
    try folder.write("\(key).jsonl", "\n" + line)
    return try folder.refusal()
  }

  @Test(
    "variants",
    arguments: [
      (
        #"{"id":"z","question":"x"}"#,
        #"the variant belongs to "z", which no entry has as its id; correct the id, or add the entry"#
      ),
      (#"{"id":"a"}"#, #"the field "question" is missing; add it, as a string"#),
      (
        #"{"id":"a","question":"x","origin":"sampled"}"#,
        #"the field "origin" is "sampled", which is unknown; write "written", "generated" or "accepted", or leave it out"#
      ),
    ])
  func variants(line: String, expected: String) throws {
    #expect(try refusal("variants", line) == "variants.jsonl:2: \(expected)")
  }

  @Test(
    "distractors",
    arguments: [
      (
        #"{"question":"x","reason":"boring"}"#,
        #"the field "reason" is "boring", which is unknown; write "no-match", "ambiguous", "guard", "distractor", "#
          + #""needs-context", "several-questions" or "scope", or leave it out"#
      ),
      (#"{"question":"x","route":""}"#, #"the field "route" is empty; give it a value"#),
      (
        #"{"question":" "}"#,
        "the question has nothing but white space and punctuation that is not compared; write a question, or remove it"
      ),
    ])
  func distractors(line: String, expected: String) throws {
    #expect(try refusal("distractors", line) == "distractors.jsonl:2: \(expected)")
  }

  @Test(
    "queries",
    arguments: [
      (
        #"{"query":"x"}"#,
        #"the field "expect" is missing; add it: an entry's id, or null if the query must fall back"#
      ),
      (
        #"{"query":"x","expect":3}"#,
        #"the field "expect" is a number; write an entry's id, or null if the query must fall back"#
      ),
      (
        #"{"query":"x","expect":"z"}"#,
        #"the query expects "z", which no entry has as its id; correct the id, or add the entry"#
      ),
      (
        #"{"query":"x","expect":null,"origin":"accepted"}"#,
        #"the field "origin" is "accepted", which is unknown; write "sampled", "written" or "generated", or leave it out"#
      ),
    ])
  func queries(line: String, expected: String) throws {
    #expect(try refusal("queries", line) == "queries.jsonl:2: \(expected)")
  }
}
