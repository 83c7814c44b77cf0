import BundleFormat

/// What a recipe says about courtesy and never-classes. By default all that comes with the compiler is on.
public struct RecipeRules: Equatable, Sendable {
  /// Something that a recipe can switch.
  public enum Switch: String, CaseIterable, Sendable {
    case courtesy
    case severalQuestions = "several-questions"
    case personal, possessive, live, action, context
  }

  /// The codes of the languages whose tables are used; `nil` for all.
  public internal(set) var languages: [String]?
  /// What is switched off.
  public internal(set) var off: Set<Switch> = []
  /// Whether `possessive` holds for entries with one wording too.
  public internal(set) var isPossessiveStrict = false
  /// Patterns beside those of the tables.
  public internal(set) var added: [Line] = []
  /// Patterns of the tables that are left out.
  public internal(set) var removed: [Line] = []

  /// A pattern in a recipe, and where it stands.
  public struct Line: Equatable, Sendable {
    /// The kind whose list holds the pattern.
    public let kind: RuleKind
    /// The pattern as written.
    public let pattern: String
    /// The file and line.
    public let file: String
    public let line: Int?

    var place: InputPlace { InputPlace(file: file, line: line) }
  }

  /// Whether nothing is left, so that the bundle gets no rules.
  var isEmpty: Bool { off.count == Switch.allCases.count }
}

/// Reads the `rules` of a recipe: `off`, a mapping, or the path of a YAML file that holds such a mapping.
struct RecipeRulesLoader {
  let loader: RecipeLoader

  private static let keys = ["languages"] + RecipeRules.Switch.allCases.map(\.rawValue) + ["add", "remove"]

  func rules(_ node: RecipeNode) throws(InputError) -> RecipeRules {
    if node.isMapping { return try mapping(node) }
    if try node.text() == "off" {
      var rules = RecipeRules()
      rules.off = Set(RecipeRules.Switch.allCases)
      return rules
    }
    let path = try loader.resolved(node)
    let file = try InputFile(path: path)
    guard file.size <= InputLimits.standard.recipe else {
      throw InputPlace(file: path).error("the file of rules is larger than 1 MiB", do: "check that these are rules")
    }
    guard let text = String(validating: try file.bytes(file.size, at: 0), as: UTF8.self) else {
      throw InputPlace(file: path).error("the file is not valid UTF-8", do: "save it as UTF-8")
    }
    let inner = RecipeLoader(path: path, folder: loader.folder, dataFolder: loader.dataFolder)
    guard let root = try inner.compose(text) else {
      throw InputPlace(file: path).error("the file of rules is empty", do: "write rules, or remove the key 'rules'")
    }
    return try mapping(RecipeNode(root, name: "", file: path, line: 1))
  }

  private func mapping(_ node: RecipeNode) throws(InputError) -> RecipeRules {
    let mapping = try node.mapping(known: Self.keys)
    var rules = RecipeRules()
    if let languages = mapping["languages"] { rules.languages = try self.languages(languages) }
    for key in RecipeRules.Switch.allCases {
      guard let value = mapping[key.rawValue] else { continue }
      let state: State = try value.choice([.on, .off])
      if state == .off { rules.off.insert(key) }
      if state == .on, key == .possessive { rules.isPossessiveStrict = true }
    }
    rules.added = try lines(mapping["add"])
    rules.removed = try lines(mapping["remove"])
    return rules
  }

  private enum State: String {
    case on, off
  }

  private func languages(_ node: RecipeNode) throws(InputError) -> [String] {
    let known = RuleSource.builtIn.languages.map(\.code)
    var languages: [String] = []
    for element in node.list() {
      let code = try element.text()
      guard known.contains(code) else {
        throw element.place.error(
          "\(node.subject) names '\(code)', for which there are no tables",
          do: "write some of \(known.joined(separator: ", "))")
      }
      languages.append(code)
    }
    return languages
  }

  private func lines(_ node: RecipeNode?) throws(InputError) -> [RecipeRules.Line] {
    guard let node else { return [] }
    let mapping = try node.mapping(known: RuleKind.allCases.map(\.listName))
    var lines: [RecipeRules.Line] = []
    for kind in RuleKind.allCases {
      for element in mapping[kind.listName]?.list() ?? [] {
        lines.append(
          RecipeRules.Line(
            kind: kind, pattern: try element.text(), file: element.place.file, line: element.place.line))
      }
    }
    return lines
  }
}

extension RuleKind {
  /// The name of the list of such patterns in tables and recipes.
  var listName: String { "\(self)" }

  /// What switches the kind off.
  var governedBy: RecipeRules.Switch {
    switch self {
    case .opening, .closing, .anywhere, .kept, .idle: .courtesy
    case .question, .request, .joint, .embedding: .severalQuestions
    case .personal: .personal
    case .possessive: .possessive
    case .live: .live
    case .action: .action
    case .context, .reference, .expletive: .context
    }
  }
}
