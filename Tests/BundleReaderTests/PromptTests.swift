import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Entries whose question is a prompt filled with their variables: found by the whole text and by name and variables, and by
/// nothing that is only near.
@Suite struct PromptTests {
  private let folder: TemporaryFolder
  private let responder: Responder

  init() throws {
    folder = try TemporaryFolder()
    let copy = (0..<60).map { number in
      #"{"id":"copy/\#(number)/en","prompt":"product-copy","variables":{"language":"en","product":"Lamp \#(number)"},"#
        + #""answer":"Lamp \#(number) gives light."}"#
    }
    let others = [
      #"{"id":"ticket","prompt":"ticket","variables":{"number":7},"template":["number","name"],"#
        + #""answer":"{{name}}, ticket {{number}} is closed."}"#
    ]
    try folder.write("entries.jsonl", (copy + others).joined(separator: "\n") + "\n")
    try folder.write(
      "recipe.yaml",
      #"""
      name: x
      version: 1
      entries: entries.jsonl
      encoder: {max_bytes: 300000}
      default_route: large
      prompts:
        - name: product-copy
          template: "Write a short description of {{product}} in {{language|en}}."
          variables: [product, language]
        - {name: ticket, template: 'Close ticket \{{{number}}\}', variables: [number]}
      """#)
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    responder = Responder(try Bundle.open(folder.file("x.almanac")))
  }

  private func reply(_ request: String) throws -> [String: String] {
    _ = Array(request.utf8).withBytes { responder.respond(to: $0) }
    let object = try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any] ?? [:]
    return object.compactMapValues { $0 as? String }
  }

  @Test func theWholeTextIsTheKey() throws {
    let found = try reply(#"{"query":"write a short description of LAMP 17 in en"}"#)
    #expect(found["answer"] == "Lamp 17 gives light.")
    #expect(found["via"] == "exact")
  }

  @Test func nameAndVariablesAreTheKey() throws {
    for variables in [#"{"product":"Lamp 17","language":"en"}"#, #"{"product":"Lamp 17"}"#] {
      let found = try reply(#"{"prompt":"product-copy","variables":\#(variables)}"#)
      #expect(found["entry"] == "copy/17/en")
      #expect(found["via"] == "exact")
      #expect(found["question"] == "Write a short description of Lamp 17 in en.")
    }
    #expect(
      try reply(#"{"prompt":"ticket","variables":{"number":7,"name":"Ada"}}"#)["answer"] == "Ada, ticket 7 is closed.")
  }

  @Test func nothingNearIsAnswered() throws {
    for request in [
      #"{"query":"write a short description of lamp 17 in english"}"#,
      #"{"query":"write a short description of lamp 61 in en"}"#,
      #"{"prompt":"product-copy","variables":{"product":"Lamp 61"}}"#,
      #"{"prompt":"product-copy","variables":{"product":"Lamp 17","language":"de"}}"#,
    ] {
      #expect(try reply(request)["status"] == "needs-fallback", "\(request)")
    }
    #expect(try reply(#"{"prompt":"product-copy","variables":{"product":"Lamp 61"}}"#)["reason"] == "no-match")
    #expect(try reply(#"{"prompt":"unknown","variables":{"product":"Lamp 61"}}"#)["reason"] == "no-match")
  }

  @Test func whatAPromptLacksIsNamed() throws {
    let prompt = try reply(#"{"prompt":"product-copy","variables":{"language":"en"}}"#)
    #expect(prompt["reason"] == "missing-variable" && prompt["variable"] == "product" && prompt["entry"] == nil)
    let answer = try reply(#"{"prompt":"ticket","variables":{"number":7}}"#)
    #expect(answer["reason"] == "missing-variable" && answer["variable"] == "name" && answer["entry"] == "ticket")
    let long = String(repeating: "x", count: 4_096)
    #expect(
      try reply(#"{"prompt":"product-copy","variables":{"product":"\#(long)"}}"#)["reason"] == "query-too-long")
  }

  @Test func aMissedPromptIsToldAsText() throws {
    _ = try reply(#"{"prompt":"product-copy","variables":{"product":"Lamp 61"}}"#)
    #expect(responder.text?.copied == Array("Write a short description of Lamp 61 in en.".utf8))
    _ = try reply(#"{"query":"lamp"}"#)
    #expect(responder.session.promptText.count == 0)
  }

  @Test func aRequestAsksByTextOrByPrompt() throws {
    let both = try reply(#"{"prompt":"ticket","query":"x"}"#)
    #expect(both["error"] == "prompt stands beside query or vector; send one of them")
    #expect(try reply(#"{"prompt":1}"#)["error"]?.hasPrefix("prompt has the wrong type") == true)
    #expect(try reply("{}")["error"] == "there is neither query, vector nor prompt; send one of them")
  }

  @Test func brokenPromptsAreRefusedAtOpen() throws {
    let good = try contents(folder.file("x.almanac"))
    let section = try responder.session.bundle.segment(.questionPrompts, 0).copied
    let place = try #require(good.firstRange(of: section)).lowerBound
    for (offset, value) in [(0, UInt8(0)), (0, 255), (1, 255), (2, 255), (3, 0x20)] {
      try ForgedBundle.write(good, to: folder.file("forged.almanac")) { $0[place + offset] = value }
      #expect(throws: BundleError.malformedSection(.questionPrompts)) {
        _ = try Bundle.open(folder.file("forged.almanac"))
      }
    }
    // A template that cannot be filled is met when it is asked for.
    let brace = try #require(section.firstIndex(of: UInt8(ascii: "}")))
    try ForgedBundle.write(good, to: folder.file("forged.almanac")) { $0[place + brace] = 0x20 }
    let forged = Responder(try Bundle.open(folder.file("forged.almanac")))
    _ = Array(#"{"prompt":"product-copy","variables":{"product":"Lamp 17"}}"#.utf8).withBytes { forged.respond(to: $0) }
    #expect(String(decoding: forged.reply.copied, as: UTF8.self).contains(#""reason":"damaged""#))
  }
}
