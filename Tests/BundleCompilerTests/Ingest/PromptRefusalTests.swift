import Testing

@testable import BundleCompiler

/// What is wrong with prompts and their entries is said with file, line and remedy.
@Suite struct PromptRefusalTests {
  private static let recipe = "prompts: [{name: p, template: 'Say {{a}} and {{b|x}}', variables: [a, b]}]\n"

  private func refusal(_ recipe: String, _ entry: String) throws -> String {
    let folder = try InputFolder()
    folder.recipe = recipe
    try folder.write("entries.jsonl", entry + "\n")
    return try folder.refusal()
  }

  @Test(arguments: [
    (
      #""prompt":"q","variables":{"a":1,"b":2}"#,
      "the prompt \"q\" is not in the recipe; add it to 'prompts' of recipe.yaml"
    ),
    (
      #""prompt":"p","variables":{"a":1}"#,
      "\"variables\" lacks \"b\", which the prompt \"p\" has; give it a value"
    ),
    (
      #""prompt":"p","variables":{"a":1,"b":2,"c":3}"#,
      "the prompt \"p\" has no variable \"c\"; its variables are a, b"
    ),
    (
      #""prompt":"p","variables":{"a":[],"b":2}"#,
      "the prompt's \"a\" is an array; write a string, a number, true or false"
    ),
    (#""prompt":"p","variables":[1]"#, "the field \"variables\" is an array; write an object"),
    (
      #""prompt":"p","question":"x","variables":{"a":1,"b":2}"#,
      "the entry has both \"question\" and \"prompt\"; keep one; further wordings belong into \"variants\""
    ),
    (
      #""question":"x","variables":{"a":1}"#,
      "the field \"variables\" needs a \"prompt\"; name a prompt of the recipe; the variables of an answer are declared by "
        + "\"template\""
    ),
  ])
  func anEntryThatDoesNotFitItsPrompt(members: String, error: String) throws {
    #expect(try refusal(Self.recipe, #"{"id":"e","answer":"y",\#(members)}"#) == "entries.jsonl:1: \(error)")
  }

  @Test func aFilledPromptIsAQuestionLikeOthers() throws {
    let long = String(repeating: "x", count: 2_048)
    #expect(
      try refusal(Self.recipe, #"{"id":"e","answer":"y","prompt":"p","variables":{"a":"\#(long)","b":2}}"#)
        == "entries.jsonl:1: the prompt 'p' filled with these variables has more than 2,048 bytes; shorten the values or the "
        + "template")
    let folder = try InputFolder()
    folder.recipe = Self.recipe
    try folder.write("entries.jsonl", #"{"id":"e","answer":"y","prompt":"p","variables":{"a":"A","b":false}}"# + "\n")
    let inputs = try folder.load()
    #expect(inputs.questions.texts[0] == "Say A and false")
    #expect(inputs.entries[0].isExactOnly)
  }

  @Test(arguments: [
    (
      "[{name: p, template: x}]",
      "the key 'variables' is missing from 'prompts'; add it, such as 'variables: [product]'"
    ),
    (
      "[{name: p, template: '{{a}}', variables: [b]}]",
      "'prompts.template' has a tag for 'a', which 'variables' does not name; add it there, or write \\{ where a brace is meant"
    ),
    (
      "[{name: p, template: 'x {{a}}', variables: [a, b]}]",
      "'variables' names 'b', which the template does not use; use it as {{b}}, or remove it"
    ),
    (
      "[{name: p, template: '{{a', variables: [a]}]",
      "'prompts.template' has {{ without }}, at byte 1; close the tag with }}, or write \\{ where a brace is meant"
    ),
    (
      "[{name: 'a b', template: '{{a}}', variables: [a]}]",
      "'prompts.name' is 'a b'; use letters from A to Z, digits, '-' and '_', at most 64 of them"
    ),
    (
      "[{name: p, template: '{{a}}', variables: [a]}, {name: p, template: '{{a}}', variables: [a]}]",
      "the prompt 'p' stands twice; give each a name of its own"
    ),
  ])
  func aPromptThatIsWrong(prompts: String, error: String) throws {
    #expect(try refusal("prompts: \(prompts)\n", InputFolder.entry("a")) == "recipe.yaml:4: \(error)")
  }
}
