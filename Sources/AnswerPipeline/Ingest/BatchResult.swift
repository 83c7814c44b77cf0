import BundleCompiler

/// One line of a result file of a batch service: what was answered, or why not.
struct BatchResult {
  /// One answer to a question. OpenAI's `n` gives several on a line.
  enum Sample {
    case answer(String)
    case failure(DropReason, detail: String)
  }

  /// What the line holds.
  enum Content {
    case samples([Sample])
    /// Vectors, in the order of the request's inputs.
    case embeddings([[Float]])
  }

  /// The id that joins it to its request.
  let id: String
  let service: BatchService
  let content: Content
  /// The model that answered, as the service names it.
  var model: String?
  var inputTokens: Int64?
  var outputTokens: Int64?
  /// When it was answered, in seconds since 1970.
  var time: Int64?
  /// The service's own id of the request or message.
  var requestID: String?
  /// What the line itself says of the request: Bedrock repeats it.
  var request: JSONValue?

  /// A line that failed as a whole.
  static func failure(
    _ id: String, _ service: BatchService, _ reason: DropReason, _ detail: String
  ) -> BatchResult {
    BatchResult(id: id, service: service, content: .samples([.failure(reason, detail: detail)]))
  }

  /// Understands a line of any of the services; which one is seen by its members.
  ///
  /// - Throws: `MalformedResult` if it is a line of none of them.
  init(line: JSONValue) throws(MalformedResult) {
    guard case .object = line else { throw MalformedResult("the line is \(line.kind), not an object") }
    if let id = line["recordId"] {
      guard let id = id.string, !id.isEmpty else { throw MalformedResult("\"recordId\" is not a text") }
      self = try Self.bedrock(line, id)
      return
    }
    guard let id = line["custom_id"]?.string, !id.isEmpty else {
      throw MalformedResult("the line has neither \"custom_id\" nor \"recordId\"")
    }
    if let result = line["result"] {
      self = try Self.anthropic(result, id)
    } else if line["response"] != nil || line["error"] != nil {
      self = try Self.openAI(line, id)
    } else if line["body"] != nil || line["params"] != nil {
      throw MalformedResult("the line is a request, not a result; give request files with --requests")
    } else {
      throw MalformedResult("the line has neither \"response\", \"result\" nor \"error\"")
    }
  }

  init(id: String, service: BatchService, content: Content) {
    self.id = id
    self.service = service
    self.content = content
  }

  /// An answer, unless nothing but white space is left of it.
  static func sample(_ text: String?) -> Sample {
    guard let text, !text.unicodeScalars.allSatisfy(\.isWhiteSpace) else {
      return .failure(.empty, detail: "there is no answer text")
    }
    return .answer(text)
  }

  /// The message of an error in any of the forms that services use.
  static func message(_ error: JSONValue?) -> String {
    guard let error else { return "no message" }
    if let text = error.string { return text }
    let inner = error["error"] ?? error
    let parts = [
      inner["code"]?.string ?? inner["type"]?.string ?? inner["errorCode"]?.compactText,
      inner["message"]?.string ?? inner["errorMessage"]?.string,
    ]
    let text = parts.compactMap { $0 }.joined(separator: ": ")
    return text.isEmpty ? String(inner.compactText.prefix(200)) : text
  }
}

/// Why a line is not a result, without a full stop.
struct MalformedResult: Error {
  let problem: String

  init(_ problem: String) { self.problem = problem }
}
