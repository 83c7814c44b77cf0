import BundleCompiler
import BundleFormat

/// One row of a query log.
struct LogRow {
  let query: String
  /// How often it was asked; more than 0, and not always whole: some logs give weights.
  var count = 1.0
  /// When, in seconds since 1970.
  var time: Int64?
  /// The tokens of one live answer, if the log has them.
  var inputTokens: Double?
  var outputTokens: Double?
  var route: String?
  /// What the row says the query is about.
  var topic: String?
  /// How long a live answer took, in milliseconds.
  var liveMilliseconds: Double?

  /// The names that logs give these fields, in JSON and in CSV. The first that is there counts.
  static let names: [(field: Field, names: [String])] = [
    (.query, ["query", "question", "text", "prompt"]), (.count, ["count", "weight", "hits"]),
    (.time, ["at", "time", "timestamp", "date"]), (.inputTokens, ["input_tokens", "prompt_tokens"]),
    (.outputTokens, ["output_tokens", "completion_tokens"]), (.route, ["route"]),
    (.topic, ["topic", "category"]), (.latency, ["latency_ms", "live_ms"]),
  ]

  /// The greatest number of a row, so that no sum of rows leaves the range of what can be shown.
  private static let most = 1e9

  enum Field { case query, count, time, inputTokens, outputTokens, route, topic, latency }

  /// Takes a row from its fields. `value` gives the value of a field; only the query must be there.
  ///
  /// - Throws: `MalformedRow` for a field of the wrong kind.
  init(_ value: (Field) -> JSONValue?) throws(MalformedRow) {
    guard let query = value(.query) else { throw MalformedRow("there is no query") }
    guard let text = query.string else { throw MalformedRow("the query is \(query.kind)") }
    self.query = text
    if let given = value(.count) {
      guard let count = Self.number(given), count > 0, count <= Self.most else {
        throw MalformedRow("the count is \(given.compactText), not a number over 0, up to a thousand million")
      }
      self.count = count
    }
    if let given = value(.time) {
      switch given {
      case .integer(let seconds) where Timestamp.isPlausible(seconds): time = seconds
      case .number(let seconds):
        time = Int64(exactly: seconds.rounded(.down)).flatMap { Timestamp.isPlausible($0) ? $0 : nil }
      case .string(let text): time = Timestamp.parse(text)
      default: break
      }
      guard time != nil else { throw MalformedRow("the time is \(given.compactText); \(Timestamp.forms)") }
    }
    inputTokens = try Self.amount(value(.inputTokens), "tokens are")
    outputTokens = try Self.amount(value(.outputTokens), "tokens are")
    liveMilliseconds = try Self.amount(value(.latency), "latency is")
    route = value(.route)?.string
    topic = value(.topic)?.string
  }

  private static func amount(_ value: JSONValue?, _ subject: String) throws(MalformedRow) -> Double? {
    guard let value else { return nil }
    guard let number = number(value), number >= 0, number <= most else {
      throw MalformedRow("the \(subject) \(value.compactText), not a number from 0 to a thousand million")
    }
    return number
  }

  // CSV has texts only.
  private static func number(_ value: JSONValue) -> Double? {
    value.double ?? value.string.flatMap { Double($0.trimmed) }
  }
}

/// Why a line is no row of a log, without a full stop.
struct MalformedRow: Error {
  let problem: String

  init(_ problem: String) { self.problem = problem }
}
