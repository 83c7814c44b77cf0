import BundleCompiler

/// What live and batch answers cost: a table of dated prices, read from YAML. `tools/prices.example.yaml` is one.
public struct PriceTable: Sendable {
  /// The price of one model.
  public struct Model: Sendable {
    /// What the table calls it.
    public let name: String
    /// Where the price stands, and of which date it is, if the table says so.
    public let source: String?
    public let date: String?
    /// A million tokens of a live answer, in and out.
    let live: RequestRecipe.TokenPrice
    /// A million tokens of a batch answer.
    let batch: RequestRecipe.TokenPrice
    /// The dollars, or whatever the currency is, of a GPU hour and the tokens that come out of it in a second, for models on
    /// own machines.
    let hardware: (hour: Double, tokensPerSecond: Double)?

    /// How the price is made up, for people.
    public var basis: String {
      if let hardware {
        return
          "\(ReportFigures.plain(hardware.hour)) a GPU hour at \(ReportFigures.plain(hardware.tokensPerSecond)) tokens a second"
      }
      return "\(ReportFigures.plain(live.input)) in, \(ReportFigures.plain(live.output)) out for a million tokens"
    }
  }

  /// The file's name without its folder.
  public let name: String
  /// When the table was last looked over, as its author writes it.
  public let date: String
  /// The currency, as its author writes it.
  public let currency: String
  /// What its author says of it.
  public let note: String?
  /// The models, in the table's order; at least one.
  public let models: [Model]
  /// The place of the model that answers live now, and of the one that answers are made with in advance.
  let live: Int
  let batch: Int
  /// The model of each route.
  let routes: [(name: String, model: Int)]
  /// The tokens of a request where the log does not say.
  let tokens: (input: Double, output: Double)
  /// What a person's check of one answer costs.
  let review: Double

  private static let keys = [
    "date", "currency", "note", "models", "live", "batch", "batch_discount", "routes", "tokens", "review",
  ]
  private static let modelKeys = [
    "name", "input", "output", "batch_input", "batch_output", "gpu_hour", "tokens_per_second", "source", "date",
  ]

  /// Reads the file at `path`.
  ///
  /// - Throws: `InputError` naming the line of a mistake.
  public init(path: String) throws(InputError) {
    let root = try RecipeNode.load(path: path).mapping(known: Self.keys)
    name = path.lastPathComponent
    date = try root.required("date", example: "2026-11-01").text()
    currency = try root["currency"]?.text() ?? "USD"
    note = try root["note"]?.text()
    let discount = try root["batch_discount"]?.share("from 0% to 100%") { (0...1).contains($0) } ?? 0.5
    let node = try root.required("models", example: "[{name: NAME, input: 0.4, output: 1.6}]")
    var models: [Model] = []
    for item in node.list() {
      let model = try Self.model(item.mapping(known: Self.modelKeys), discount)
      guard !models.contains(where: { $0.name == model.name }) else {
        throw item.place.error("two models are named '\(model.name)'", do: "rename one of them")
      }
      models.append(model)
    }
    guard !models.isEmpty else { throw node.place.error("there are no models", do: "write at least one") }
    func place(_ node: RecipeNode) throws(InputError) -> Int {
      let name = try node.text()
      guard let place = models.firstIndex(where: { $0.name == name }) else {
        throw node.place.error(
          "\(node.subject) is '\(name)', which is no model of this table",
          do: "write one of \(models.map(\.name).joined(separator: ", "))")
      }
      return place
    }
    live = try root["live"].map { node throws(InputError) in try place(node) } ?? 0
    batch = try root["batch"].map { node throws(InputError) in try place(node) } ?? live
    var routes: [(name: String, model: Int)] = []
    for member in try root["routes"]?.members() ?? [] {
      routes.append((try member.key.text(), try place(member.value)))
    }
    self.routes = routes
    let tokens = try root["tokens"]?.mapping(known: ["input", "output"])
    self.tokens = (
      try Self.optional(tokens?["input"], most: 1e7) ?? 300,
      try Self.optional(tokens?["output"], most: 1e7) ?? 300
    )
    review = try Self.optional(root["review"]) ?? 0
    self.models = models
  }

  private static func model(_ node: RecipeMapping, _ discount: Double) throws(InputError) -> Model {
    let name = try node.required("name", example: "NAME").text()
    let live: RequestRecipe.TokenPrice
    var hardware: (hour: Double, tokensPerSecond: Double)?
    if let hour = node["gpu_hour"] {
      let rate = try node.required("tokens_per_second", example: "1800")
      let tokensPerSecond = try rate.amount()
      guard tokensPerSecond >= 1 else {
        throw rate.place.error("\(rate.subject) is less than 1", do: "write how many tokens come out in a second")
      }
      hardware = (try amount(hour), tokensPerSecond)
      live = RequestRecipe.TokenPrice(
        input: try optional(node["input"]) ?? 0, output: try amount(hour) / 3_600 / tokensPerSecond * 1_000_000)
    } else {
      live = RequestRecipe.TokenPrice(
        input: try amount(node.required("input", example: "0.40")),
        output: try amount(node.required("output", example: "1.60")))
    }
    // A machine of one's own costs the same at night.
    let part = hardware == nil ? 1 - discount : 1
    let batch = RequestRecipe.TokenPrice(
      input: try optional(node["batch_input"]) ?? live.input * part,
      output: try optional(node["batch_output"]) ?? live.output * part)
    return Model(
      name: name, source: try node["source"]?.text(), date: try node["date"]?.text(), live: live, batch: batch,
      hardware: hardware)
  }

  private static func optional(_ node: RecipeNode?, most: Double = 1e6) throws(InputError) -> Double? {
    guard let node else { return nil }
    return try amount(node, most: most)
  }

  // Amounts are kept so small that no product of them leaves the range of what can be shown.
  private static func amount(_ node: RecipeNode, most: Double = 1e6) throws(InputError) -> Double {
    let amount = try node.amount()
    guard amount <= most else {
      throw node.place.error(
        "\(node.subject) is more than \(ReportFigures.count(most))", do: "check the number and its unit")
    }
    return amount
  }

  /// The model that answers fallbacks of the route `name`: the live one where the table does not say.
  func model(ofRoute name: String?) -> Int { routes.first { $0.name == name }?.model ?? live }
}
