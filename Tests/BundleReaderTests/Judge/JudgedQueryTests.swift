import BundleCompiler
import BundleFormat
import CKernels
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleReader

/// What queries come to where a judge decides, asked of bundles whose judge the test has made up.
@Suite struct JudgedQueryTests {
  private static let railway = Result { () -> [UInt8] in
    let folder = try TemporaryFolder()
    return try contents(try SampleBundle.railway(in: folder))
  }

  private let folder: TemporaryFolder
  private let path: String

  init() throws {
    folder = try TemporaryFolder()
    path = folder.file("sample.almanac")
    try Data(try Self.railway.get()).write(to: URL(fileURLWithPath: path))
  }

  private static let queries = [
    "how many bags can 2 people take along on the night train", "how many bags can 4 people take on the night train",
    "how many bags can 3 people take on the night train", "does anybody know where I leave my bicycle on the ferry",
    "may dogs be taken into the dining car", "dogs are not allowed in the dining car, are they",
    "when is a ticket for a cancelled train paid back to me", "when is a ticket for a cancelled train never paid back",
    "is my own train running late in the morning", "what does a glass of tea cost in a dining car",
    "which of the platforms have any steps", "book seat window", "ferry",
  ]

  private func forged(_ tree: JudgeTree, _ name: String = "forged") throws -> Bundle {
    try ForgedBundle.judged(path, by: tree, to: folder.file(name))
    return try Bundle.open(folder.file(name))
  }

  /// The outcome of a query and everything that was weighed for it.
  private static func evidence(_ query: String, _ session: inout QuerySession) throws -> [[Int64]] {
    _ = try Array(query.utf8).withBytes { try session.answer(Query(text: $0, now: 0)) }
    var rows: [[Int64]] = []
    for place in 0..<session.weighedCount {
      let candidate = session.weighedCandidate(place)
      var row = [Int64(candidate.question), Int64(candidate.owner), candidate.similarity]
      for feature in Evidence.allCases { row.append(Int64(session.evidence(place, feature))) }
      rows.append(row)
    }
    return rows
  }

  @Test func evidenceIsTheSameInEverySessionModeAndInstructionSet() throws {
    var session = QuerySession(try Bundle.open(path))
    let first = try Self.queries.map { try Self.evidence($0, &session) }
    #expect(first.contains { $0.count == Judge.mostScored })
    // Asked again in another order: nothing stays behind from the query before.
    for number in Self.queries.indices.reversed() {
      #expect(try Self.evidence(Self.queries[number], &session) == first[number])
    }
    for mode in [OpenMode.lazy, .all, .copy] {
      var other = QuerySession(try Bundle.open(path, mode: mode))
      #expect(try Self.queries.map { try Self.evidence($0, &other) } == first)
    }
    for level in KernelChoice.allCases where level.isAvailable {
      var other = QuerySession(try Bundle.open(path, level: level.level))
      #expect(try Self.queries.map { try Self.evidence($0, &other) } == first, "\(level)")
    }
  }

  @Test func everyTrainedWordingFindsItselfWithNothingUnsaid() throws {
    let bundle = try Bundle.open(path)
    var session = QuerySession(bundle)
    for question in 0..<UInt32(bundle.questionCount) {
      let text = String(decoding: try bundle.questionText(question).copied, as: UTF8.self)
      // Words that no vocabulary knows keep it from being an exact match.
      let rows = try Self.evidence("\(text.dropLast()) 🦑", &session)
      let row = try #require(rows.first { $0[0] == Int64(question) })
      #expect(row[3 + Int(Evidence.fitted.rawValue)] == Cosine.one)
      #expect(row[3 + Int(Evidence.queryRest.rawValue)] == 0 && row[3 + Int(Evidence.wordingRest.rawValue)] == 0)
      #expect(row[3 + Int(Evidence.given.rawValue)] >= Cosine.one - 16, "its own vector is stored")
    }
  }

