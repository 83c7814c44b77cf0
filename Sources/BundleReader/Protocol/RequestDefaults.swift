import BundleFormat

/// What a request that does not say gets instead. Programs fill it from their options.
public struct RequestDefaults: ~Copyable {
  /// The time at which the answer must be valid, in seconds since 1970; the system's clock if `nil`.
  public var now: Int64?
  /// What the answer must be valid for. A request's own scope replaces it.
  public var scope = ScopeBuilder()
  /// The values for the slots of answers. A request's own variables replace them all.
  public var variables = ScopeBuilder(.variables)
  /// The share of wrong answers accepted, in millionths. A request's own counts only if it is smaller.
  public var maximumWrong: UInt32?
  /// Whether every reply explains itself.
  public var isExplained = false

  public init() {}

  /// The scope as a query takes it; `nil` if there is none.
  var scopeText: Bytes? { scope.isEmpty ? nil : scope.scope }

  /// The variables as a query takes them; `nil` if there are none.
  var variablesText: Bytes? { variables.isEmpty ? nil : variables.scope }
}

// What an option's value says, by the same rules as the field of a request.
extension RequestDefaults {
  /// A whole number of seconds, or `nil`.
  public static func seconds(_ text: Bytes) -> Int64? { number(text)?.integer }

  /// A number from 0 to 1 in millionths, rounded down, or `nil`.
  public static func share(_ text: Bytes) -> UInt32? { number(text)?.millionths }

  private static func number(_ text: Bytes) -> JSONNumber? {
    var scanner = JSONScanner(text)
    do throws(RequestError) {
      let number = try scanner.number()
      return scanner.isAtEnd ? number : nil
    } catch {
      return nil
    }
  }

  /// Adds a pair to the scope, given as `KEY=VALUE`. False if there is no `=` or no key.
  ///
  /// - Throws: what `ScopeBuilder.add` throws.
  public mutating func addScope(_ text: Bytes) throws(RequestError) -> Bool {
    guard let pair = Self.pair(text) else { return false }
    try scope.add(key: pair.key, value: pair.value)
    return true
  }

  /// Adds a variable, given as `NAME=VALUE`. False if there is no `=` or no name.
  ///
  /// - Throws: what `ScopeBuilder.add` throws.
  public mutating func addVariable(_ text: Bytes) throws(RequestError) -> Bool {
    guard let pair = Self.pair(text) else { return false }
    try variables.add(key: pair.key, value: pair.value)
    return true
  }

  private static func pair(_ text: Bytes) -> (key: Bytes, value: Bytes)? {
    var place = 0
    while place < text.count, text[place] != UInt8(ascii: "=") { place += 1 }
    guard place > 0, let key = text.slice(0, place), let value = text.slice(place + 1, text.count - place - 1) else {
      return nil
    }
    return (key, value)
  }
}
