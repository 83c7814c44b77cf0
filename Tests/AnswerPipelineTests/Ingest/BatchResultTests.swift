import AnswerPipeline
import Foundation
import TestSupport
import Testing

/// Lines of each batch service, as the services write them.
@Suite struct BatchResultTests {
  private let fixture: IngestFixture

  init() throws { fixture = try IngestFixture() }

  private func ingest(_ request: String, _ result: String) throws -> [String: Any]? {
    let requests = try fixture.write("requests.jsonl", [request])
    let results = try fixture.write("results.jsonl", [result])
    try fixture.run([results]) { $0.requests = [requests] }
    return try fixture.rows("entries.jsonl").first
  }

  @Test func everyServicesAnswerBecomesAnEntryWithItsUsageAndProvenance() throws {
    let message: [String: Any] = [
      "id": "msg_1", "model": "claude-x", "stop_reason": "end_turn",
      "content": [["type": "text", "text": "Use "], ["type": "text", "text": "-x."]],
      "usage": ["input_tokens": 5, "output_tokens": 3],
    ]
    let turns = [["role": "user", "content": "How do I use a proxy?"]]
    let cases: [(service: String, request: [String: Any], result: [String: Any])] = [
      (
        "openai-responses",
        ["custom_id": "a", "url": "/v1/responses", "body": ["input": "How do I use a proxy?", "model": "m"]],
        [
          "custom_id": "a",
          "response": [
            "status_code": 200,
            "body": [
              "status": "completed", "created_at": 1_760_000_000, "model": "claude-x", "id": "resp_1",
              "output": [
                ["type": "reasoning", "summary": []],
                ["type": "message", "content": [["type": "output_text", "text": "Use -x."]]],
              ], "usage": ["input_tokens": 5, "output_tokens": 3],
            ],
          ],
        ]
      ),
      (
        "anthropic", ["custom_id": "a", "params": ["messages": turns]],
        ["custom_id": "a", "result": ["type": "succeeded", "message": message]]
      ),
      ("bedrock", ["recordId": "a", "modelInput": ["messages": turns]], ["recordId": "a", "modelOutput": message]),
      (
        "bedrock",
        [
          "recordId": "a",
          "modelInput": ["messages": [["role": "user", "content": [["text": "How do I use a proxy?"]]]]],
        ],
        [
          "recordId": "a", "modelInput": ["model": "claude-x"],
          "modelOutput": [
            "output": ["message": ["role": "assistant", "content": [["text": "Use -x."]]]], "stopReason": "end_turn",
            "usage": ["inputTokens": 5, "outputTokens": 3],
          ],
        ]
      ),
      (
        "bedrock", ["recordId": "a", "modelInput": ["inputText": "How do I use a proxy?"]],
        [
          "recordId": "a", "modelInput": ["model": "claude-x"],
          "modelOutput": [
            "inputTextTokenCount": 5,
            "results": [["outputText": "Use -x.", "tokenCount": 3, "completionReason": "FINISH"]],
          ],
        ]
      ),
    ]
    for (service, request, result) in cases {
      let entry = try #require(try ingest(IngestFixture.line(request), IngestFixture.line(result)), "\(service)")
      #expect(entry["question"] as? String == "How do I use a proxy?")
      #expect(entry["answer"] as? String == "Use -x.")
      let usage = try #require(entry["usage"] as? [String: Any])
      #expect(usage["model"] as? String == "claude-x")
      #expect(usage["input_tokens"] as? Int == 5)
      #expect(usage["output_tokens"] as? Int == 3)
      let provenance = try #require(entry["provenance"] as? [String: Any])
      #expect(provenance["service"] as? String == service)
      #expect(provenance["custom_id"] as? String == "a")
      #expect(provenance["line"] as? Int == 1)
    }
  }

