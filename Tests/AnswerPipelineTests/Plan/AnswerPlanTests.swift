import BundleCompiler
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import AnswerPipeline

/// What a plan chooses, groups and leaves out.
@Suite struct AnswerPlanTests {
  private let fixture: PlanFixture

  init() throws { fixture = try PlanFixture() }

  private let topics = [
    "how do I reset the password", "where is the nearest harbour", "which documents does a visa need",
    "what does a parking permit cost", "how long does shipping take",
  ]

  @Test func wordingsOfOneQuestionAreOneGroupAndDifferentQuestionsAreNot() throws {
    try fixture.plan([
      PlanFixture.row("vaccine appointment", 90), PlanFixture.row("Vaccine  appointment?", 10),
      PlanFixture.row("appointment for the vaccine", 20), PlanFixture.row("vacine appointment", 3),
      PlanFixture.row("vaccine side effects", 50), PlanFixture.row("rules for children under 5 years", 30),
      PlanFixture.row("rules for children under 10 years", 29),
    ])
    let groups = try fixture.rows("plan.jsonl")
    #expect(
      groups.compactMap { $0["question"] as? String } == [
        "vaccine appointment", "vaccine side effects", "rules for children under 5 years",
        "rules for children under 10 years",
      ])
    let wordings = try #require(groups[0]["wordings"] as? [[String: Any]]).compactMap { $0["question"] as? String }
    #expect(wordings == ["appointment for the vaccine", "vacine appointment"])
    #expect(groups[0]["count"] as? Int == 123)
    #expect(try fixture.text("wordings.csv").contains("vaccine appointment,vacine appointment,3,1.0,plan,,\n"))
  }

  @Test func theBudgetIsKeptAndLessBudgetIsABeginningOfMore() throws {
    let log = topics.enumerated().map { PlanFixture.row($1, Double(10 - $0)) }
    try fixture.plan(log) { $0.answers = 2 }
    let two = try fixture.questions()
    #expect(two == Array(topics[..<2]))
    try fixture.plan(log) { $0.answers = 4 }
    #expect(try Array(fixture.questions()[..<2]) == two)
    #expect(try fixture.questions().count == 4)
    try fixture.plan(log) { $0.bytes = 3 * (640 + 540) }
    #expect(try fixture.questions().count == 3)
    let recipe = try fixture.folder.write(
      "requests.yaml",
      "service: anthropic\nmodel: m\nprice: {input: 1, output: 2}\ntokens: {input: 1000, output: 500}\n")
    let report = try fixture.plan(log) {
      $0.requests = try RequestRecipe(path: recipe)
      $0.money = 0.0031  // an answer costs 0.001 in a batch
    }
    #expect(report.planned.count == 3)
    #expect(abs(try #require(report.cost) - 0.003) < 1e-12)
  }

  @Test func whatIsRecentCountsMore() throws {
    let log = [
      PlanFixture.row(topics[0], 100, at: "2026-01-01"), PlanFixture.row(topics[1], 30, at: "2026-03-01"),
      PlanFixture.row(topics[1], 10, at: "2026-02-20T12:00:00Z"),
    ]
    try fixture.plan(log) { $0.halfLife = 14 }
    #expect(try fixture.questions() == [topics[1], topics[0]])
    // The order of rows is no time.
    try fixture.plan(log.reversed()) { $0.halfLife = 14 }
    #expect(try fixture.questions() == [topics[1], topics[0]])
    try fixture.plan(log) { $0.halfLife = 3_650 }
    #expect(try fixture.questions() == [topics[0], topics[1]])
  }

  @Test func theDearerAnswerComesFirst() throws {
    let recipe = try fixture.folder.write(
      "requests.yaml",
      """
      service: openai-chat
      model: small
      price: {input: 1, output: 1}
      routes: {large: {model: big, price: {input: 20, output: 20}}}
      """)
    let log = try fixture.folder.write(
      "log.csv", "query,count,route,output_tokens\n\(topics[0]),10,,\n\(topics[1]),2,large,\n\(topics[2]),6,,3000\n")
    let report = try fixture.plan(logs: [log]) { $0.requests = try RequestRecipe(path: recipe) }
    #expect(try fixture.questions() == [topics[1], topics[2], topics[0]])
    #expect(report.saving == nil)
    #expect(try fixture.text("requests-openai-chat-large-1.jsonl").contains(#""model":"big""#))
    #expect(try fixture.rows("requests-openai-chat-1.jsonl").count == 2)
  }

  @Test(arguments: [
    ("mail jane.doe@example.org about it", "personal-data: email"),
    ("is 4111 1111 1111 1111 still valid", "personal-data: card"),
    ("call +49 30 901820 for me", "personal-data: phone"),
    ("why is (030) 901-8200 engaged", "personal-data: phone"), ("where is order #77812", "personal-data: identifier"),
    ("state of ticket ABC-1234567", "personal-data: identifier"),
    ("does DE89 3704 0044 0532 0130 00 exist", "personal-data: account"),
    ("does DE89370400440532013000 exist", "personal-data: account"),
    ("who is 192.168.17.20", "personal-data: address"), ("what is my balance", "never-class: guard"),
    ("and what about that one", "never-class: needs-context"),
  ])
  func neverPlannedButReported(query: String, reason: String) throws {
    let report = try fixture.plan([PlanFixture.row(query, 50), PlanFixture.row(topics[0], 2)])
    #expect(try fixture.questions() == [topics[0]])
    #expect(report.excluded.map(\.reason) == [reason])
    let excluded = try fixture.rows("excluded.jsonl")
    #expect(excluded.count == 1)
    if reason.hasPrefix("personal") {
      for name in ["plan.jsonl", "plan.md", "excluded.jsonl", "wordings.csv"] {
        #expect(!(try fixture.text(name)).contains("4111"))
        #expect(!(try fixture.text(name)).contains("jane.doe"))
        #expect(!(try fixture.text(name)).contains("77812"))
      }
    }
  }

  @Test func ordinaryNumbersAreNoPersonalData() throws {
    let fine = [
      "n95 mask 3m 8210", "what happened on 2020-01-31", "covid-19", "python 3.11.7 download", "iphone 15 pro 256gb",
      "10000mah battery",
    ]
    let report = try fixture.plan(fine.map { PlanFixture.row($0, 5) })
    #expect(report.excluded.isEmpty, "\(report.excluded)")
    #expect(report.planned.count == fine.count)
  }

  @Test func whatABundleAnswersIsNotPlanned() throws {
    let bundle = try Bundle.open(CheckFixture.path.get())
    let entry = try bundle.entry(3)
    let stored = String(decoding: try bundle.questionText(entry.canonicalQuestion).copied, as: UTF8.self)
    let report = try fixture.plan([PlanFixture.row(stored, 60), PlanFixture.row("where is the nearest harbour", 40)]) {
      $0.bundles = [bundle]
      $0.now = CheckFixture.now
    }
    #expect(try fixture.questions() == ["where is the nearest harbour"])
    #expect(abs(report.answered - 0.6) < 1e-9)
    #expect(abs(report.coverage - 0.4) < 1e-9)
  }

  @Test func whatFellBackIsProposedAsAWordingOfTheEntriesItWasNear() throws {
    let bundle = try Bundle.open(CheckFixture.path.get())
    let queries = try String(contentsOfFile: Repository.path("bundles/dev-faq/queries.jsonl"), encoding: .utf8)
      .split(separator: "\n").compactMap {
        (try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])?["query"] as? String
      }
    var session = QuerySession(bundle)
    var expected: Set<[String]> = []
    for query in queries {
      let reason = try Array(query.utf8).withBytes {
        try session.answer(Query(text: $0, now: CheckFixture.now)).reason
      }
      guard reason == .noMatch || reason == .ambiguous else { continue }
      for candidate in session.suggestions {
        let id = try bundle.entryText(try bundle.entry(candidate.owner)).id
        expected.insert([String(decoding: id.copied, as: UTF8.self), query])
      }
    }
    try fixture.plan(queries.enumerated().map { PlanFixture.row($1, Double(queries.count - $0)) }) {
      $0.bundles = [bundle]
      $0.now = CheckFixture.now
    }
    let excluded = Set(try fixture.rows("excluded.jsonl").compactMap { $0["question"] as? String })
    expected = expected.filter { !excluded.contains($0[1]) }
    #expect(expected.count > 5)
    let marked = try fixture.text("wordings.csv").split(separator: "\n").map {
      $0.hasSuffix(",entry,,") ? $0 + "y" : $0
    }
    let proposed = marked.filter { $0.hasSuffix(",entry,,y") }
    #expect(proposed.count == expected.count)
    // One row of each query, as a person would accept it.
    var taken: Set<String> = []
    let rows = try ReviewedWordings(fixture.folder.write("all.csv", marked.joined(separator: "\n"))).rows
    let accepted = rows.filter { $0.kind == .entry && taken.insert($0.wording).inserted }
    #expect(Set(rows.filter { $0.kind == .entry }.map { [$0.id, $0.wording] }) == expected)
    let table = try fixture.folder.write(
      "accepted.csv",
      ([ReviewedWordings.columns]
        + accepted.map { ReviewedWordings.row(id: $0.id, question: "", wording: $0.wording, kind: .entry) + "y" })
        .joined(separator: "\n"))
    var options = AnswerIngest.Options()
    options.accepted = [table]
    let report = try AnswerIngest(options).run([], into: fixture.folder.file("accepted"))
    #expect(report.variants == accepted.count)
  }

  @Test func rareGroupsAreLeftOutAndListed() throws {
    let report = try fixture.plan([PlanFixture.row(topics[0], 5), PlanFixture.row(topics[1])])
    #expect(try fixture.questions() == [topics[0]])
    #expect(report.excluded.map(\.reason) == ["too-rare"])
    try fixture.plan([PlanFixture.row(topics[0], 5), PlanFixture.row(topics[1])]) { $0.minimumCount = 1 }
    #expect(try fixture.questions().count == 2)
  }

  @Test func equalInputGivesEqualFiles() throws {
    let log = (0..<300).map {
      PlanFixture.row(
        "\(topics[$0 % 5]) in district \(["north", "south", "east"][$0 % 3]) \($0 % 7)", Double($0 % 11 + 1))
    }
    try fixture.plan(log) { $0.answers = 30 }
    let first = try ["plan.jsonl", "plan.md", "wordings.csv", "excluded.jsonl"].map(fixture.text)
    try fixture.plan(log) { $0.answers = 30 }
    #expect(try ["plan.jsonl", "plan.md", "wordings.csv", "excluded.jsonl"].map(fixture.text) == first)
  }

  @Test func badRowsAreCountedAndTheFirstIsNamed() throws {
    let log = try fixture.folder.write(
      "log.jsonl",
      [
        PlanFixture.row(topics[0], 5), "broken", #"{"query":7}"#, #"{"query":"a","count":-1}"#,
        #"{"query":"a","at":"soon"}"#,
        #"{"digest":"00ff","reason":"no-match","at":1780000000}"#, #"{"query":null,"reason":"empty-query"}"#,
        #"{"query":" ? "}"#,
        #"{"query":"\#(topics[0])","reason":"no-match","at":1780000000}"#,
      ].joined(separator: "\n"))
    let report = try fixture.plan(logs: [log])
    #expect(report.rows == 9)
    #expect(report.malformed == 7)
    #expect("\(try #require(report.firstMalformed))".hasPrefix("\(log):2: the line is not JSON"))
    #expect(report.asked == 6)
  }
}
