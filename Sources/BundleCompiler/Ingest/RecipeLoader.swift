import Yams

/// Turns the YAML text of a recipe into a `Recipe`.
struct RecipeLoader {
  let path: String
  /// The recipe's folder with its final slash, or nothing for the current folder.
  let folder: String
  let dataFolder: String?

  private static let keys = [
    "name", "version", "expires", "entries", "variants", "distractors", "queries", "embeddings", "budget",
    "assume_out_of_scope", "recall", "ambiguous", "default_route", "encoder", "pairs", "routes", "rules", "marked_hits",
    "prompts", "cadence",
  ]

  /// Up to what every JSON reader keeps exact, since manifests and replies state it.
  private static let versions: ClosedRange<UInt64> = 1...(1 << 53 - 1)

  func recipe(_ text: String) throws(InputError) -> Recipe {
    guard let node = try compose(text) else {
      throw InputPlace(file: path).error("the recipe is empty", do: "write name, version and entries")
    }
    let root = try RecipeNode(node, name: "", file: path, line: 1).mapping(known: Self.keys)
    var recipe = Recipe(
      path: path, name: try name(root), version: try root.required("version", example: "1").integer(in: Self.versions),
      entries: try files(try root.required("entries", example: "entries.jsonl")))
    if let expires = root["expires"] { recipe.expires = try time(expires) }
    if let variants = root["variants"] { recipe.variants = try files(variants) }
    if let distractors = root["distractors"] { recipe.distractors = try files(distractors) }
    if let queries = root["queries"] { recipe.queries = try files(queries) }
    if let pairs = root["pairs"] { recipe.pairs = try files(pairs) }
    if let hits = root["marked_hits"] {
      recipe.markedHits = Recipe.SourceFile(path: try resolved(hits), line: hits.place.line ?? 1)
    }
    if let routes = root["routes"] { recipe.routes = try self.routes(routes) }
    if let prompts = root["prompts"] { recipe.prompts = try self.prompts(prompts) }
    if let cadence = root["cadence"] { recipe.cadences = try cadences(cadence) }
    if let embeddings = root["embeddings"] { recipe.embeddings = try self.embeddings(embeddings, recipe) }
    if let budget = root["budget"] { recipe.budget = try self.budget(budget) }
    if let share = root["assume_out_of_scope"] {
      recipe.assumeOutOfScope = try share.share("over 0% and at most 100%") { $0 > 0 && $0 <= 1 }
    }
    if let recall = root["recall"] {
      recipe.recall = try recall.share("over 0% and at most 100%") { $0 > 0 && $0 <= 1 }
    }
    if let ambiguous = root["ambiguous"] { recipe.ambiguous = try ambiguous.choice([.refuse, .fallback]) }
    if let route = root["default_route"] { recipe.defaultRoute = try self.route(route) }
    if let encoder = try root["encoder"]?.mapping(known: ["max_bytes", "prior"]) {
      recipe.maximumEncoderBytes = try encoder["max_bytes"]?.integer(in: 1...Int(Int32.max))
      if let prior = encoder["prior"] {
        recipe.prior = Recipe.SourceFile(path: try resolved(prior), line: prior.place.line ?? 1)
      }
    }
    if let rules = root["rules"] { recipe.rules = try RecipeRulesLoader(loader: self).rules(rules) }
    return recipe
  }

  /// Parses the text. Errors of the parser carry its line.
  func compose(_ text: String) throws(InputError) -> Node? {
    func refused(_ problem: String, _ line: Int?) -> InputError {
      InputPlace(file: path, line: line).error("the recipe is not valid YAML: \(problem)", do: "correct the line")
    }
    do {
      // Some editors begin a file with a byte order mark, which YAML allows and the parser does not expect.
      return try Yams.compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
    } catch let error as YamlError {
      switch error {
      case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
        .composer(_, let problem, let mark, _):
        throw refused(problem, mark.line)
      case .duplicatedKeysInMapping(let keys, let context):
        throw InputPlace(file: path, line: context.mark.line).error(
          "the key '\(keys.first ?? "")' stands twice", do: "keep one of them")
      case .reader(let problem, let offset, _, let yaml):
        throw refused(problem, offset.map { 1 + yaml.prefix($0).count { $0.isNewline } })
      default: throw refused("\(error)", nil)
      }
    } catch {
      throw refused("\(error)", nil)
    }
  }