  @Test(arguments: [
    (#"{"custom_id":"a","response":{"status_code":400,"body":{"error":{"message":"no"}}},"error":null}"#, "error"),
    (#"{"custom_id":"a","response":null,"error":{"code":"batch_expired","message":"late"}}"#, "error"),
    (#"{"custom_id":"a","result":{"type":"errored","error":{"error":{"message":"x"}}}}"#, "error"),
    (#"{"custom_id":"a","result":{"type":"expired"}}"#, "error"),
    (#"{"recordId":"a","modelInput":{},"error":{"errorCode":400,"errorMessage":"x"}}"#, "error"),
    (
      #"{"custom_id":"a","result":{"type":"succeeded","message":{"content":[],"stop_reason":"refusal"}}}"#, "refusal"
    ),
    (
      #"{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"x"}],"stop_reason":"max_tokens"}}}"#,
      "truncated"
    ),
    (
      #"{"custom_id":"a","result":{"type":"succeeded","message":{"content":[{"type":"tool_use"}],"stop_reason":"tool_use"}}}"#,
      "tool-call"
    ),
    (
      #"{"custom_id":"a","response":{"status_code":200,"body":{"choices":[{"finish_reason":"stop","message":{"content":null,"refusal":"No."}}]}}}"#,
      "refusal"
    ),
    (
      #"{"custom_id":"a","response":{"status_code":200,"body":{"choices":[{"finish_reason":"stop","message":{"content":null,"tool_calls":[{}]}}]}}}"#,
      "tool-call"
    ),
    (
      #"{"custom_id":"a","response":{"status_code":200,"body":{"choices":[{"finish_reason":"content_filter","message":{"content":"x"}}]}}}"#,
      "refusal"
    ),
    (
      #"{"custom_id":"a","response":{"status_code":200,"body":{"status":"incomplete","incomplete_details":{"reason":"max_output_tokens"},"output":[]}}}"#,
      "truncated"
    ),
    (#"{"recordId":"a","modelOutput":{"generation":"x","stop_reason":"length"}}"#, "truncated"),
    (#"{"recordId":"a","modelOutput":{"generation":" \n","stop_reason":"stop"}}"#, "empty"),
    (#"{"recordId":"a","modelOutput":{"what":"x"}}"#, "malformed"),
    (#"{"custom_id":"a","response":{"status_code":200}}"#, "malformed"),
    (#"{"custom_id":"a","result":{"type":"surprise"}}"#, "malformed"),
    (#"{"custom_id":7,"result":{}}"#, "malformed"), (#"["a"]"#, "malformed"), ("{\"custom_id\":\"a\"", "malformed"),
    (#"{"custom_id":"a","custom_id":"a"}"#, "malformed"),
    (
      #"{"custom_id":"b","result":{"type":"succeeded","message":{"content":[{"type":"text","text":"x"}]}}}"#,
      "unknown-request"
    ),
  ])
  func whatIsNoAnswerIsListedWithItsReason(result: String, reason: String) throws {
    #expect(try ingest(IngestFixture.request("a", "what is it"), result) == nil)
    #expect(try fixture.reasons() == [1: reason])
    // Asked again only where that may help: a result for "a" that came back whole is final.
    let isFinal = ["refusal", "truncated", "tool-call"].contains(reason)
    #expect(try fixture.rows("retry-requests.jsonl").count == (isFinal ? 0 : 1))
  }

  @Test func embeddingsAreJoinedToTheirTextsAsNumbersOrBase64() throws {
    let requests = try fixture.write(
      "r.jsonl", [IngestFixture.request("a", "What is it?"), IngestFixture.request("b", "where")])
    let texts = try fixture.write(
      "e.jsonl",
      [
        IngestFixture.line(["custom_id": "e1", "body": ["model": "e", "input": ["where", "unknown"]]]),
        IngestFixture.line(["custom_id": "e2", "body": ["model": "e", "input": "what is it"]]),
        IngestFixture.line(["custom_id": "e3", "body": ["model": "e", "input": "nothing of ours"]]),
      ])
    let vector: [Float] = [0.5, -1, 2, 0, 0, 0, 0, 1e-7]
    let base64 = vector.withUnsafeBytes { Data($0) }.base64EncodedString()
    let numbers = vector.map { Double($0) }
    let results = try fixture.write(
      "results.jsonl",
      [
        IngestFixture.embedding("e2", [base64]), IngestFixture.chat("b", "There."), IngestFixture.chat("a", "This."),
        IngestFixture.embedding("e1", [numbers, numbers]), IngestFixture.embedding("e3", [numbers]),
        IngestFixture.embedding("e1", [numbers]), IngestFixture.embedding("e2", [[1.0, 2.0]]),
      ])
    let report = try fixture.run([results]) { $0.requests = [requests, texts] }
    let entries = try fixture.rows("entries.jsonl")
    #expect(entries.compactMap { $0["id"] as? String } == ["a", "b"])
    for entry in entries {
      let found = try #require(entry["embedding"] as? [NSNumber])
      #expect(found.map(\.floatValue) == vector)
    }
    #expect(report.embeddingModel == "e")
    #expect(report.embedded == 2)
    #expect(try fixture.reasons() == [5: "unused-embedding", 6: "malformed", 7: "malformed"])
  }
}
