import Testing

@testable import BundleCompiler

@Suite("Malformed entries are refused with file, line and remedy")
struct EntryRefusalTests {
  private let good = InputFolder.entry("a")

  @Test("a line that is not JSON")
  func notJSON() throws {
    #expect(
      try InputFolder.refusal(entries: good + "\n{\"id\": \"b\",}\n")
        == "entries.jsonl:3: the line is not JSON: a key in double quotes was expected, found '}' (byte 12); "
        + "write one JSON object per line")
  }

  @Test("a line that is not an object")
  func notAnObject() throws {
    #expect(
      try InputFolder.refusal(entries: "[1]\n")
        == #"entries.jsonl:1: the line is an array, not an object; write an object like {"id": …, "question": …, "answer": …}"#
    )
  }

  @Test("a missing field", arguments: ["id", "question", "answer"])
  func missingField(field: String) throws {
    let line = good.replacing("\"\(field)\"", with: "\"other\"")
    #expect(
      try InputFolder.refusal(entries: line)
        == "entries.jsonl:1: the field \"\(field)\" is missing; add it, as a string")
  }

  @Test(
    "a field of the wrong type",
    arguments: [
      (#""id":1"#, "the field \"id\" is a number; write a string"),
      (#""id":"b","question":["x"]"#, "the field \"question\" is an array; write a string"),
      (#""id":"b","question":"x","answer":{}"#, "the field \"answer\" is an object; write a string"),
      (#""id":"b","question":"x","answer":"y","source":true"#, "the field \"source\" is true or false; write a string"),
      (
        #""id":"b","question":"x","answer":"y","variants":"z""#,
        "the field \"variants\" is a string; write an array of questions"
      ),
      (
        #""id":"b","question":"x","answer":"y","variants":["z",{}]"#,
        "variant 2 is an object; write an array of questions; wordings with an embedding or origin belong in a variants file"
      ),
      (#""id":"b","question":"x","answer":"y","scope":[]"#, "the field \"scope\" is an array; write an object"),
      (
        #""id":"b","question":"x","answer":"y","scope":{"plan":[]}"#,
        "the scope's \"plan\" is an array; write a string, a number, true or false"
      ),
      (#""id":"b","question":"x","answer":"y","usage":3"#, "the field \"usage\" is a number; write an object"),
      (
        #""id":"b","question":"x","answer":"y","usage":{"input_tokens":-1}"#,
        "the field \"usage.input_tokens\" is -1; write a whole number, 0 or more"
      ),
      (
        #""id":"b","question":"x","answer":"y","match":"fuzzy""#,
        "the field \"match\" is \"fuzzy\", which is unknown; write \"exact\", or leave it out"
      ),
      (
        #""id":"b","question":"x","answer":"y","embedding":"AQID""#,
        "the field \"embedding\" is a string; write an array of numbers"
      ),
    ])
  func wrongType(members: String, expected: String) throws {
    #expect(try InputFolder.refusal(entries: good + "{\(members)}\n") == "entries.jsonl:2: \(expected)")
  }

  @Test("a duplicate id, naming the first line")
  func duplicateID() throws {
    let folder = try InputFolder()
    try folder.write("entries.jsonl", good + "\n" + InputFolder.entry("b") + good)
    #expect(
      try folder.refusal()
        == "entries.jsonl:4: the id \"a\" stands also at \(folder.path)/entries.jsonl:1; give each entry an id of its own"
        .replacing(folder.path + "/", with: ""))
  }

  @Test("ids that differ only in their bytes are different ids")
  func canonicallyEqualIDs() throws {
    let folder = try InputFolder()
    try folder.write("entries.jsonl", InputFolder.entry("caf\u{E9}") + InputFolder.entry("cafe\u{301}"))
    #expect(try folder.load().entries.count == 2)
  }

  @Test("an id that is empty, too long, or has control characters")
  func badID() throws {
    let long = String(repeating: "é", count: 257)
    #expect(
      try InputFolder.refusal(entries: InputFolder.entry("")) == "entries.jsonl:1: the id is empty; give it a value")
    #expect(
      try InputFolder.refusal(entries: InputFolder.entry(long))
        == "entries.jsonl:1: the id has 514 bytes, more than 512; shorten it")
    #expect(
      try InputFolder.refusal(entries: InputFolder.entry("a\\u0007"))
        == "entries.jsonl:1: the id contains the control character U+0007; remove it")
  }

  @Test("an empty question", arguments: [("", "is empty"), ("  \u{3000}", ""), ("?!…。 ？ ！ ؟ ।.", "")])
  func emptyQuestion(text: String, what: String) throws {
    let line = #"{"id":"b","question":"\#(text)","answer":"x"}"#
    let problem = what.isEmpty ? "has nothing but white space and punctuation that is not compared" : what
    #expect(
      try InputFolder.refusal(entries: good + line)
        == "entries.jsonl:2: the question \(problem); write a question, or remove it")
  }

  @Test("a question over 2,048 bytes, one of exactly that passes")
  func longQuestion() throws {
    let line = { (count: Int) in #"{"id":"b","question":"\#(String(repeating: "x", count: count))","answer":"x"}"# }
    #expect(try InputFolder.refusal(entries: line(2_048)) == "not refused")
    #expect(
      try InputFolder.refusal(entries: line(2_049))
        == "entries.jsonl:1: the question has 2,049 bytes, more than 2,048; shorten it")
  }

  @Test("an answer over 1 MiB, one of exactly that passes")
  func longAnswer() throws {
    let line = { (count: Int) in #"{"id":"b","question":"q","answer":"\#(String(repeating: "x", count: count))"}"# }
    #expect(try InputFolder.refusal(entries: line(1 << 20)) == "not refused")
    #expect(
      try InputFolder.refusal(entries: line(1 << 20 + 1))
        == "entries.jsonl:1: the answer has 1,048,577 bytes, more than 1 MiB; shorten it, or answer with a link")
  }

  @Test("an empty answer")
  func emptyAnswer() throws {
    #expect(
      try InputFolder.refusal(entries: #"{"id":"b","question":"q","answer":" \n"}"#)
        == "entries.jsonl:1: the answer is empty; write an answer, or make the line a distractor")
  }

  @Test("valid_until that is not after valid_from")
  func validity() throws {
    let entry = InputFolder.entry("a", #""valid_from":"2026-01-02","valid_until":"2026-01-02T01:00:00+01:00""#)
    #expect(
      try InputFolder.refusal(entries: entry)
        == "entries.jsonl:1: \"valid_until\" is not after \"valid_from\"; correct one of them")
  }

  @Test("a date that cannot be read")
  func badDate() throws {
    #expect(
      try InputFolder.refusal(entries: InputFolder.entry("a", #""valid_from":"31.12.2026""#))
        == "entries.jsonl:1: the field \"valid_from\" is \"31.12.2026\", which is not a date; \(Timestamp.forms)")
    #expect(
      try InputFolder.refusal(entries: InputFolder.entry("a", #""valid_from":1767225600000"#))
        == "entries.jsonl:1: the field \"valid_from\" is 1767225600000, which cannot be meant as seconds since 1970; "
        + "write seconds, not milliseconds or a year")
  }

  @Test("files without any entry")
  func noEntry() throws {
    #expect(try InputFolder.refusal(entries: "\n \r\n").hasPrefix("recipe.yaml:3: there is no entry in "))
  }

  @Test("more questions than ordinals")
  func tooManyQuestions() throws {
    let folder = try InputFolder()
    folder.limits.questions = 2
    try folder.write("entries.jsonl", good + InputFolder.entry("b", #""variants":["x"]"#))
    #expect(
      try folder.refusal()
        == "entries.jsonl:2: there are more than 2 questions; split them into several bundles")
  }

  @Test(
    "a template that its entry does not declare rightly",
    arguments: [
      (
        #"Hello {{name}}"#, #"[]"#,
        "the answer has a tag for \"name\", which \"template\" does not declare; add it to \"template\", or write \\{ where a "
          + "brace is meant"
      ),
      (
        "Hello", #"["name"]"#,
        "\"template\" declares \"name\", which the answer does not use; use it as {{name}}, or remove it"
      ),
      (
        "{{#a}}x", #"["a"]"#,
        "the answer has a section without end, at byte 1; close each {{#name}} and {{^name}} with {{/name}}, the inner one first"
      ),
      (
        "é {{a", #"["a"]"#,
        "the answer has {{ without }}, at byte 4; close the tag with }}, or write \\{ where a brace is meant"
      ),
      (
        "{{#a}}{{/b}}", #"["a"]"#,
        "the answer ends a section that is not the innermost open one, at byte 7; close each {{#name}} and {{^name}} with "
          + "{{/name}}, the inner one first"
      ),
      (
        "{{!a}}", #"["a"]"#,
        "the answer has a tag without a name, at byte 1; write {{name}} with letters from A to Z, digits, '-' and '_', or \\{ "
          + "where a brace is meant"
      ),
      ("{{a}}", #"["a","a"]"#, "\"template\" has the name \"a\" twice; write it once"),
      (
        "{{a}}", #"["a b"]"#,
        "\"template\" has the name \"a b\"; use letters from A to Z, digits, '-' and '_', at most 64 of them"
      ),
      ("{{a}}", #"[1]"#, "a name in \"template\" is a number; write a string"),
      (
        "{{a}}", #"true"#,
        "the field \"template\" is true or false; write an array with the names of the answer's variables"
      ),
    ])
  func template(answer: String, declared: String, error: String) throws {
    let entry = #"{"id":"t","question":"x","answer":"\#(answer)","template":\#(declared)}"#
    #expect(try InputFolder.refusal(entries: good + entry) == "entries.jsonl:2: \(error)")
  }

  @Test("a template that could become too long")
  func longTemplate() throws {
    let slots = String(repeating: "{{a}}", count: 256)
    let entry = #"{"id":"t","question":"x","answer":"\#(slots)","template":["a"]}"#
    #expect(
      try InputFolder.refusal(entries: entry)
        == "entries.jsonl:1: the answer with 256 slots filled could have 1,049,856 bytes, more than 1 MiB; "
        + "use fewer slots; each may take 4,096 bytes")
  }
}
