import AnswerPipeline
import BundleCompiler
import Foundation
import TestSupport
import Testing

/// Requests for further wordings, in the forms of the services, and their way back into a recipe.
///
/// The replies are written by hand for entries of dev-faq: no model was asked.
@Suite struct WideningTests {
  private let fixture: IngestFixture
  private let entries = Repository.path("bundles/dev-faq/entries.jsonl")
  private let immutable = "dev-faq/python/design-why-are-python-strings-immutable"

  init() throws { fixture = try IngestFixture() }

  private func recipe(_ service: String, _ further: String = "") throws -> String {
    try fixture.folder.write("requests.yaml", "service: \(service)\nmodel: the-model\n\(further)\n")
  }

  private func widen(
    _ source: String, _ recipe: String, _ change: (inout EntryWidening.Options) -> Void = { _ in }
  ) throws -> EntryWidening.Report {
    var options = EntryWidening.Options()
    options.requests = try RequestRecipe(path: recipe)
    change(&options)
    return try EntryWidening(options).run(source, into: fixture.folder.file("widening"))
  }

  private func widened(_ name: String) throws -> [[String: Any]] {
    try String(contentsOfFile: fixture.folder.file("widening/\(name)"), encoding: .utf8).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  private static func reply(_ rewordings: [Any], _ nearMisses: [Any]) -> String {
    IngestFixture.line(["rewordings": rewordings, "near_misses": nearMisses])
  }

  @Test(arguments: ["openai-chat", "openai-responses", "anthropic", "bedrock"])
  func requestsAreOfTheServicesFormAndTheirResultsJoinTheirEntries(service: String) throws {
    let prompt = "Of {{question}} ({{wordings}}): {{answer}} {{rewordings}}/{{near_misses}}"
    let recipe = try recipe(service, "widen_prompt: '\(prompt)'\nroutes: {large: {model: big}}")
    let report = try widen(entries, recipe) {
      $0.rewordings = 7
      $0.nearMisses = 3
    }
    let requests = try widened("requests-\(service)-1.jsonl")
    #expect(report.requests == requests.count)
    #expect(report.entries == requests.count)
    let ids = requests.compactMap { ($0["custom_id"] ?? $0["recordId"]) as? String }
    #expect(Set(ids).count == requests.count)
    #expect(ids.allSatisfy { $0.utf8.count <= 64 && $0.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } })
    let list = try widened("widen.jsonl")
    let place = try #require(list.firstIndex { $0["id"] as? String == immutable })
    let text = IngestFixture.line(requests[place])
    #expect(text.contains("Why are Python strings immutable? (- Why are Python strings immutable?): There are several"))
    #expect(text.contains(" 7\\/3") || text.contains(" 7/3"))

    let reply = Self.reply(["why can't I change a python string in place"], ["Why are Python lists mutable?"])
    let id = ids[place]
    let result =
      switch service {
      case "openai-chat": IngestFixture.chat(id, reply)
      case "openai-responses":
        IngestFixture.line([
          "custom_id": id, "error": NSNull(),
          "response": [
            "status_code": 200,
            "body": [
              "status": "completed",
              "output": [["type": "message", "content": [["type": "output_text", "text": reply]]]],
            ],
          ],
        ])
      case "anthropic":
        IngestFixture.line([
          "custom_id": id,
          "result": [
            "type": "succeeded", "message": ["stop_reason": "end_turn", "content": [["type": "text", "text": reply]]],
          ],
        ])
      default:
        IngestFixture.line([
          "recordId": id,
          "modelOutput": ["content": [["type": "text", "text": reply]], "stop_reason": "end_turn"],
        ])
      }
    let path = try fixture.write("results.jsonl", [result])
    let ingested = try ingest([path])
    #expect(ingested.wordingFates == [.variant: 1, .distractor: 1])
    #expect(
      try fixture.rows("variants.jsonl") as NSArray == [
        ["id": immutable, "question": "why can't I change a python string in place", "origin": "generated"]
      ])
    #expect(
      try fixture.rows("distractors.jsonl") as NSArray == [
        ["question": "Why are Python lists mutable?", "near": immutable, "origin": "generated"]
      ])
    #expect(!FileManager.default.fileExists(atPath: fixture.output + "/entries.jsonl"), "the entries are elsewhere")
  }

  private func ingest(
    _ sources: [String], _ change: (inout AnswerIngest.Options) -> Void = { _ in }
  ) throws -> IngestReport {
    var options = AnswerIngest.Options()
    options.widened = [fixture.folder.file("widening/widen.jsonl")]
    change(&options)
    let report = try AnswerIngest(options).run(sources, into: fixture.output)
    #expect(report.fates.values.reduce(0, +) == report.lines)
    #expect(report.wordingFates.values.reduce(0, +) == report.proposed)
    #expect(try fixture.rows("variants.jsonl").count == report.variants)
    #expect(try fixture.rows("distractors.jsonl").count == report.distractors)
    return report
  }

  @Test func everyProposedWordingIsAccountedForWithItsReason() throws {
    _ = try widen(entries, try recipe("anthropic"))
    let list = try widened("widen.jsonl")
    func request(_ id: String) throws -> String {
      try #require(list.first { $0["id"] as? String == id }?["request"] as? String)
    }
    let strings = try request(immutable)
    let other = "dev-faq/python/design-why-are-floating-point-calculations-so-inaccurate"
    let results = try fixture.write(
      "results.jsonl",
      [
        IngestFixture.chat(
          strings,
          "Here you are:\n```json\n"
            + Self.reply(
              [
                "why can't I change a python string in place", "Why CAN'T I change a python string in place?",
                "why are python strings immutable", "Why are floating-point calculations so inaccurate?", "  ", 17,
                String(repeating: "long ", count: 1_000), "what makes floating point calculations inaccurate",
                "why are Python strings not immutable?", "reason for that design",
              ], ["Why are Python lists mutable?", "Why are python  strings immutable?"]) + "\n```"),
        IngestFixture.chat(try request(other), "I'm sorry, but I can't help with that."),
        IngestFixture.chat(try request(other), "No JSON here."),
        IngestFixture.chat(try request(other), #"{"rewordings": "one"}"#),
        IngestFixture.chat(try request(other), #"{"rewordings": [], "near_misses": []}"#),
        IngestFixture.chat(try request(other), "cut", finish: "length"), "broken",
        IngestFixture.chat("w0000000000000000", Self.reply(["x"], [])),
      ])
    let report = try ingest([results])
    #expect(report.lines == 8)
    #expect(
      report.fates == [
        .wordings: 1, .dropped(.refusal): 1, .dropped(.malformed): 4, .dropped(.truncated): 1,
        .dropped(.unknownRequest): 1,
      ])
    #expect(report.proposed == 12)
    #expect(
      report.wordingFates == [
        .variant: 1, .distractor: 1, .duplicate: 3, .nearerAnother: 3, .empty: 2, .overLong: 1, .doubtful: 1,
      ])
    let dropped = try fixture.rows("dropped-wordings.jsonl")
    #expect(dropped.count == 9)
    #expect(dropped.allSatisfy { $0["line"] as? Int == 1 && $0["id"] as? String == immutable })
    let nearer = dropped.filter { $0["reason"] as? String == "nearer-another" }.compactMap { $0["detail"] as? String }
    #expect(nearer.count { $0.contains(other) } == 2, "\(nearer)")
    let review = try fixture.text("review.csv")
    #expect(review.hasPrefix("id,question,wording,count,likeness,kind,reason,accepted\n"))
    #expect(
      review.contains("why are Python strings not immutable?,,,rewording,it differs from the question in a negation,\n")
    )
  }

  @Test func aReviewedTableComesBackAndPeoplesWordComesFirst() throws {
    _ = try widen(entries, try recipe("anthropic"))
    let list = try widened("widen.jsonl")
    let request = try #require(list.first { $0["id"] as? String == immutable }?["request"] as? String)
    let results = try fixture.write(
      "results.jsonl",
      [
        IngestFixture.chat(
          request,
          Self.reply(["why are Python strings not immutable?", "why can't I change a python string in place"], []))
      ])
    #expect(try ingest([results]).wordingFates == [.variant: 1, .doubtful: 1])
    let marked = try fixture.folder.write(
      "marked.csv",
      try fixture.text("review.csv").split(separator: "\n").map { $0.hasPrefix("dev-faq") ? $0 + "y" : $0 }.joined(
        separator: "\n"))
    let wordings = try fixture.folder.write(
      "wordings.csv",
      """
      id,wording,kind,accepted
      \(immutable),Why can't i change a Python string in place,entry,Y
      \(immutable),can strings be edited,entry,n
      \(immutable),are strings const,entry,
      new-1,how big may a string be,plan,yes
      """)
    let report = try ingest([results]) {
      $0.accepted = [marked, wordings]
      $0.idPrefix = "shop/"
    }
    #expect(report.lines == 6)
    #expect(report.fates == [.wordings: 3, .dropped(.notAccepted): 2, .dropped(.duplicate): 1])
    #expect(report.wordingFates == [.variant: 3, .duplicate: 2])
    let variants = try fixture.rows("variants.jsonl").map {
      [$0["id"] as? String, $0["question"] as? String, $0["origin"] as? String]
    }
    #expect(
      variants == [
        [immutable, "why are Python strings not immutable?", "generated"],
        [immutable, "Why can't i change a Python string in place", "accepted"],
        ["shop/new-1", "how big may a string be", "accepted"],
      ])
  }

  @Test func anAcceptedWordingOfAPlannedQuestionNeedsItsAnswer() throws {
    let requests = try fixture.write(
      "r.jsonl", [IngestFixture.request("q1", "where is the harbour"), IngestFixture.request("q2", "what is tea")])
    let results = try fixture.write(
      "results.jsonl", [IngestFixture.chat("q1", "At the sea."), IngestFixture.chat("q2", "cut", finish: "length")])
    let wordings = try fixture.folder.write(
      "wordings.csv", "id,wording,kind,accepted\nq1,harbour where,plan,y\nq2,tea what,plan,y\nold,tea,entry,y\n")
    let report = try fixture.run([results]) {
      $0.requests = [requests]
      $0.accepted = [wordings]
    }
    #expect(report.wordingFates == [.variant: 2, .noEntry: 1])
    #expect(report.fates == [.entry: 1, .dropped(.truncated): 1, .wordings: 2, .dropped(.noEntry): 1])
    #expect(try fixture.rows("variants.jsonl").map { $0["id"] as? String } == ["q1", "old"])
    #expect(try fixture.rows("dropped-wordings.jsonl").first?["reason"] as? String == "no-entry")
  }

  @Test(arguments: [
    ("id,wording,accepted\na,b,maybe\n", ":2: the column accepted says \"maybe\"; write y or n"),
    ("id,wording\na,b\n", ":1: the columns id, wording and accepted are not all there"),
    ("id,wording,accepted\na,b\n", ":2: the row has 2 fields, the first row 3"),
    ("id,wording,kind,accepted\na,b,guess,y\n", ":2: the kind is \"guess\""),
    ("id,wording,accepted\n,b,y\n", ":2: the id is empty"),
    ("id,wording,accepted\na,one,y\n\"b\",\"One?\",y\n", ":3: the wording \"One?\" is accepted for b, and at "),
  ])
  func aWrongMarkIsNamedByFileAndLine(table: String, problem: String) throws {
    let path = try fixture.folder.write("wordings.csv", table)
    let earlier = try fixture.folder.write("good.csv", "id,wording,accepted\na,b,y\n")
    try fixture.run([]) { $0.accepted = [earlier] }
    let before = try fixture.text("variants.jsonl")
    var options = AnswerIngest.Options()
    options.accepted = [path]
    let error = #expect(throws: InputError.self) { try AnswerIngest(options).run([], into: fixture.output) }
    #expect("\(error!)".hasPrefix(path + problem), "\(error!)")
    #expect(try fixture.text("variants.jsonl") == before)
  }

  @Test func aBundleARecipeAndItsEntriesGiveTheSameRequestsButForExactOnly() throws {
    let recipe = try recipe("bedrock")
    let tiny = Repository.path("bundles/tiny/recipe.yaml")
    let bundle = fixture.folder.file("tiny.almanac")
    _ = try Compiler(Compiler.Options(output: bundle)).compile(recipe: tiny)
    let ofRecipe = try widen(tiny, recipe)
    let first = try widened("requests-bedrock-1.jsonl").map(IngestFixture.line).sorted()
    let ofBundle = try widen(bundle, recipe)
    #expect(ofBundle.entries == ofRecipe.entries)
    #expect(ofBundle.exactOnly == 1 && ofRecipe.exactOnly == 1)
    #expect(try widened("requests-bedrock-1.jsonl").map(IngestFixture.line).sorted() == first)
    let few = try widen(tiny, recipe) { $0.enough = 2 }
    #expect(few.enough > 0 && few.entries + few.enough == ofRecipe.entries)
    #expect(try widened("widen.jsonl").count == ofRecipe.entries, "all entries are there to be compared with")
  }

  @Test func aTextInASlotIsNotSearchedForSlots() throws {
    let path = try fixture.folder.write(
      "entries.jsonl", #"{"id":"a","question":"what is {{answer}}","answer":"a slot of {{question}}"}"# + "\n")
    let recipe = try recipe("anthropic", "widen_prompt: '{{question}} | {{answer}}'")
    _ = try widen(path, recipe)
    let text = try IngestFixture.line(#require(try widened("requests-anthropic-1.jsonl").first))
    #expect(text.contains("what is {{answer}} | a slot of {{question}}"))
  }

  @Test func generatedDistractorsCannotLoosenABundle() throws {
    _ = try widen(entries, try recipe("anthropic"))
    let plain = try threshold("")
    let distractors = try fixture.folder.write(
      "generated.jsonl",
      try String(contentsOfFile: entries, encoding: .utf8).split(separator: "\n").prefix(60).map {
        let row = try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        let question = try #require(row["question"] as? String)
        return IngestFixture.line(["question": "not: \(question)", "origin": "generated", "near": row["id"] ?? ""])
      }.joined(separator: "\n"))
    let guarded = try threshold("distractors: \(distractors)")
    #expect(guarded.asked == plain.asked, "they are not asked")
    #expect(guarded.accepted >= plain.accepted, "and shield no entry in the self-test")
    let written = try fixture.folder.write(
      "written.jsonl", try String(contentsOfFile: distractors, encoding: .utf8).replacing("generated", with: "written"))
    #expect(try threshold("distractors: \(written)").asked > plain.asked)
  }

  private func threshold(_ further: String) throws -> (asked: Int, accepted: Int) {
    let lines = try String(contentsOfFile: entries, encoding: .utf8).split(separator: "\n").prefix(60)
    try fixture.folder.write("sixty.jsonl", lines.joined(separator: "\n"))
    let recipe = try fixture.folder.write(
      "recipe.yaml",
      "name: sixty\nversion: 1\nentries: sixty.jsonl\nbudget: {max_wrong: {requests: 20%, answers: 50%}}\n\(further)\n")
    let report = try Compiler(Compiler.Options(output: fixture.folder.file("sixty.almanac"))).compile(recipe: recipe)
    return (report.text.asked, report.text.accepted)
  }
}
