import BundleFormat

/// The rules that a recipe gets if it says nothing about them.
package struct StandardRules: Sendable {
  private let table: [UInt8]

  /// Puts the tables of all languages together.
  ///
  /// - Throws: `InputError` if the build holds a table with a mistake.
  package init() throws(InputError) { table = try CompiledRules(RecipeRules()).bytes }

  /// The reason why each text can have no stored answer of its own: it asks for something personal, for live data or for an
  /// action, needs the messages before it, or holds several requests. `nil` for all others.
  ///
  /// A possessive alone ("my card") is no reason: one wording says little about how people speak.
  package func reasons(of normalForms: [[UInt8]]) -> [FallbackReason?] {
    var matcher = RuleMatcher(capacity: 3 * InputLimits.standard.question)
    return table.withBytes { bytes in
      guard let table = RuleTable(bytes) else { return normalForms.map { _ in nil } }
      return normalForms.map { text in
        matcher.clear()
        text.withBytes { matcher.match($0, table) }
        let classes = matcher.classes
        if classes.contains(.several) { return .severalQuestions }
        if classes.contains(.context) { return .needsContext }
        return classes.intersection(.excusable).subtracting(.possessive).reason
      }
    }
  }
}
