import BundleCompiler

/// One line of a request file: the question or the texts that a result belongs to.
struct BatchRequest {
  /// The id that joins it to its result.
  let id: String
  /// The last message of the user, or the only text; `nil` for a list of texts to embed.
  let prompt: String?
  /// The texts to embed, if the request is for embeddings: of a bare `input` only the result tells.
  let inputs: [String]

  /// Understands a request line of any of the services.
  ///
  /// - Throws: `MalformedResult` if it is a request of none of them.
  init(line: JSONValue) throws(MalformedResult) {
    guard case .object = line else { throw MalformedResult("the line is \(line.kind), not an object") }
    let name = line["recordId"] != nil ? "recordId" : "custom_id"
    guard let id = line[name]?.string, !id.isEmpty else {
      throw MalformedResult("the request has no \"custom_id\" or \"recordId\"")
    }
    guard let body = line["body"] ?? line["params"] ?? line["modelInput"] else {
      throw MalformedResult("the request has neither \"body\", \"params\" nor \"modelInput\"")
    }
    try self.init(id: id, body: body)
  }

  /// Understands the body of a request.
  init(id: String, body: JSONValue) throws(MalformedResult) {
    self.id = id
    inputs = Self.texts(body)
    prompt = Self.prompt(body)
    guard prompt != nil || !inputs.isEmpty else {
      throw MalformedResult("the request has no message of a user and no text to embed")
    }
  }

  private static func texts(_ body: JSONValue) -> [String] {
    switch body["input"] ?? body["inputText"] ?? body["texts"] {
    case .string(let text): return [text]
    case .array(let values): return values.compactMap(\.string)
    default: return []
    }
  }

  private static func prompt(_ body: JSONValue) -> String? {
    if let messages = body["messages"] ?? body["input"], case .array(let turns) = messages {
      guard let last = turns.last(where: { $0["role"]?.string == "user" }), let content = last["content"] else {
        return nil
      }
      if let text = content.string { return text }
      let parts = content.elements.compactMap { $0["text"]?.string }
      return parts.isEmpty ? nil : parts.joined()
    }
    return body["input"]?.string ?? body["inputText"]?.string ?? body["prompt"]?.string
  }
}
