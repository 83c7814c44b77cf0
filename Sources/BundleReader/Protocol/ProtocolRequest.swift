import BundleFormat

/// One request of the reader protocol, read from a line into memory that serves again for the next.
///
/// A value of the wrong type does not stop the reading, so that an error reply can repeat the id wherever it stands.
public struct ProtocolRequest: ~Copyable {
  /// The request's id as it stands in the line, JSON and all; `null` if it has none that may be repeated. Valid as long
  /// as the line.
  public private(set) var id = Bytes("null")
  /// The number of the message in its conversation, from 1.
  public private(set) var turn: UInt32 = 1
  /// The time at which the answer must be valid, in seconds since 1970, if the request says.
  public private(set) var now: Int64?
  /// The share of wrong answers the caller accepts, in millionths, if the request says.
  public private(set) var maximumWrong: UInt32?
  /// Whether the reply shall explain itself.
  public private(set) var isExplained = false

  // One byte more than a session takes: a longer text is cut there and still found to be too long.
  var textBuffer = TextBuffer(capacity: QuerySession.maximumQuery + 1)
  var vectorBuffer = TextBuffer(capacity: ReaderProtocol.maximumDimensions)
  var modelBuffer = TextBuffer(capacity: ReaderProtocol.maximumModel)
  var promptBuffer = TextBuffer(capacity: TemplateScanner.maximumName)
  var scratch = TextBuffer(capacity: Base64.length(ReaderProtocol.maximumDimensions))
  var scopeBuilder = ScopeBuilder()
  var variablesBuilder = ScopeBuilder(.variables)
  private var seen: UInt32 = 0

  public init() {}

  /// The question, if the request has one. Valid until the next request.
  public var text: Bytes? { has(.query) ? textBuffer.bytes : nil }
  /// The vector as int8 components, if the request has one. Valid until the next request.
  public var vector: Bytes? { has(.vector) ? vectorBuffer.bytes : nil }
  /// The model that made the vector, if the request says. Valid until the next request.
  public var vectorModel: Bytes? { has(.vectorModel) ? modelBuffer.bytes : nil }
  /// What the answer must be valid for, as scope text, if the request says. Valid until the next request.
  public var scope: Bytes? { has(.scope) ? scopeBuilder.scope : nil }

  /// The values for the slots of answers, laid out like a scope, if the request gives any. Valid until the next request.
  public var variables: Bytes? { has(.variables) ? variablesBuilder.scope : nil }

  /// The name of a prompt, if the request gives one; there is no text and no vector then. Valid until the next request.
  public var prompt: Bytes? { has(.prompt) ? promptBuffer.bytes : nil }

  private func has(_ field: RequestField) -> Bool { seen & Self.bit(field) != 0 }

  private static func bit(_ field: RequestField) -> UInt32 { 1 << UInt32(field.rawValue) }

  /// Reads the request in `line`, which holds no newline.
  ///
  /// - Throws: `RequestError`. `id` is that of the line if it is acceptable and stands before any error of syntax.
  public mutating func parse(_ line: Bytes) throws(RequestError) {
    reset()
    var scanner = JSONScanner(line)
    scanner.skipSpace()
    guard scanner.kind == .object else { throw RequestError(.notAnObject, offset: scanner.offset) }
    try scanner.expect(UInt8(ascii: "{"))
    var firstError: RequestError?
    var isFirst = true
    while !scanner.take(UInt8(ascii: "}")) {
      if !isFirst { try scanner.expect(UInt8(ascii: ",")) }
      isFirst = false
      do throws(MemberError) {
        try readMember(&scanner)
      } catch {
        switch error {
        case .syntax(let error): throw error
        case .value(let error): firstError = firstError ?? error
        }
      }
      scanner.skipSpace()
    }
    scanner.skipSpace()
    guard scanner.isAtEnd else { throw RequestError(.trailingText, offset: scanner.offset) }
    if let firstError { throw firstError }
    if has(.prompt), has(.query) || has(.vector) { throw RequestError(.promptBesideQuery, field: .prompt) }
  }

  private mutating func reset() {
    id = Bytes("null")
    turn = 1
    now = nil
    maximumWrong = nil
    isExplained = false
    seen = 0
  }

  /// What is wrong with a key and its value: the reading ends there, or goes on behind it.
  private enum MemberError: Error {
    case syntax(RequestError)
    case value(RequestError)
  }

  /// Reads a key and its value and leaves the cursor behind them.
  private mutating func readMember(_ scanner: inout JSONScanner) throws(MemberError) {
    let key = scanner
    var value = scanner
    var field: RequestField?
    do throws(RequestError) {
      scratch.removeAll()
      try scanner.string { scratch.append($0) }
      field = RequestField(key: scratch.bytes)
      try scanner.expect(UInt8(ascii: ":"))
      value = scanner
      try scanner.skipValue(depth: 1)
    } catch {
      throw .syntax(error)
    }
    guard let field else { return }
    if has(field) { throw .value(RequestError(.repeatedKey, field: field, offset: key.offset)) }
    // Programs write null for what they do not have. For the id, null is a value like any other.
    if value.kind == .null, field != .id { return }
    seen |= Self.bit(field)
    do throws(RequestError) {
      try read(field, value, scanner.text(since: value))
    } catch {
      throw .value(RequestError(error.problem, field: field, offset: error.offset ?? value.offset))
    }
  }

  private mutating func read(_ field: RequestField, _ start: JSONScanner, _ raw: Bytes) throws(RequestError) {
    var value = start
    switch field {
    case .id: try readID(value, raw)
    case .query: try readText(&value)
    case .vector: try readVector(&value)
    case .vectorModel: try readModel(&value)
    case .scope:
      guard value.kind == .object else { throw wrongType }
      try Self.readPairs(&value, into: &scopeBuilder, skipsNull: false)
    case .now:
      guard value.kind == .number else { throw wrongType }
      guard let seconds = try value.number().integer else { throw RequestError(.outOfRange) }
      now = seconds
    case .turn:
      guard value.kind == .number else { throw wrongType }
      guard let number = try value.number().integer, number > 0, let turn = UInt32(exactly: number) else {
        throw RequestError(.outOfRange)
      }
      self.turn = turn
    case .maximumWrong:
      guard value.kind == .number else { throw wrongType }
      guard let share = try value.number().millionths else { throw RequestError(.outOfRange) }
      maximumWrong = share
    case .variables:
      guard value.kind == .object else { throw wrongType }
      try Self.readPairs(&value, into: &variablesBuilder, skipsNull: true)
    case .prompt:
      guard value.kind == .string else { throw wrongType }
      promptBuffer.removeAll()
      try value.string { promptBuffer.append($0) }
      guard !promptBuffer.isOverfull else { throw RequestError(.tooLong) }
    case .explain:
      guard value.kind == .boolean else { throw wrongType }
      isExplained = value.next == UInt8(ascii: "t")
    }
  }

  private mutating func readID(_ value: JSONScanner, _ raw: Bytes) throws(RequestError) {
    guard value.kind == .string || value.kind == .number || value.kind == .null else { throw wrongType }
    guard raw.count <= ReaderProtocol.maximumID else { throw RequestError(.tooLong) }
    id = raw
  }

  var wrongType: RequestError { RequestError(.wrongType) }
}
