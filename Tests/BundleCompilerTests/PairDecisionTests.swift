import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleCompiler

/// A compile names the entries it confused, and what their author decides about them holds from the next compile on.
@Suite struct PairDecisionTests {
  private let folder: TemporaryFolder
  private var recipe: String { folder.file("recipe.yaml") }
  private var output: String { folder.file("out.almanac") }

  init() throws {
    folder = try TemporaryFolder()
    var lines = (0..<60).map { number in
      #"{"id":"shelf-\#(number)","question":"Where is shelf \#(number) of aisle \#(number * 7 % 13)?","answer":"Left."}"#
    }
    lines.append(
      #"{"id":"copy","question":"How do I copy a file?","answer":"cp","variants":["Duplicating one file on disk"]}"#)
    lines.append(
      #"{"id":"copies","question":"How can I copy a file?","answer":"cp too","variants":["Make a second file like one"]}"#
    )
    try folder.write("entries.jsonl", lines.joined(separator: "\n") + "\n")
    try write("")
  }

  private func write(_ further: String) throws {
    try folder.write(
      "recipe.yaml", "name: x\nversion: 1\nentries: entries.jsonl\nencoder: {max_bytes: 300000}\n\(further)\n")
  }

  /// Compiles with the decision about the pair of `copy` and `copies`; the pairs that are still to be decided.
  private func compile(deciding decision: String?) throws -> [ConfusablePair] {
    try write("")
    let listed = try SampleBundle.compile(recipe: recipe, to: output).pairs
    guard let decision else { return listed }
    let rows = listed.map { pair in
      let isOurs = Set([pair.entry, pair.other]) == ["copy", "copies"]
      return isOurs
        ? pair.json.replacingOccurrences(of: "\"decision\":null", with: "\"decision\":\"\(decision)\"") : pair.json
    }
    try folder.write("decided.jsonl", rows.joined(separator: "\n") + "\n")
    try write("pairs: decided.jsonl")
    return try SampleBundle.compile(recipe: recipe, to: output).pairs
  }

  private func ours(_ pairs: [ConfusablePair]) -> ConfusablePair? {
    pairs.first { Set([$0.entry, $0.other]) == ["copy", "copies"] }
  }

  @Test func entriesThatLookAlikeAreListedUntilDecided() throws {
    let listed = try compile(deciding: nil)
    #expect(listed.count <= 20)
    #expect(listed.map(\.score) == listed.map(\.score).sorted(by: >))
    let pair = try #require(ours(listed))
    #expect(Set([pair.question, pair.otherQuestion]) == ["How do I copy a file?", "How can I copy a file?"])
    #expect(ours(try compile(deciding: "keep")) == nil)
    let bundle = try Bundle.open(output)
    #expect(try ask(bundle, "how can i copy a file").answer == "cp too", "keeping them apart changes no answer")
  }

  @Test func mergedEntriesAreOneAnswer() throws {
    let kept = try #require(ours(try compile(deciding: nil))).entry
    #expect(ours(try compile(deciding: "merge")) == nil)
    let bundle = try Bundle.open(output)
    let answer = kept == "copy" ? "cp" : "cp too"
    for question in [
      "How do I copy a file?", "How can I copy a file?", "duplicating one file on disk", "make a second file like one",
    ] {
      let reply = try ask(bundle, question)
      #expect(reply.answer == answer)
      #expect(reply.entry == kept)
    }
    // The other entry is still there by its id, and says which one answers.
    let other = try #require(
      try Array((kept == "copy" ? "copies" : "copy").utf8).withBytes { try bundle.entryOrdinal(id: $0) })
    let merged = try #require(try bundle.entry(other).mergedInto)
    #expect(try bundle.entryText(bundle.entry(merged)).id.copied == Array(kept.utf8))
  }

  @Test func aQuestionThatBecameADistractorFallsBack() throws {
    let question = try #require(ours(try compile(deciding: nil))).question
    _ = try compile(deciding: "distractor")
    let bundle = try Bundle.open(output)
    #expect(try ask(bundle, question).reason == .distractor)
    #expect(try ask(bundle, "Duplicating one file on disk").answer == "cp")
  }

  @Test(arguments: [
    (#"{"entry":"copy","other":"nobody","decision":"merge"}"#, "no entry has as its id"),
    (#"{"entry":"copy","other":"copy","decision":"merge"}"#, "names one entry twice"),
    (#"{"entry":"copy","other":"copies","decision":"perhaps"}"#, "is unknown"),
    (#"{"entry":"copy","other":"copies","question":"What?","decision":"distractor"}"#, "not one of entry copy"),
    (
      #"{"entry":"shelf-1","other":"shelf-2","question":"Where is shelf 1 of aisle 7?","decision":"distractor"}"#,
      "the only one of entry shelf-1"
    ),
    (#"{"entry":"copy","decision":"merge"}"#, "\"other\" is missing"),
  ])
  func decisionsThatCannotHoldAreRefusedWithTheirLine(row: String, problem: String) throws {
    try folder.write("decided.jsonl", row + "\n")
    try write("pairs: decided.jsonl")
    let error = try #require(throws: InputError.self) { try SampleBundle.compile(recipe: recipe, to: output) }
    #expect(error.line == 1)
    #expect(error.file.hasSuffix("decided.jsonl"))
    #expect(error.problem.contains(problem), "\(error)")
  }

  @Test func entriesOfDifferentScopesAreNotMerged() throws {
    try folder.write(
      "entries.jsonl",
      """
      {"id":"a","question":"How do I copy a file?","answer":"1","scope":{"system":"a"}}
      {"id":"b","question":"How can I copy a file?","answer":"2","scope":{"system":"b"}}

      """)
    try folder.write("decided.jsonl", #"{"entry":"a","other":"b","decision":"merge"}"# + "\n")
    try write("pairs: decided.jsonl")
    #expect(throws: InputError.self) { try SampleBundle.compile(recipe: recipe, to: output) }
  }

  @Test func theCommandWritesPairsThatARecipeReads() throws {
    let outcome = try Tool.run("almanac", ["compile", recipe, "-o", output, "--pairs", folder.file("pairs.jsonl")])
    #expect(outcome.status == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("to decide: merge, keep apart, distractor"))
    try write("pairs: pairs.jsonl")
    #expect(try Tool.run("almanac", ["compile", recipe, "-o", output]).status == 0)
  }
}
