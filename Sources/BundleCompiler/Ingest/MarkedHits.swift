import BundleFormat

/// Hits drawn at random from the requests of a log, with what a person said of each: the file that `sample` writes.
///
/// The first line says how the sample was drawn. A line for each distinct query that was drawn among the hits follows, in the
/// order of the draws, then some that were drawn among the requests that fell back. Whatever a compile reads here was written by
/// `sample` and marked by a person; nothing else may certify.
package struct MarkedHits: Sendable {
  /// What a person says of a hit.
  package enum Mark: String, Sendable, CaseIterable {
    case right
    case wrong
    /// Nobody can tell, so it does not count as right.
    case unsure
  }

  /// How the sample was drawn.
  package struct Header: Sendable, Equatable {
    /// The root of the bundle that was asked, in hexadecimal, and the digest of what decides in it.
    package var bundle: String
    package var decisions: String
    package var seed: UInt64
    /// The time at which the bundle was asked, in seconds since 1970.
    package var now: Int64
    /// The requests of the log, and how many of them were hits.
    package var requests: Int
    package var hits: Int
    /// How many requests were drawn among the hits, and among the others.
    package var drawn: Int
    package var drawnFallbacks: Int

    package init(
      bundle: String, decisions: String, seed: UInt64, now: Int64, requests: Int, hits: Int, drawn: Int,
      drawnFallbacks: Int
    ) {
      self.bundle = bundle
      self.decisions = decisions
      self.seed = seed
      self.now = now
      self.requests = requests
      self.hits = hits
      self.drawn = drawn
      self.drawnFallbacks = drawnFallbacks
    }
  }

  /// A query that was drawn among the hits.
  package struct Hit: Sendable, Equatable {
    package var query: String
    /// The entry that answered, its wording that matched, and the answer.
    package var entry: String
    package var question: String
    package var answer: String
    /// The draws that gave this query, counted from 0: a query that is asked often may be drawn several times.
    package var draws: [Int]
    package var mark: Mark?

    package init(query: String, entry: String, question: String, answer: String, draws: [Int], mark: Mark? = nil) {
      self.query = query
      self.entry = entry
      self.question = question
      self.answer = answer
      self.draws = draws
      self.mark = mark
    }
  }

  /// A query that was drawn among the requests that fell back, and how often.
  package struct Fallback: Sendable, Equatable {
    package var query: String
    package var count: Int

    package init(query: String, count: Int) {
      self.query = query
      self.count = count
    }
  }

  package var header: Header
  package var hits: [Hit]
  package var fallbacks: [Fallback]
  /// The digest and size of the file, for provenance.
  private(set) var digest = ""
  private(set) var size = 0

  package init(header: Header, hits: [Hit], fallbacks: [Fallback]) {
    self.header = header
    self.hits = hits
    self.fallbacks = fallbacks
  }

  /// How many draws count: those before the first that nobody has marked. The queries stand in random order, so the beginning
  /// of a sample is a sample, as long as nobody stopped because of the marks.
  package var markedDraws: Int {
    let open = hits.filter { $0.mark == nil }.flatMap(\.draws).min()
    return open ?? header.drawn
  }

  // MARK: Reading

  private static let shape = #"{"query": …, "entry": …, "mark": …}"#

  /// Reads the file at `path`.
  ///
  /// - Throws: `InputError` naming the line that `sample` cannot have written.
  package init(path: String, namedAt: InputPlace? = nil) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path, namedAt: namedAt), limit: InputLimits.standard.line)
    guard let first = try reader.next() else {
      throw InputPlace(file: path).error("the file is empty", do: "give the file that almanac sample wrote")
    }
    header = try Self.header(try JSONRecord(first.bytes, place: reader.place, shape: #"{"sample": 1, …}"#))
    hits = []
    fallbacks = []
    while let line = try reader.next() {
      let record = try JSONRecord(line.bytes, place: reader.place, shape: Self.shape)
      if record.value("fallback") != nil {
        fallbacks.append(
          Fallback(query: try record.string("query"), count: try Self.count(record, "count", in: 1...Int(Int32.max))))
      } else {
        hits.append(try Self.hit(record, drawn: header.drawn))
      }
    }
    let draws = hits.flatMap(\.draws).sorted()
    guard draws.count == header.drawn, draws.enumerated().allSatisfy({ $0 == $1 }),
      fallbacks.reduce(0, { $0 + $1.count }) == header.drawnFallbacks
    else {
      throw InputPlace(file: path).error(
        "the sample is not whole: its lines are not those that its first line counts",
        do: "mark the file that almanac sample wrote, and remove no line of it")
    }
    digest = reader.digest.hexadecimal()
    size = reader.bytesRead
  }

  private static func header(_ record: JSONRecord) throws(InputError) -> Header {
    guard record.value("sample") == .integer(1) else {
      throw record.place.error("this is no sample of hits", do: "give the file that almanac sample wrote")
    }
    let whole = 0...Int(1 << 53)
    let header = Header(
      bundle: try record.string("bundle"), decisions: try record.string("decisions"),
      seed: UInt64(try count(record, "seed", in: whole)), now: Int64(try count(record, "now", in: Int.min...Int.max)),
      requests: try count(record, "requests", in: whole), hits: try count(record, "hits", in: whole),
      drawn: try count(record, "drawn", in: whole), drawnFallbacks: try count(record, "drawn_fallbacks", in: whole))
    guard header.hits <= header.requests, header.drawn <= header.hits,
      header.drawnFallbacks <= header.requests - header.hits
    else {
      throw record.place.error(
        "\"requests\", \"hits\" and \"drawn\" contradict each other", do: "give the file that almanac sample wrote")
    }
    return header
  }

  private static func hit(_ record: JSONRecord, drawn: Int) throws(InputError) -> Hit {
    guard case .array(let values)? = record.value("draws"), !values.isEmpty else {
      throw record.place.error("\"draws\" is not an array of numbers", do: "give the file that almanac sample wrote")
    }
    var draws: [Int] = []
    for value in values {
      guard case .integer(let number) = value, (0..<Int64(drawn)).contains(number) else {
        throw record.place.error(
          "the draw \(value.compactText) is none of the \(drawn)", do: "give the file that almanac sample wrote")
      }
      draws.append(Int(number))
    }
    return Hit(
      query: try record.string("query"), entry: try record.string("entry"), question: try record.string("question"),
      answer: try record.string("answer"), draws: draws,
      mark: try record.optionalChoice("mark", Mark.allCases.map { ($0.rawValue, $0) }))
  }

  private static func count(
    _ record: JSONRecord, _ key: String, in range: ClosedRange<Int>
  ) throws(InputError) -> Int {
    guard case .integer(let number)? = record.value(key), let count = Int(exactly: number), range.contains(count) else {
      throw record.place.error(
        "the field \"\(key)\" is not a whole number, or out of range", do: "give the file that almanac sample wrote")
    }
    return count
  }

  // MARK: Writing

  /// The lines of the file.
  package var lines: [String] {
    func number(_ value: Int) -> JSONValue { .integer(Int64(value)) }
    let first: [(String, JSONValue)] = [
      ("sample", .integer(1)), ("bundle", .string(header.bundle)), ("decisions", .string(header.decisions)),
      ("seed", .integer(Int64(header.seed))), ("now", .integer(header.now)), ("requests", number(header.requests)),
      ("hits", number(header.hits)), ("drawn", number(header.drawn)),
      ("drawn_fallbacks", number(header.drawnFallbacks)),
    ]
    let rows = hits.map { hit in
      [
        ("mark", hit.mark.map { .string($0.rawValue) } ?? .null), ("query", .string(hit.query)),
        ("question", .string(hit.question)), ("answer", .string(hit.answer)), ("entry", .string(hit.entry)),
        ("draws", .array(hit.draws.map(number))),
      ] as [(String, JSONValue)]
    }
    let others = fallbacks.map { fallback in
      [("fallback", .bool(true)), ("query", .string(fallback.query)), ("count", number(fallback.count))]
        as [(String, JSONValue)]
    }
    return ([first] + rows + others).map { members in
      JSONValue.object(members.map { JSONMember(key: $0.0, value: $0.1) }).compactText
    }
  }
}
