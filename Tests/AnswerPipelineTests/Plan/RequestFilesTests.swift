import AnswerPipeline
import BundleCompiler
import Foundation
import TestSupport
import Testing

/// Requests in the forms of the services, and their way back through ingest.
@Suite struct RequestFilesTests {
  private let fixture: PlanFixture

  init() throws { fixture = try PlanFixture() }

  @Test(arguments: ["openai-chat", "openai-responses", "anthropic", "bedrock"])
  func requestsAreOfTheServicesFormAndIngestFindsTheirQuestions(service: String) throws {
    let recipe = try fixture.folder.write(
      "requests.yaml",
      """
      service: \(service)
      model: the-model
      system: Answer "briefly".
      prompt: "Q: {{question}}"
      max_tokens: 77
      temperature: 0.5
      samples: 2
      embeddings: {model: the-embedder}
      """)
    try fixture.plan([
      PlanFixture.row("where is the \"harbour\"", 5), PlanFixture.row("how long does shipping take", 4),
    ]) {
      $0.requests = try RequestRecipe(path: recipe)
    }
    let name = "requests-\(service)-1.jsonl"
    let requests = try fixture.rows(name)
    #expect(requests.count == 4)
    let ids = requests.compactMap { ($0["custom_id"] ?? $0["recordId"]) as? String }
    #expect(Set(ids).count == 4)
    #expect(ids.allSatisfy { $0.utf8.count <= 64 && $0.allSatisfy { $0.isLetter || $0.isNumber } })
    let body = try #require(
      (requests[0]["body"] ?? requests[0]["params"] ?? requests[0]["modelInput"]) as? [String: Any])
    #expect(body["temperature"] as? Double == 0.5)
    let url = requests[0]["url"] as? String
    switch service {
    case "openai-chat":
      #expect(url == "/v1/chat/completions" && body["max_completion_tokens"] as? Int == 77)
      #expect((body["messages"] as? [[String: Any]])?.first?["content"] as? String == "Answer \"briefly\".")
    case "openai-responses": #expect(url == "/v1/responses" && body["max_output_tokens"] as? Int == 77)
    case "anthropic": #expect(body["max_tokens"] as? Int == 77 && body["model"] as? String == "the-model")
    default: #expect(body["max_tokens"] as? Int == 77 && body["model"] == nil)
    }
    #expect(try fixture.rows("embeddings-openai-embeddings-1.jsonl").count == 2)

    let results = ids.map { id in
      service == "bedrock"
        ? IngestFixture.line([
          "recordId": id,
          "modelOutput": ["content": [["type": "text", "text": "There it is."]], "stop_reason": "end_turn"],
        ]) : IngestFixture.chat(id, "There it is.")
    }
    let path = try fixture.folder.write("results.jsonl", results.joined(separator: "\n"))
    for withRequests in [true, false] {
      var options = AnswerIngest.Options()
      if withRequests { options.requests = ["\(fixture.output)/\(name)"] }
      options.prompt = try #require(PromptTemplate("Q: {{question}}"))
      options.plan = "\(fixture.output)/plan.jsonl"
      let report = try AnswerIngest(options).run([path], into: fixture.folder.file("answers"))
      #expect(report.fates == [.entry: 2, .sample: 2])
    }
  }

  @Test func aShorterPlanLeavesNoRequestsOfTheLongerOne() throws {
    let recipe = try fixture.folder.write(
      "requests.yaml", "service: anthropic\nmodel: m\nroutes: {large: {model: b}}\nembeddings: {model: e}\n")
    let rows = [
      PlanFixture.row("where is the harbour", 5), #"{"query":"how long does shipping take","count":9,"route":"large"}"#,
    ]
    try fixture.plan(rows) { $0.requests = try RequestRecipe(path: recipe) }
    #expect(try fixture.rows("requests-anthropic-large-1.jsonl").count == 1)
    try fixture.plan([rows[0]]) { $0.requests = try RequestRecipe(path: recipe) }
    #expect(!FileManager.default.fileExists(atPath: fixture.output + "/requests-anthropic-large-1.jsonl"))
    #expect(try fixture.rows("requests-anthropic-1.jsonl").count == 1)
  }

  @Test(arguments: [
    ("model: m\n", "1: the key 'service' is missing"), ("service: azure\nmodel: m\n", "1: 'service' is 'azure'"),
    ("service: anthropic\n", "1: the key 'model' is missing"),
    ("service: anthropic\nmodel: m\nprompt: hello\n", "3: 'prompt' has no {{question}}"),
    ("service: anthropic\nmodel: m\nprise: {}\n", "3: unknown key 'prise'; did you mean 'price'?"),
    ("service: anthropic\nmodel: m\nprice: {input: x, output: 1}\n", "3: 'price.input' is 'x'"),
    ("", ": the file is empty"),
  ])
  func aWrongRecipeIsNamedByLine(text: String, problem: String) throws {
    let path = try fixture.folder.write("requests.yaml", text)
    let error = #expect(throws: InputError.self) { try RequestRecipe(path: path) }
    #expect("\(error!)".contains(problem), "\(error!)")
  }
}
