import BundleFormat
import BundleReader
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Where entries differ only in scope, a request has to say which one it wants.
@Suite struct ScopeAmbiguityTests {
  private let folder: TemporaryFolder
  private let bundle: Bundle

  init() throws {
    folder = try TemporaryFolder()
    let entries = try contents(Repository.path("bundles/dev-faq/entries.jsonl"))
    var lines = String(decoding: entries, as: UTF8.self).split(separator: "\n").prefix(60).map(String.init)
    for language in ["perl", "python"] {
      lines.append(
        #"{"id":"\#(language)","question":"How do I sort a list of names by their length?","answer":"\#(language)","#
          + #""scope":{"language":"\#(language)"}}"#)
    }
    try folder.write("entries.jsonl", lines.joined(separator: "\n") + "\n")
    try folder.write("recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 300000}\n")
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("x.almanac"))
    bundle = try Bundle.open(folder.file("x.almanac"))
  }

  @Test func withoutScopeTheQueryIsAmbiguousHoweverNearItIs() throws {
    for query in ["how do I sort a list of names by their length", "How do I sort a list of the names by their length"]
    {
      #expect(try ask(bundle, query).reason == .ambiguous, "\(query)")
      #expect(try ask(bundle, query, scope: [("plan", "pro")]).reason == .ambiguous, "\(query)")
    }
  }

  @Test func withScopeItIsAnswered() throws {
    for language in ["perl", "python"] {
      for query in [
        "how do I sort a list of names by their length", "How do I sort a list of the names by their length",
      ] {
        #expect(try ask(bundle, query, scope: [("language", language)]).answer == language, "\(query)")
      }
    }
  }

  @Test func aScopeThatNoEntryHasLeavesNothingToAnswer() throws {
    let reply = try ask(bundle, "how do I sort a list of names by their length", scope: [("language", "ruby")])
    #expect(reply.reason == .scope)
  }

  @Test func suggestionsKeepToTheScope() throws {
    var session = QuerySession(bundle)
    try Array("how would one sort a list of names by their length, shortest first, in parallel".utf8).withBytes {
      text in
      try Array("language\0perl\0".utf8).withBytes { scope in
        var query = Query(text: text, now: 1_780_000_000)
        query.scope = scope
        query.maximumWrong = 0
        let outcome = try session.answer(query)
        #expect(outcome.kind == nil)
        let ids = try session.suggestions.map {
          String(decoding: try bundle.entryText(bundle.entry($0.owner)).id.copied, as: UTF8.self)
        }
        #expect(ids.first == "perl")
        #expect(!ids.contains("python"))
        #expect(ids.count <= QuerySession.maximumSuggestions)
      }
    }
  }
}