  private func name(_ root: RecipeMapping) throws(InputError) -> String {
    let node = try root.required("name", example: "my-bundle")
    let name = try node.text()
    let isPlain = name.unicodeScalars.allSatisfy { scalar in
      scalar.isASCII && (scalar.properties.isAlphabetic || scalar.properties.numericType != nil)
        || "-_.".unicodeScalars.contains(scalar)
    }
    guard isPlain, name.utf8.count <= 64 else {
      throw node.place.error("'name' is '\(name)'", do: "use letters, digits, '-', '_' and '.', at most 64 of them")
    }
    return name
  }

  private func time(_ node: RecipeNode) throws(InputError) -> Int64 {
    let text = try node.text()
    guard let seconds = Timestamp.parse(text) else {
      throw node.place.error("\(node.subject) is '\(text)', which is not a date", do: Timestamp.forms)
    }
    return seconds
  }

  func route(_ node: RecipeNode) throws(InputError) -> String {
    let route = try node.text()
    guard route.utf8.count <= InputLimits.standard.route,
      route.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control })
    else {
      throw node.place.error(
        "\(node.subject) is longer than \(InputLimits.standard.route) bytes or has control characters",
        do: "give the route a short name")
    }
    return route
  }

  private func budget(_ node: RecipeNode) throws(InputError) -> Recipe.Budget {
    var budget = Recipe.Budget()
    let mapping = try node.mapping(known: ["max_wrong", "confidence"])
    if let maximum = try mapping["max_wrong"]?.mapping(known: ["requests", "answers"]) {
      let bounds = "between 0% and 100%, exclusive"
      if let share = try maximum["requests"]?.share(bounds, { $0 > 0 && $0 < 1 }) { budget.wrongOfRequests = share }
      if let share = try maximum["answers"]?.share(bounds, { $0 > 0 && $0 < 1 }) { budget.wrongOfAnswers = share }
    }
    if let confidence = try mapping["confidence"]?.share("from 50% to below 100%", { $0 >= 0.5 && $0 < 1 }) {
      budget.confidence = confidence
    }
    return budget
  }

  private func embeddings(_ node: RecipeNode, _ recipe: Recipe) throws(InputError) -> Recipe.Embeddings {
    let mapping = try node.mapping(known: ["model", "entries", "variants", "distractors", "queries"])
    let model = try mapping.required("model", example: "sentence-transformers/all-MiniLM-L6-v2").text()
    var embeddings = Recipe.Embeddings(model: model, line: node.place.line ?? 1)
    embeddings.entries = try matching(mapping["entries"], recipe.entries, "entries")
    embeddings.variants = try matching(mapping["variants"], recipe.variants, "variants")
    embeddings.distractors = try matching(mapping["distractors"], recipe.distractors, "distractors")
    embeddings.queries = try matching(mapping["queries"], recipe.queries, "queries")
    return embeddings
  }

  /// The `.npy` files of `node`, of which there must be one for each of `sources`.
  private func matching(
    _ node: RecipeNode?, _ sources: [Recipe.SourceFile], _ key: String
  ) throws(InputError) -> [Recipe.SourceFile] {
    guard let node else { return [] }
    let files = try files(node)
    guard files.count == sources.count else {
      throw node.place.error(
        "\(node.subject) and '\(key)' name different numbers of files, \(files.count) and \(sources.count)",
        do: "name one .npy file for each file of \(key), in the same order")
    }
    return files
  }

  /// The files of a path or a list of paths, at least one.
  private func files(_ node: RecipeNode) throws(InputError) -> [Recipe.SourceFile] {
    var files: [Recipe.SourceFile] = []
    for element in node.list() {
      files.append(Recipe.SourceFile(path: try resolved(element), line: element.place.line ?? 1))
    }
    guard !files.isEmpty else {
      throw node.place.error("\(node.subject) is an empty list", do: "name a file, or remove the key")
    }
    return files
  }

  /// A path with `${data}` replaced, relative to the recipe's folder unless it is absolute.
  func resolved(_ node: RecipeNode) throws(InputError) -> String {
    let path = try node.text()
    // After this, no later file system call can stop at a NUL that the user does not see.
    guard !path.utf8.contains(0) else { throw node.place.error("the path contains NUL", do: "remove it") }
    let variable = "${data}"
    guard path.contains(variable) else { return path.hasPrefix("/") ? path : folder + path }
    guard path.hasPrefix(variable) else {
      throw node.place.error("the path '\(path)' has ${data} inside", do: "use ${data} only at the start of a path")
    }
    guard let dataFolder else {
      throw node.place.error(
        "the path '\(path)' uses ${data}, but no data folder was given", do: "give one with --data FOLDER")
    }
    // A data folder is relative to where the command runs, not to the recipe.
    return dataFolder + path.dropFirst(variable.count)
  }
}
