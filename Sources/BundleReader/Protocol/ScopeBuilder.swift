import BundleFormat

/// Collects what a request's answer must be valid for, or its variables, key by key in any order, as text that `ScopeText`
/// reads.
public struct ScopeBuilder: ~Copyable {
  private let field: RequestField
  private let limit: Int
  private var text: TextBuffer
  private var pair: TextBuffer

  /// An empty scope, or for the field `variables` no variables.
  public init(_ field: RequestField = .scope) {
    self.field = field
    limit = field == .variables ? ReaderProtocol.maximumVariables : ReaderProtocol.maximumScope
    text = TextBuffer(capacity: limit)
    pair = TextBuffer(capacity: limit)
  }

  /// The scope text, sorted by key. Valid until the next change.
  public var scope: Bytes { text.bytes }

  /// Whether there is no pair.
  public var isEmpty: Bool { text.count == 0 }

  /// Forgets all pairs.
  public mutating func removeAll() { text.removeAll() }

  /// Adds a pair. O(length of the scope).
  ///
  /// - Throws: `zeroInScope` if key or value holds a zero byte, which separates them; `repeatedScopeKey`; `tooLong` if
  ///   the scope would have more than 4,096 bytes, the variables more than 16,384 or one value more than 4,096. Pairs added
  ///   before stay.
  public mutating func add(key: Bytes, value: Bytes) throws(RequestError) {
    beginPair()
    append(key)
    endPart()
    append(value)
    endPart()
    try endPair()
  }

  // A pair may also come in parts: `beginPair`, the key, `endPart`, the value, `endPart`, `endPair`.

  mutating func beginPair() { pair.removeAll() }

  mutating func append(_ byte: UInt8) { pair.append(byte) }

  mutating func append(_ bytes: Bytes) {
    for index in 0..<bytes.count { pair.append(bytes[index]) }
  }

  mutating func endPart() { pair.append(0) }

  mutating func endPair() throws(RequestError) {
    guard !pair.isOverfull, text.count + pair.count <= limit else { throw RequestError(.tooLong, field: field) }
    var end = 0
    guard let new = ScopeText.next(pair.bytes, &end), end == pair.count else {
      throw RequestError(.zeroInScope, field: field)
    }
    guard field != .variables || new.value.count <= TemplateScanner.maximumValue else {
      throw RequestError(.tooLong, field: field)
    }
    text.insert(pair.bytes, at: try place(of: new.key))
  }

  private func place(of key: Bytes) throws(RequestError) -> Int {
    var offset = 0
    while true {
      let start = offset
      guard let other = ScopeText.next(text.bytes, &offset) else { return start }
      if other.key.equals(key) { throw RequestError(.repeatedScopeKey, field: field) }
      if Self.precedes(key, other.key) { return start }
    }
  }

  private static func precedes(_ first: Bytes, _ second: Bytes) -> Bool {
    for index in 0..<min(first.count, second.count) where first[index] != second[index] {
      return first[index] < second[index]
    }
    return first.count < second.count
  }
}
