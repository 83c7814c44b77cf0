import BundleCompiler

extension BatchResult {
  /// A line of OpenAI Batch output: chat completions, responses or embeddings.
  static func openAI(_ line: JSONValue, _ id: String) throws(MalformedResult) -> BatchResult {
    let response = line["response"]
    let body = response?["body"]
    let status = response?["status_code"]?.integer ?? 200
    if line["error"] != nil || status != 200 {
      let error = line["error"] ?? body
      return failure(id, .openAIChat, .error, status == 200 ? message(error) : "status \(status), \(message(error))")
    }
    guard let body else { throw MalformedResult("\"response\" has no \"body\"") }
    var result = try openAIBody(body, id)
    result.model = body["model"]?.string
    result.requestID = response?["request_id"]?.string ?? body["id"]?.string
    return result
  }

  /// The body of a response of OpenAI's, which other services return too.
  static func openAIBody(_ body: JSONValue, _ id: String) throws(MalformedResult) -> BatchResult {
    var result: BatchResult
    let usage = body["usage"]
    if let choices = body["choices"] {
      let samples = choices.elements.map(chatSample)
      guard !samples.isEmpty else { throw MalformedResult("\"choices\" is empty") }
      result = BatchResult(id: id, service: .openAIChat, content: .samples(samples))
      result.time = body["created"]?.integer
    } else if let output = body["output"] {
      result = BatchResult(id: id, service: .openAIResponses, content: .samples([responseSample(body, output)]))
      // Times of this form may have a fraction.
      result.time = body["created_at"]?.double.flatMap { Int64(exactly: $0.rounded(.down)) }
    } else if let data = body["data"] {
      result = BatchResult(id: id, service: .openAIEmbeddings, content: .embeddings(try embeddings(data.elements)))
    } else {
      throw MalformedResult("the body has neither \"choices\", \"output\" nor \"data\"")
    }
    result.inputTokens = usage?["prompt_tokens"]?.integer ?? usage?["input_tokens"]?.integer
    result.outputTokens = usage?["completion_tokens"]?.integer ?? usage?["output_tokens"]?.integer
    return result
  }

  private static func chatSample(_ choice: JSONValue) -> Sample {
    let message = choice["message"]
    if let refusal = message?["refusal"]?.string, !refusal.isEmpty { return .failure(.refusal, detail: refusal) }
    switch choice["finish_reason"]?.string {
    case "length": return .failure(.truncated, detail: "finish_reason is length")
    case "content_filter": return .failure(.refusal, detail: "finish_reason is content_filter")
    case "tool_calls", "function_call": return .failure(.toolCall, detail: "the model called a tool")
    default: break
    }
    if let calls = message?["tool_calls"], !calls.elements.isEmpty {
      return .failure(.toolCall, detail: "the model called a tool")
    }
    return sample(message?["content"]?.string ?? joined(message?["content"], type: "text"))
  }

  private static func responseSample(_ body: JSONValue, _ output: JSONValue) -> Sample {
    switch body["status"]?.string {
    case "completed", nil: break
    case "incomplete":
      let reason = body["incomplete_details"]?["reason"]?.string ?? "no reason"
      return .failure(
        reason == "content_filter" ? .refusal : .truncated, detail: "the response is incomplete: \(reason)")
    case let status?: return .failure(.error, detail: "status is \(status), \(message(body["error"]))")
    }
    var text = ""
    for item in output.elements {
      if let type = item["type"]?.string, type.hasSuffix("_call") {
        return .failure(.toolCall, detail: "the model called a tool: \(type)")
      }
      for part in item["content"]?.elements ?? [] {
        if let refusal = part["refusal"]?.string { return .failure(.refusal, detail: refusal) }
        if part["type"]?.string == "output_text" { text += part["text"]?.string ?? "" }
      }
    }
    return sample(text)
  }

  /// The texts of the parts of one type, joined; `nil` if there is none.
  static func joined(_ content: JSONValue?, type: String) -> String? {
    let parts = (content?.elements ?? []).filter { $0["type"]?.string == type }.compactMap { $0["text"]?.string }
    return parts.isEmpty ? nil : parts.joined()
  }

  private static func embeddings(_ data: [JSONValue]) throws(MalformedResult) -> [[Float]] {
    var vectors = [[Float]?](repeating: nil, count: data.count)
    for (place, item) in data.enumerated() {
      let index = item["index"]?.integer.flatMap { Int(exactly: $0) } ?? place
      guard vectors.indices.contains(index), vectors[index] == nil else {
        throw MalformedResult("the embeddings are not numbered from 0 to \(data.count - 1)")
      }
      vectors[index] = try EmbeddingText.vector(item["embedding"])
    }
    guard !vectors.isEmpty else { throw MalformedResult("\"data\" is empty") }
    return vectors.compactMap { $0 }
  }
}
