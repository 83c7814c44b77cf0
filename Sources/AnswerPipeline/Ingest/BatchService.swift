/// A batch inference service and the form of its files.
public enum BatchService: String, Sendable, CaseIterable {
  /// OpenAI Batch on `/v1/chat/completions`.
  case openAIChat = "openai-chat"
  /// OpenAI Batch on `/v1/responses`.
  case openAIResponses = "openai-responses"
  /// Anthropic Message Batches.
  case anthropic
  /// Amazon Bedrock batch inference; the form of requests is the model's own.
  case bedrock
  /// OpenAI Batch on `/v1/embeddings`.
  case openAIEmbeddings = "openai-embeddings"
}
