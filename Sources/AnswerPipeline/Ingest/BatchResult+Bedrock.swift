import BundleCompiler

extension BatchResult {
  /// A line of Bedrock batch output. Its `modelOutput` has the form of the model: Anthropic, Nova, Titan, Llama, Mistral,
  /// OpenAI's open models, and the embedding models of Titan and Cohere.
  static func bedrock(_ line: JSONValue, _ id: String) throws(MalformedResult) -> BatchResult {
    if let error = line["error"] { return failure(id, .bedrock, .error, message(error)) }
    guard let output = line["modelOutput"] else {
      throw MalformedResult("the line has neither \"modelOutput\" nor \"error\"")
    }
    var result: BatchResult
    if output["content"] != nil {
      result = try anthropicMessage(output, id, .bedrock)
    } else if output["choices"] != nil {
      let chat = try openAIBody(output, id)
      result = BatchResult(id: id, service: .bedrock, content: chat.content)
      (result.inputTokens, result.outputTokens, result.time) = (chat.inputTokens, chat.outputTokens, chat.time)
    } else if let vectors = try vectors(output) {
      result = BatchResult(id: id, service: .bedrock, content: .embeddings(vectors))
      result.inputTokens = output["inputTextTokenCount"]?.integer
    } else {
      result = try completion(output, id)
    }
    result.model = result.model ?? output["model"]?.string ?? line["modelInput"]?["model"]?.string
    result.requestID = result.requestID ?? output["id"]?.string
    result.request = line["modelInput"]
    return result
  }

  private static func vectors(_ output: JSONValue) throws(MalformedResult) -> [[Float]]? {
    if let vector = output["embedding"] { return [try EmbeddingText.vector(vector)] }
    guard let list = output["embeddings"]?["float"] ?? output["embeddings"] else { return nil }
    var vectors: [[Float]] = []
    for vector in list.elements { vectors.append(try EmbeddingText.vector(vector)) }
    guard !vectors.isEmpty else { throw MalformedResult("\"embeddings\" is empty") }
    return vectors
  }

  // What each model calls its text, why it stopped, and its tokens.
  private static func completion(_ output: JSONValue, _ id: String) throws(MalformedResult) -> BatchResult {
    let text: String?
    let stop: String?
    let input: Int64?
    let generated: Int64?
    if let message = output["output"]?["message"] {
      let parts = (message["content"]?.elements ?? [])
      if parts.contains(where: { $0["toolUse"] != nil }) {
        return failure(id, .bedrock, .toolCall, "the model called a tool")
      }
      text = parts.compactMap { $0["text"]?.string }.joined()
      stop = output["stopReason"]?.string
      (input, generated) = (output["usage"]?["inputTokens"]?.integer, output["usage"]?["outputTokens"]?.integer)
    } else if let result = output["results"]?.elements.first {
      text = result["outputText"]?.string
      stop = result["completionReason"]?.string
      (input, generated) = (output["inputTextTokenCount"]?.integer, result["tokenCount"]?.integer)
    } else if let generation = output["generation"] {
      text = generation.string
      stop = output["stop_reason"]?.string
      (input, generated) = (output["prompt_token_count"]?.integer, output["generation_token_count"]?.integer)
    } else if let first = output["outputs"]?.elements.first {
      text = first["text"]?.string
      stop = first["stop_reason"]?.string
      (input, generated) = (nil, nil)
    } else {
      throw MalformedResult("the form of \"modelOutput\" is none of those that are known")
    }
    let sample: Sample
    switch stop?.lowercased() {
    case "max_tokens", "length": sample = .failure(.truncated, detail: "the model stopped at its token limit")
    case "content_filtered", "guardrail_intervened", "content_filter", "refusal":
      sample = .failure(.refusal, detail: "the model stopped: \(stop ?? "")")
    case "tool_use", "tool_calls": sample = .failure(.toolCall, detail: "the model called a tool")
    default: sample = Self.sample(text)
    }
    var result = BatchResult(id: id, service: .bedrock, content: .samples([sample]))
    (result.inputTokens, result.outputTokens) = (input, generated)
    return result
  }
}
