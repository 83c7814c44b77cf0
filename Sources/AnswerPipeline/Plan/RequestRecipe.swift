import BundleCompiler

/// How questions become requests: service, model, prompt and prices, with what differs for each route. Read from YAML.
public struct RequestRecipe: Sendable {
  /// What requests of one route look like and cost.
  public struct Route: Sendable {
    public var model = ""
    public var system: String?
    public var prompt = PromptTemplate.plain
    /// How wordings of entries are asked for.
    public var widenPrompt = WideningPrompt.standard
    public var maximumTokens = 1_024
    public var temperature: Double?
    /// How many answers are asked for, to be compared.
    public var samples = 1
    /// What a live answer costs for a million tokens; `nil` if the recipe does not say.
    public var price: TokenPrice?
    /// What a batch answer costs; half of a live one if the recipe does not say.
    public var batchPrice: TokenPrice?
    /// The tokens of an answer, for questions of which the log does not say.
    public var inputTokens = 300.0
    public var outputTokens = 300.0
  }

  /// Prices of a million tokens.
  public struct TokenPrice: Sendable, Equatable {
    public var input: Double
    public var output: Double

    /// What so many tokens cost.
    public func of(input: Double, output: Double) -> Double { (input * self.input + output * self.output) / 1_000_000 }
  }

  /// The service whose files are written; `nil` for none.
  public internal(set) var service: BatchService?
  /// For questions without a route.
  public internal(set) var standard = Route()
  /// For those of a named route.
  public internal(set) var routes: [(name: String, route: Route)] = []
  /// The model of embedding requests, and whether they are Bedrock's; `nil` for none.
  public internal(set) var embeddings: (service: BatchService, model: String)?

  /// Prices unknown, no requests.
  public init() {}

  /// What holds for questions of the route `name`.
  func route(_ name: String?) -> Route { routes.first { $0.name == name }?.route ?? standard }

  private static let routeKeys = [
    "model", "system", "prompt", "widen_prompt", "max_tokens", "temperature", "samples", "price", "batch_price",
    "tokens",
  ]

  /// Reads the file at `path`.
  ///
  /// - Throws: `InputError` naming the line of a mistake.
  public init(path: String) throws(InputError) {
    let root = try RecipeNode.load(path: path).mapping(known: Self.routeKeys + ["service", "routes", "embeddings"])
    service = try root.required("service", example: "openai-chat").choice([
      BatchService.openAIChat, .openAIResponses, .anthropic, .bedrock,
    ])
    standard = try Self.read(root, Route())
    guard !standard.model.isEmpty else {
      throw root.place.error("the key 'model' is missing", do: "add it, such as 'model: NAME'")
    }
    for member in try root["routes"]?.members() ?? [] {
      let mapping = try member.value.mapping(known: Self.routeKeys)
      routes.append((try member.key.text(), try Self.read(mapping, standard)))
    }
    if let node = try root["embeddings"]?.mapping(known: ["service", "model"]) {
      let service = try node["service"]?.choice([BatchService.openAIEmbeddings, .bedrock]) ?? .openAIEmbeddings
      embeddings = (service, try node.required("model", example: "text-embedding-3-small").text())
    }
  }

  private static func read(_ node: RecipeMapping, _ base: Route) throws(InputError) -> Route {
    var route = base
    if let value = node["model"] { route.model = try value.text() }
    if let value = node["system"] { route.system = try value.text() }
    if let value = node["prompt"] {
      guard let template = PromptTemplate(try value.text()) else {
        throw value.place.error("'prompt' has no {{question}}, or several", do: "write {{question}} in it once")
      }
      route.prompt = template
    }
    if let value = node["widen_prompt"] {
      guard let template = WideningPrompt(try value.text()) else {
        throw value.place.error(
          "'widen_prompt' has no {{question}}, or a slot of another name than question, wordings, answer, rewordings, near_misses",
          do: "write {{question}} in it, and spell the slots so")
      }
      route.widenPrompt = template
    }
    if let value = node["max_tokens"] { route.maximumTokens = try value.integer(in: 1...1_000_000) }
    if let value = node["temperature"] { route.temperature = try value.amount() }
    if let value = node["samples"] { route.samples = try value.integer(in: 1...16) }
    if let value = node["price"] {
      route.price = try price(value)
      route.batchPrice = nil
    }
    if let value = node["batch_price"] { route.batchPrice = try price(value) }
    if let value = try node["tokens"]?.mapping(known: ["input", "output"]) {
      route.inputTokens = try value["input"]?.amount() ?? route.inputTokens
      route.outputTokens = try value["output"]?.amount() ?? route.outputTokens
    }
    return route
  }

  private static func price(_ node: RecipeNode) throws(InputError) -> TokenPrice {
    let mapping = try node.mapping(known: ["input", "output"])
    return TokenPrice(
      input: try mapping.required("input", example: "0.15").amount(),
      output: try mapping.required("output", example: "0.60").amount())
  }
}