  @Test func theEntryWithTheGreatestScoreAnswers() throws {
    let bundle = try forged(.ladder(.fitted, from: 0, step: 4_000))
    #expect(try ask(bundle, "does anybody know where I leave my bicycle on the ferry").entry == "bicycle")
    // Where less is better, the worst of the entries weighed is chosen.
    let upside = try forged(.ladder(.fitted, from: 0, step: 4_000, isFalling: true), "upside")
    var session = QuerySession(upside)
    let query = "does anybody know where I leave my bicycle on the ferry"
    let rows = try Self.evidence(query, &session)
    let outcome = try Array(query.utf8).withBytes { try session.answer(Query(text: $0, now: 0)) }
    let fitted = rows.map { $0[3 + Int(Evidence.fitted.rawValue)] }
    let chosen = try #require(rows.firstIndex { $0[1] == outcome.entry.map { Int64($0) } })
    #expect(fitted[chosen] < (fitted.max() ?? 0))
    #expect(outcome.score == -Int64((0..<15).count { fitted[chosen] > $0 * 4_000 }))
  }

  @Test func aContradictedCandidateIsNeverAnsweredThoughItScoresHighest() throws {
    let bundle = try forged(.ladder(.fitted, from: 0, step: 4_000))
    var session = QuerySession(bundle)
    func id(_ entry: UInt32?) throws -> String? {
      try entry.map { String(decoding: try bundle.entryText(bundle.entry($0)).id.copied, as: UTF8.self) }
    }
    // The outcome of a query, and the entry that scores highest.
    func asked(_ text: String) throws -> (outcome: Outcome, best: String?) {
      let rows = try Self.evidence(text, &session)
      let best = rows.max { $0[3 + Int(Evidence.fitted.rawValue)] < $1[3 + Int(Evidence.fitted.rawValue)] }
      let outcome = try Array(text.utf8).withBytes { try session.answer(Query(text: $0, now: 0)) }
      return (outcome, try id(best.map { UInt32($0[1]) }))
    }
    let (plain, plainBest) = try asked("how many bags can 2 people take along on the night train")
    #expect(plain.kind == .semantic && plain.veto == nil)
    #expect(plainBest == "bags-2")
    let (other, otherBest) = try asked("how many bags can 3 people take along on the night train")
    #expect(otherBest == "bags-2")
    #expect(other.reason == .noMatch && other.veto == .number && other.score == nil)
    let (passed, passedBest) = try asked("how many bags can 4 people take along on the night train")
    #expect(passedBest == "bags-2")
    #expect(passed.veto == .number)
    #expect(try id(passed.entry) == "bags-4")
  }

  @Test func whateverTheJudgeSaysNoAnswerContradictsTheQuery() throws {
    var random = SeededRandom()
    var answered = 0
    for round in 0..<12 {
      let bundle = try forged(.random(using: &random, leaves: -1_000...1_000), "\(round)")
      var session = QuerySession(bundle)
      for query in Self.queries {
        let outcome = try Array(query.utf8).withBytes { try session.answer(Query(text: $0, now: 0)) }
        guard outcome.kind == .semantic, let question = outcome.question, let entry = outcome.entry else { continue }
        answered += 1
        let slots = try bundle.entry(entry).slots
        // The wording that answers need not be the one that agrees, but one of the entry's must.
        let marks = QuestionMarks(session.queryMarks)
        let agrees = try (0..<UInt32(bundle.questionCount)).contains { stored in
          try bundle.question(stored).owner == entry
            && VetoRule.conflicts(marks, try bundle.marks(stored), slots: slots).isEmpty
        }
        #expect(agrees, "\(query) was answered by question \(question), seed \(random.seed)")
      }
    }
    #expect(answered > 0)
  }

  @Test func aDistractorThatScoresHighestFallsBackForItsReason() throws {
    let bundle = try forged(.ladder(.fitted, from: 0, step: 4_000))
    let reply = try ask(bundle, "is my own train running late in the morning")
    #expect(reply.reason == .guarded)
    #expect(reply.route == "live")
    // Scored lower than an entry, it is passed over.
    let upside = try forged(.ladder(.fitted, from: 0, step: 4_000, isFalling: true), "upside")
    #expect(try ask(upside, "is my own train running late in the morning").reason != .guarded)
  }

