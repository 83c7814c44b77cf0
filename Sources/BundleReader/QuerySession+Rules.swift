import BundleFormat

/// What the bundle's rules make of a query's text.
extension QuerySession {
  /// The text that was compared with stored questions: the normal form without courtesy. Valid until the next query.
  public var coreText: Bytes { rules.hasCut ? rules.core : normalForm }

  /// The number of spans of courtesy cut away from the last query.
  public var cutCount: Int { rules.cutCount }

  /// The span of courtesy at `index`, in the words of the normal form.
  public func cut(_ index: Int) -> Bytes {
    let range = rules.cut(index)
    return normalForm.slice(range.lowerBound, range.count) ?? Bytes("")
  }

  /// The classes that the last query shows, whether or not its entry excuses them.
  public var shownClasses: RuleClasses { rules.classes }

  /// The words that first showed the class with the bit `1 << index`; empty if the last query does not show it.
  public func words(showing index: Int) -> Bytes {
    let range = rules.span(index)
    return normalForm.slice(range.lowerBound, range.count) ?? Bytes("")
  }

  /// Applies the rules to the normal form. Whether anything was cut away.
  mutating func applyRules() -> Bool {
    guard let table = bundle.rules else { return false }
    rules.match(normalForm, table)
    return rules.hasCut
  }

  /// Whether a later message of a conversation may mean something only with the earlier ones. Without rules, or without text,
  /// any later message may.
  func needsEarlierMessages(_ query: Query) -> Bool {
    guard query.turn > 1 else { return false }
    guard bundle.rules != nil, normalForm.count > 0 else { return true }
    return rules.classes.contains(.reference) || rules.classes.contains(.context)
  }

  /// The reason of a fallback for which nothing stored is near enough: what the text itself lacks says more.
  func reasonWithoutMatch(_ reason: FallbackReason) -> FallbackReason {
    if rules.classes.contains(.several) { return .severalQuestions }
    if reason == .noMatch, rules.classes.contains(.context) { return .needsContext }
    return reason
  }
}
