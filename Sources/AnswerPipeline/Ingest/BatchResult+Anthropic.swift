import BundleCompiler

extension BatchResult {
  /// The `result` of a line of Anthropic Message Batches.
  static func anthropic(_ result: JSONValue, _ id: String) throws(MalformedResult) -> BatchResult {
    switch result["type"]?.string {
    case "succeeded":
      guard let message = result["message"] else { throw MalformedResult("the succeeded result has no \"message\"") }
      return try anthropicMessage(message, id, .anthropic)
    case "errored": return failure(id, .anthropic, .error, message(result["error"]))
    case let type? where ["canceled", "expired"].contains(type): return failure(id, .anthropic, .error, type)
    case let type: throw MalformedResult("the result's type is \(type ?? "missing")")
    }
  }

  /// A message of Anthropic's models, from their own service or from Bedrock.
  static func anthropicMessage(
    _ message: JSONValue, _ id: String, _ service: BatchService
  ) throws(MalformedResult) -> BatchResult {
    guard case .array(let parts)? = message["content"] else { throw MalformedResult("the message has no \"content\"") }
    let sample: Sample
    switch message["stop_reason"]?.string {
    case "max_tokens", "model_context_window_exceeded", "pause_turn":
      sample = .failure(.truncated, detail: "stop_reason is \(message["stop_reason"]?.string ?? "")")
    case "refusal": sample = .failure(.refusal, detail: "stop_reason is refusal")
    case "tool_use": sample = .failure(.toolCall, detail: "the model called a tool")
    default:
      let isToolCall = parts.contains { $0["type"]?.string == "tool_use" }
      sample =
        isToolCall
        ? .failure(.toolCall, detail: "the model called a tool")
        : Self.sample(joined(message["content"], type: "text"))
    }
    var result = BatchResult(id: id, service: service, content: .samples([sample]))
    result.model = message["model"]?.string
    result.requestID = message["id"]?.string
    result.inputTokens = message["usage"]?["input_tokens"]?.integer
    result.outputTokens = message["usage"]?["output_tokens"]?.integer
    return result
  }
}
