import BundleFormat

/// The rules of one bundle: the tables of the chosen languages as its recipe changes them.
struct CompiledRules: Sendable {
  /// The bytes of `decision/rules`; empty for a bundle without rules.
  let bytes: [UInt8]
  /// The languages whose tables are used.
  let languages: [String]
  /// Whether courtesy is cut away.
  let cutsCourtesy: Bool
  /// The classes that are on.
  let classes: RuleClasses
  /// Whether `possessive` holds for entries with one wording too.
  let isPossessiveStrict: Bool

  private let patterns: [RulePattern]

  /// Puts the rules together.
  ///
  /// - Throws: `InputError` at the line of a pattern that cannot be read, or that is to be removed and is in no table.
  init(_ recipe: RecipeRules, source: RuleSource = .builtIn) throws(InputError) {
    let chosen = source.languages.filter { recipe.languages?.contains($0.code) ?? true }
    languages = chosen.map(\.code)
    isPossessiveStrict = recipe.isPossessiveStrict
    cutsCourtesy = !recipe.off.contains(.courtesy)
    var classes: RuleClasses = []
    for (key, shown) in Self.switches where !recipe.off.contains(key) { classes.formUnion(shown) }
    self.classes = classes
    guard !recipe.isEmpty else {
      bytes = []
      patterns = []
      return
    }
    var patterns: [RulePattern] = []
    for language in chosen {
      for line in language.lines { patterns.append(try RulePattern(line) { language.sets[$0] }) }
    }
    let named = { (name: String) in chosen.lazy.compactMap { $0.sets[name] }.first }
    for line in recipe.removed {
      let unwanted = try RulePattern(line, sets: named)
      let count = patterns.count
      patterns.removeAll { $0 == unwanted }
      guard patterns.count < count else {
        throw line.place.error(
          "'\(line.pattern)' is no pattern of the list '\(line.kind.listName)'",
          do: "write it as the table of the language has it, or leave it out")
      }
    }
    for line in recipe.added { patterns.append(try RulePattern(line, sets: named)) }
    patterns.removeAll { recipe.off.contains($0.kind.governedBy) }
    self.patterns = patterns
    let automaton = RuleAutomaton(patterns)
    bytes = automaton.encoded(flags: Self.flags(classes, cutsCourtesy))
    guard automaton.fits, bytes.count <= RuleTable.maximumSize else {
      throw (recipe.added.first?.place ?? InputPlace(file: RuleSource.fileName)).error(
        "the rules take more than a bundle can hold (\(RuleTable.maximumSize) bytes)",
        do: "add fewer patterns, or use fewer languages")
    }
  }

  /// The rules of a bundle, as they stand in it. Which languages they are of is not known any more.
  init(bytes: [UInt8], isPossessiveStrict: Bool) {
    self.bytes = bytes
    languages = []
    let flags = bytes.withBytes { RuleTable($0).map { ($0.cutsCourtesy, $0.classes) } }
    cutsCourtesy = flags?.0 ?? false
    classes = flags?.1 ?? []
    self.isPossessiveStrict = isPossessiveStrict
    patterns = []
  }

  private init(_ rules: CompiledRules, keeping kept: [RulePattern]) {
    languages = rules.languages
    cutsCourtesy = rules.cutsCourtesy
    classes = rules.classes
    isPossessiveStrict = rules.isPossessiveStrict
    patterns = rules.patterns + kept
    bytes = RuleAutomaton(patterns).encoded(flags: Self.flags(classes, cutsCourtesy))
  }

  private static func flags(_ classes: RuleClasses, _ cutsCourtesy: Bool) -> UInt32 {
    UInt32(classes.rawValue) | (cutsCourtesy ? RuleTable.courtesyFlag : 0)
  }

  /// The same rules, but courtesy that is common in the bundle's own questions stays in messages: there it is no noise, and
  /// questions would be less like their stored wordings without it.
  func adapted(to normalForms: some Collection<[UInt8]>) -> CompiledRules {
    guard !bytes.isEmpty, cutsCourtesy else { return self }
    let least = max(Self.leastCommon, normalForms.count / Self.commonDivisor)
    var counts: [[UInt8]: Int] = [:]
    var matcher = RuleMatcher(capacity: 3 * InputLimits.standard.question)
    bytes.withBytes { bytes in
      guard let table = RuleTable(bytes) else { return }
      for form in normalForms {
        form.withBytes { text in
          matcher.match(text, table)
          for index in 0..<matcher.cutCount { counts[Array(form[matcher.cut(index)]), default: 0] += 1 }
        }
      }
    }
    let common = counts.filter { $0.value >= least }.keys.sorted { $0.lexicographicallyPrecedes($1) }
    let kept = common.compactMap { RulePattern(keeping: $0) }
    return kept.isEmpty ? self : CompiledRules(self, keeping: kept)
  }

  /// A span is common in the stored questions if one in so many has it, and no fewer than so many.
  private static let commonDivisor = 100
  private static let leastCommon = 3

  private static let switches: [(RecipeRules.Switch, RuleClasses)] = [
    (.personal, .personal), (.possessive, .possessive), (.live, .live), (.action, .action),
    (.context, [.context, .reference]), (.severalQuestions, .several),
  ]
}