  @Test func aScoreBelowTheThresholdIsNoAnswer() throws {
    try ForgedBundle.judged(path, by: .ladder(.given, from: 0, step: 4_000), to: folder.file("low"))
    let open = try Bundle.open(folder.file("low"))
    let query = "does anybody know where I leave my bicycle on the ferry"
    var session = QuerySession(open)
    let score = try #require(try Array(query.utf8).withBytes { try session.answer(Query(text: $0, now: 0)) }.score)
    for (threshold, isAnswered) in [(score, true), (score + 1, false)] {
      var decision = open.decision
      decision.textThreshold = threshold
      let bytes = try contents(folder.file("low"))
      let place = try #require(try ForgedBundle.place(.decisionParameters, of: open, in: bytes))
      try ForgedBundle.write(bytes, to: folder.file("held")) { data in
        data.replaceSubrange(place..<place + DecisionParameters.size, with: decision.encoded)
      }
      #expect((try ask(try Bundle.open(folder.file("held")), query).reason == nil) == isAnswered)
    }
  }

  @Test func explanationsNameEveryFeature() throws {
    let bundle = try forged(.ladder(.fitted, from: 0, step: 4_000))
    let responder = Responder(bundle)
    var session = QuerySession(bundle)
    for query in Self.queries {
      let request = try JSONSerialization.data(withJSONObject: ["query": query, "explain": true])
      _ = Array(request).withBytes { responder.respond(to: $0) }
      let reply = try #require(
        try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any])
      let explain = try #require(reply["explain"] as? [String: Any])
      let shown = try #require(explain["evidence"] as? [[String: Any]])
      let expected = try Self.evidence(query, &session)
      #expect(shown.count == expected.count)
      for (row, numbers) in zip(shown, expected) {
        #expect(row["entry"] is String || row["distractor"] as? String == "guard")
        #expect(row["question"] is String)
        for feature in Evidence.allCases {
          #expect((row["\(feature.name)"] as? NSNumber)?.int64Value == numbers[3 + Int(feature.rawValue)])
        }
      }
    }
    // What equals a stored question is not searched for, so there is nothing to weigh.
    _ = Array(#"{"query":"Are dogs allowed in the dining car?","explain":true}"#.utf8).withBytes {
      responder.respond(to: $0)
    }
    let exact = try JSONSerialization.jsonObject(with: Data(responder.reply.copied)) as? [String: Any]
    #expect(((exact?["explain"] as? [String: Any])?["evidence"] as? [Any])?.isEmpty == true)
  }

  @Test func aQueryWithTextAndVectorTakesTheRouteOfItsVector() throws {
    let routes = """
      routes:
        weather: [Will it rain on the coast this afternoon?, How warm is it in the mountains today?]
        poem: [Write a poem about the sea and the wind, Compose a song about autumn leaves]
      default_route: none
      """
    let path = try SampleBundle.railway(in: folder, further: routes)
    let bundle = try Bundle.open(path)
    var session = QuerySession(bundle)
    _ = try Array("will it rain on the coast this afternoon".utf8).withBytes { try session.encoder.encode($0) }
    var weather: [UInt8] = []
    for index in 0..<Int(bundle.encoder.dimensions) { weather.append(UInt8(bitPattern: session.encoder.vector[index])) }
    func route(_ text: String?) throws -> String? {
      let utf8 = text.map { Array($0.utf8) } ?? []
      return try utf8.withBytes { text in
        try weather.withBytes { vector in
          let query = Query(text: utf8.isEmpty ? nil : text, vector: vector, now: 0)
          return bundle.routeName(try session.answer(query).route).map { String(decoding: $0, as: UTF8.self) }
        }
      }
    }
    #expect(try route(nil) == "weather")
    #expect(try route("write a poem about the wind and the sea") == "weather")
    #expect(try route("🦑🦑🦑") == "weather")
  }
}
