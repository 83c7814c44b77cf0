import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Answers of template entries are filled from a request's variables; all others are served as they are stored.
@Suite struct TemplateAnswerTests {
  private let folder: TemporaryFolder
  private let responder: Responder

  init() throws {
    folder = try TemporaryFolder()
    try folder.write(
      "entries.jsonl",
      #"""
      {"id":"welcome","question":"What do you say to a new member?","answer":"Welcome {{name}}{{#branch}} to {{branch}}{{/branch}}!","template":["name","branch"],"route":"small"}
      {"id":"plain","question":"How is a slot written?","answer":"As {{name}}, {{#so}}"}
      {"id":"late","question":"What is my fee?","answer":"{{amount|nothing}}","template":["amount"],"valid_until":1700000000}

      """#)
    try folder.write(
      "recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 300000}\ndefault_route: large\n"
    )
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    responder = Responder(try Bundle.open(folder.file("x.almanac")))
  }

  /// The reply to a request, without what differs from run to run.
  private func reply(_ responder: Responder, _ request: String) throws -> [String: String] {
    _ = Array(request.utf8).withBytes { responder.respond(to: $0) }
    let object = try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any] ?? [:]
    return object.compactMapValues { $0 as? String }
  }

  @Test func variablesFillTheAnswer() throws {
    let found = try reply(
      responder,
      #"{"query":"what do you say to a new member","variables":{"branch":"Hill","name":"Ada","unknown":true}}"#)
    #expect(found["answer"] == "Welcome Ada to Hill!")
    #expect(found["via"] == "exact")
    let without = try reply(
      responder, #"{"query":"what do you say to a new member","variables":{"branch":false,"name":7.50}}"#)
    #expect(without["answer"] == "Welcome 7.50!")
  }

  @Test func aMissingVariableIsNamed() throws {
    for variables in ["{}", #"{"branch":"Hill"}"#, #"{"name":null}"#, "null"] {
      let found = try reply(
        responder, #"{"query":"what do you say to a new member","variables":\#(variables)}"#)
      #expect(found["status"] == "needs-fallback")
      #expect(found["reason"] == "missing-variable")
      #expect(found["variable"] == "name")
      #expect(found["entry"] == "welcome")
      #expect(found["route"] == "small")
      #expect(found["answer"] == nil)
    }
    // Nothing of it is left for the next request.
    let next = try reply(responder, #"{"query":"how is a slot written"}"#)
    #expect(next["answer"] == "As {{name}}, {{#so}}")
    #expect(next["variable"] == nil)
  }

  @Test func timeComesBeforeVariables() throws {
    #expect(try reply(responder, #"{"query":"what is my fee","now":1800000000}"#)["reason"] == "expired")
    #expect(try reply(responder, #"{"query":"what is my fee","now":1600000000}"#)["answer"] == "nothing")
  }

  @Test func programsCanGiveVariablesForAllRequests() throws {
    var defaults = RequestDefaults()
    _ = try Array("name=Ada=1".utf8).withBytes { text throws(RequestError) in try defaults.addVariable(text) }
    let responder = Responder(try Bundle.open(folder.file("x.almanac")), defaults: defaults)
    #expect(try reply(responder, #"{"query":"what do you say to a new member"}"#)["answer"] == "Welcome Ada=1!")
    let own = try reply(responder, #"{"query":"what do you say to a new member","variables":{"branch":"x"}}"#)
    #expect(own["reason"] == "missing-variable", "a request's own variables replace all others")
  }

  @Test func theDumpShowsTemplates() throws {
    let bundle = try Bundle.open(folder.file("x.almanac"))
    #expect(try (0..<3).map { try bundle.entry($0).flags & EntryRecord.template } == [2, 0, 2])
  }

  /// A writer that means harm can call any answer a template.
  @Test(arguments: [
    "{{", "{{name", "{{#a}}", "{{/a}}", "{{#a}}{{#b}}{{/a}}{{/b}}", "{{}}", String(repeating: "{{#a}}", count: 17),
    String(repeating: "{{name}}", count: 1_000), #"{{name|{{a}}}}"#,
  ])
  func aBundleWithABrokenTemplateIsDamaged(answer: String) throws {
    let folder = try TemporaryFolder()
    try folder.write("entries.jsonl", #"{"id":"a","question":"What is this?","answer":"\#(answer)"}"# + "\n")
    try folder.write("recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 300000}\n")
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("good.almanac"))
    let good = try contents(folder.file("good.almanac"))
    var record = try Bundle.open(folder.file("good.almanac")).entry(0)
    let place = try #require(good.firstRange(of: record.encoded))
    record.flags |= EntryRecord.template
    try ForgedBundle.write(good, to: folder.file("forged.almanac")) { $0.replaceSubrange(place, with: record.encoded) }
    let responder = Responder(try Bundle.open(folder.file("forged.almanac")))
    let value = String(repeating: "x", count: 4_096)
    let found = try reply(responder, #"{"query":"what is this","variables":{"name":"\#(value)"}}"#)
    #expect(found["reason"] == "damaged")
    #expect(found["answer"] == nil)
  }
}
