import BundleFormat
import BundleReader

/// The way of a query as a table for people.
struct ExplanationText {
  private var lines: [String] = []

  /// The table, a line for each step.
  var text: String { lines.joined(separator: "\n") }

  /// Explains what `session` has just answered.
  init(_ outcome: Outcome, _ query: Query, _ session: borrowing QuerySession) {
    let bundle = session.bundle
    let decision = bundle.decision
    let threshold = decision.threshold(mode: session.mode)
    add("normal form", session.normalForm.string)
    addRules(outcome, session)
    for index in 0..<session.correctionCount {
      guard let correction = session.correction(index) else { continue }
      add(index == 0 ? "put right" : "", "\(correction.typed.string) to \(correction.meant.string)")
    }
    if let share = session.knownShare, share < Cosine.one {
      add("known", "\(ReplyFigures.cosine(share)) of the words, by length; 0.6 is asked for")
    }
    if session.pieceCount > 0 { add("pieces", Self.pieces(session)) }
    if session.candidateCount > 0 {
      let work = session.searchWork
      let lists = "\(work.lists) of \(bundle.index.listCount) lists"
      add("looked at", "\(work.rows) of \(bundle.index.rowCount) vectors, in \(lists)")
      addCandidates(session)
      addEvidence(session)
    }
    if let score = outcome.score {
      add("similarity", ReplyFigures.cosine(outcome.similarity))
      add("margin", "\(ReplyFigures.cosine(outcome.margin)) over the best candidate with another answer")
      let comparison = threshold == DecisionParameters.never ? "that none can reach" : "\(threshold)"
      add("score", "\(score) against a threshold of \(comparison)")
    }
    add("decided by", Self.decider(outcome, threshold))
    let budget = "at most \(Self.percent(decision.maximumWrong)) of all requests answered wrongly"
    add("evidence", "\(decision.level(mode: session.mode).name), \(budget)")
    let model = String(decoding: bundle.encoder.model, as: UTF8.self)
    add("bundle", "version \(bundle.footer.bundleVersion), vectors of \(model)")
  }

  private mutating func add(_ name: String, _ value: String) {
    let space = String(repeating: " ", count: max(0, 13 - name.count))
    lines.append("  " + Console.quiet(name) + space + value)
  }

  private mutating func addRules(_ outcome: Outcome, _ session: borrowing QuerySession) {
    if session.cutCount > 0 {
      let cuts = (0..<session.cutCount).map { "\"\(session.cut($0).string)\"" }
      add("courtesy", cuts.joined(separator: ", ") + ", cut away")
    }
    for index in 0..<RuleClasses.count {
      let shown = RuleClasses(rawValue: 1 << UInt8(index))
      guard session.shownClasses.contains(shown) else { continue }
      let bars = outcome.barred.contains(shown) ? ", which no wording of the best candidate's entry shows" : ""
      add("shows", "\(RuleClasses.name(index)): \"\(session.words(showing: index).string)\"\(bars)")
    }
  }

  private mutating func addCandidates(_ session: borrowing QuerySession) {
    for index in 0..<min(session.candidateCount, ReaderProtocol.maximumExplained) {
      var row = "could not be read"
      if let candidate = try? session.candidate(index),
        let text = try? session.bundle.matchedText(candidate.question)
      {
        let owner = text.entry?.string ?? "not to be answered: \(text.reason?.name ?? "distractor")"
        row = "\(ReplyFigures.cosine(candidate.similarity))  \(text.question.string)  [\(owner)]"
        if let veto = try? session.veto(index) { row += ", contradicts: \(veto.name)" }
      }
      add(index == 0 ? "candidates" : "", row)
    }
  }

  private mutating func addEvidence(_ session: borrowing QuerySession) {
    for place in 0..<session.weighedCount {
      let candidate = session.weighedCandidate(place)
      guard let text = try? session.bundle.matchedText(candidate.question) else { continue }
      let owner = text.entry?.string ?? "not to be answered: \(text.reason?.name ?? "distractor")"
      let score = session.weighedScore(place).map { "\($0)  " } ?? ""
      add(place == 0 ? "judged" : "", "\(score)[\(owner)]")
      let figures = Evidence.allCases.map { feature in
        let value = Int64(session.evidence(place, feature))
        return "\(feature.name) \(feature == .wordings ? "\(value)" : ReplyFigures.cosine(value))"
      }
      for first in stride(from: 0, to: figures.count, by: 5) {
        add("", "    " + figures[first..<min(first + 5, figures.count)].joined(separator: ", "))
      }
    }
  }

  private static func pieces(_ session: borrowing QuerySession) -> String {
    var pieces: [String] = []
    for index in 0..<session.pieceCount {
      guard let piece = try? session.piece(index) else { continue }
      pieces.append(piece.isStart ? piece.text.string : "##" + piece.text.string)
    }
    return pieces.joined(separator: " ")
  }

  private static func percent(_ millionths: UInt32) -> String {
    let hundredths = millionths / 100
    return "\(hundredths / 100).\(hundredths % 100 < 10 ? "0" : "")\(hundredths % 100) %"
  }

  private static func decider(_ outcome: Outcome, _ threshold: Int64) -> String {
    switch (outcome.kind, outcome.reason) {
    case (.exact, _): "the question equals a stored one"
    case (.semantic, _): "the score reaches the threshold"
    case (nil, .noMatch):
      if threshold == DecisionParameters.never {
        "this bundle answers only questions that equal a stored one"
      } else if let score = outcome.score {
        score < threshold ? "the score misses the threshold" : "the confidence is too low for --max-wrong"
      } else if let veto = outcome.veto {
        "the nearest question contradicts this one in: \(veto.name); none of the others agrees there"
      } else {
        "there is no candidate"
      }
    case (nil, .ambiguous):
      outcome.score == nil
        ? "several entries have this very question" : "the score would do, were no other answer so near"
    case (nil, .scope): "every candidate is valid for another scope"
    case (nil, .expired), (nil, .notYetValid): "the time at which the answer must be valid"
    case (nil, .guarded), (nil, .severalQuestions): "a rule for the question's words"
    case (nil, .needsContext): "a rule for the question's words, or the turn of the conversation"
    case (nil, .damaged): "damage"
    case (nil, .emptyQuery), (nil, .queryTooLong): "the question's length"
    default: "the nearest stored question, which must not be answered"
    }
  }
}
