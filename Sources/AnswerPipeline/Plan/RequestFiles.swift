import BundleCompiler
import Foundation

/// Writes request files in the forms of the services, split at their limits.
struct RequestFiles {
  /// The most lines and bytes of one file, as the services state them.
  private struct Limit {
    let lines: Int
    let bytes: Int
  }

  private let folder: String
  private let files: OutputFiles
  private let recipe: RequestRecipe

  init(_ folder: String, _ files: OutputFiles, _ recipe: RequestRecipe) {
    self.folder = folder
    self.files = files
    self.recipe = recipe
  }

  private static func limit(_ service: BatchService) -> Limit {
    switch service {
    case .openAIChat, .openAIResponses, .openAIEmbeddings: Limit(lines: 50_000, bytes: 200_000_000)
    case .anthropic: Limit(lines: 100_000, bytes: 256_000_000)
    case .bedrock: Limit(lines: 50_000, bytes: 1_000_000_000)
    }
  }

  /// Writes requests: one file for each route, or several. Returns how many there are.
  ///
  /// A service takes one model in a file at most (Bedrock names it outside the file), so routes do not share files.
  ///
  /// - Parameters:
  ///   - items: The id of each, in letters and digits without s, which every service takes; and its route.
  ///   - prompt: Gives the prompt of the item at an index, in the way of its route.
  func write(
    _ items: [(id: String, route: String?)], prompt: (Int, RequestRecipe.Route) -> String
  ) throws(OutputError) -> Int {
    guard let service = recipe.service else { return 0 }
    var count = 0
    var names: [String?] = []
    for item in items where !names.contains(item.route) { names.append(item.route) }
    for name in names {
      let route = recipe.route(name)
      var writer = SplitWriter(
        "requests-\(service.rawValue)\(name.map { "-\($0.slug)" } ?? "")", self, Self.limit(service))
      for (index, item) in items.enumerated() where item.route == name {
        let text = prompt(index, route)
        for sample in 0..<route.samples {
          let id = item.id + (sample > 0 ? "s\(sample + 1)" : "")
          try writer.write(Self.request(id, text, route, service).compactText)
          count += 1
        }
      }
    }
    return count
  }

  /// Notes that request files of an earlier run go which this one does not write: it may have needed more of them.
  func removeOthers() {
    for name in (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] {
      let isOurs = name.hasSuffix(".jsonl") && ["requests-", "embeddings-"].contains { name.hasPrefix($0) }
      if isOurs, !files.names.contains("\(folder)/\(name)") { files.remove("\(folder)/\(name)") }
    }
  }

  /// Writes the requests for embeddings of `texts`. Returns how many requests there are.
  func writeEmbeddings(_ texts: [String]) throws(OutputError) -> Int {
    guard let (service, model) = recipe.embeddings else { return 0 }
    var writer = SplitWriter("embeddings-\(service.rawValue)", self, Self.limit(service))
    for (number, text) in texts.enumerated() {
      let id = JSONValue.string("e" + String(number, radix: 16))
      let line: JSONValue =
        service == .bedrock
        ? .members(("recordId", id), ("modelInput", .members(("inputText", .string(text)))))
        : .members(
          ("custom_id", id), ("method", .string("POST")), ("url", .string("/v1/embeddings")),
          ("body", .members(("model", .string(model)), ("input", .string(text)))))
      try writer.write(line.compactText)
    }
    return texts.count
  }

  /// One request.
  static func request(
    _ id: String, _ prompt: String, _ route: RequestRecipe.Route, _ service: BatchService
  ) -> JSONValue {
    let id = JSONValue.string(id)
    let user = JSONValue.members(("role", .string("user")), ("content", .string(prompt)))
    let system = route.system.map { JSONValue.members(("role", .string("system")), ("content", .string($0))) }
    let turns = JSONValue.array([system, user].compactMap { $0 })
    let tokens = JSONValue.integer(Int64(route.maximumTokens))
    let temperature = route.temperature.map { JSONValue.number($0) }
    func openAI(_ url: String, _ body: JSONValue) -> JSONValue {
      .members(("custom_id", id), ("method", .string("POST")), ("url", .string(url)), ("body", body))
    }
    switch service {
    case .openAIChat, .openAIEmbeddings:
      return openAI(
        "/v1/chat/completions",
        .members(
          ("model", .string(route.model)), ("messages", turns), ("max_completion_tokens", tokens),
          ("temperature", temperature)))
    case .openAIResponses:
      return openAI(
        "/v1/responses",
        .members(
          ("model", .string(route.model)), ("instructions", route.system.map { .string($0) }),
          ("input", .array([user])),
          ("max_output_tokens", tokens), ("temperature", temperature)))
    case .anthropic:
      return .members(
        ("custom_id", id),
        (
          "params",
          .members(
            ("model", .string(route.model)), ("max_tokens", tokens), ("system", route.system.map { .string($0) }),
            ("messages", .array([user])), ("temperature", temperature))
        ))
    case .bedrock:
      return .members(
        ("recordId", id),
        (
          "modelInput",
          .members(
            ("anthropic_version", .string("bedrock-2023-05-31")), ("max_tokens", tokens),
            ("system", route.system.map { .string($0) }), ("messages", .array([user])), ("temperature", temperature))
        ))
    }
  }

  /// Lines in as many files as they need.
  private struct SplitWriter {
    private let name: String
    private let owner: RequestFiles
    private let limit: Limit
    private var file: OutputFile?
    private var number = 0
    private var lines = 0
    private var bytes = 0

    init(_ name: String, _ owner: RequestFiles, _ limit: Limit) {
      self.name = name
      self.owner = owner
      self.limit = limit
    }

    mutating func write(_ line: String) throws(OutputError) {
      let size = line.utf8.count + 1
      if file == nil || lines == limit.lines || bytes + size > limit.bytes {
        number += 1
        file = try owner.files.create("\(owner.folder)/\(name)-\(number).jsonl")
        (lines, bytes) = (0, 0)
      }
      file?.writeLine(line)
      lines += 1
      bytes += size
    }
  }
}
