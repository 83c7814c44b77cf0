import BundleFormat

/// What a request that does not say gets instead. Programs fill it from their options.
public struct RequestDefaults: ~Copyable {
  /// The time at which the answer must be valid, in seconds since 1970; the system's clock if `nil`.
  public var now: Int64?
  /// What the answer must be valid for. A request's own scope replaces it.
  public var scope = ScopeBuilder()
  /// The share of wrong answers accepted, in millionths. A request's own counts only if it is smaller.
  public var maximumWrong: UInt32?
  /// Whether every reply explains itself.
  public var isExplained = false

  public init() {}

  /// The scope as a query takes it; `nil` if there is none.
  var scopeText: Bytes? { scope.isEmpty ? nil : scope.scope }
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
    var place = 0
    while place < text.count, text[place] != UInt8(ascii: "=") { place += 1 }
    guard place > 0, let key = text.slice(0, place), let value = text.slice(place + 1, text.count - place - 1) else {
      return false
    }
    try scope.add(key: key, value: value)
    return true
  }
}
