import BundleFormat
import CRules

/// The tables of patterns that come with the compiler, a table for each language.
struct RuleSource: Sendable {
  /// The table of one language.
  struct Language: Sendable {
    /// Its code, such as `en`.
    let code: String
    /// Sets of words by name, for patterns to refer to.
    let sets: [String: [String]]
    /// The patterns, in the order of the file.
    let lines: [RecipeRules.Line]
  }

  /// The languages, in the order of the file.
  let languages: [Language]

  /// The name by which errors call the tables that come with the compiler.
  static let fileName = "rules.yaml"

  /// The tables linked into this build.
  static let builtIn: RuleSource = {
    let text = String(
      decoding: unsafe UnsafeBufferPointer(start: almanac_rules_bytes(), count: Int(almanac_rules_size)), as: UTF8.self)
    do throws(InputError) {
      return try RuleSource(text)
    } catch {
      // The file is part of the program, and a test reads it.
      fatalError("\(error)")
    }
  }()

  /// Reads tables from YAML.
  ///
  /// - Throws: `InputError` with the line.
  init(_ text: String) throws(InputError) {
    let loader = RecipeLoader(path: Self.fileName, folder: "", dataFolder: nil)
    guard let root = try loader.compose(text) else {
      throw InputPlace(file: Self.fileName).error("there are no tables", do: "add one")
    }
    var languages: [Language] = []
    for (code, node) in try RecipeNode(root, name: "", file: Self.fileName, line: 1).members() {
      languages.append(try Self.language(try code.text(), node))
    }
    self.languages = languages
  }

  private static func language(_ code: String, _ node: RecipeNode) throws(InputError) -> Language {
    let mapping = try node.mapping(known: ["sets"] + RuleKind.allCases.map(\.listName))
    var sets: [String: [String]] = [:]
    for (name, value) in try mapping["sets"]?.members() ?? [] {
      var words: [String] = []
      for element in value.list() { words += try element.text().split(separator: " ").map(String.init) }
      sets[try name.text()] = words
    }
    var lines: [RecipeRules.Line] = []
    for kind in RuleKind.allCases {
      for element in mapping[kind.listName]?.list() ?? [] {
        lines.append(
          RecipeRules.Line(
            kind: kind, pattern: try element.text(), file: element.place.file, line: element.place.line))
      }
    }
    return Language(code: code, sets: sets, lines: lines)
  }
}
