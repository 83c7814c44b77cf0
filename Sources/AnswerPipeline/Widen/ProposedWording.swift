import BundleCompiler
import BundleFormat

/// A wording that a model or a log offers for an entry.
struct ProposedWording {
  /// What it would become.
  enum Kind: String, CaseIterable {
    /// A wording that users asked and a person accepted.
    case accepted
    /// A model's other way to ask the same.
    case rewording
    /// A model's question with another answer.
    case nearMiss = "near-miss"
  }

  /// The id of the entry.
  let entry: String
  let text: String
  let kind: Kind
  /// Whether a person has accepted it, so that nothing else is asked of it.
  let isAccepted: Bool
  /// Whether its entry is a plan's, and so made of results that this run may bring.
  var isPlanned = false
  /// The id of its request, and its place in the reply or file: the order in which wordings count.
  let request: String
  let place: Int
  /// The index of its line in the ledger.
  let line: Int
}

/// What a model replied to a request for wordings.
struct WordingReply {
  /// The texts in the order of the reply; `nil` where an element was no text.
  let rewordings: [String?]
  let nearMisses: [String?]

  /// Finds the JSON object that was asked for in `text`, whatever stands round it: models like fences and a first sentence.
  ///
  /// - Throws: `MalformedResult` if there is none, or none with the lists that were asked for.
  init(_ text: String) throws(MalformedResult) {
    guard let open = text.firstIndex(of: "{"), let close = text.lastIndex(of: "}"), open < close else {
      throw MalformedResult("the reply has no JSON object")
    }
    let value: JSONValue
    do throws(JSONError) {
      value = try Array(text[open...close].utf8).withBytes { bytes throws(JSONError) in try JSONParser.parse(bytes) }
    } catch {
      throw MalformedResult("the reply's JSON cannot be read: \(error.problem)")
    }
    rewordings = try Self.list(value, "rewordings")
    nearMisses = try Self.list(value, "near_misses")
    guard !rewordings.isEmpty || !nearMisses.isEmpty else {
      throw MalformedResult("the reply has neither \"rewordings\" nor \"near_misses\" with anything in it")
    }
  }

  // A list that is missing is empty: a request may have asked for one of them only.
  private static func list(_ value: JSONValue, _ key: String) throws(MalformedResult) -> [String?] {
    switch value[key] {
    case nil: return []
    case .array(let elements): return elements.map(\.string)
    case let other?: throw MalformedResult("\"\(key)\" is \(other.kind), not an array")
    }
  }
}
