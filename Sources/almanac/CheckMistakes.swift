import AnswerPipeline
import BundleFormat
import BundleReader
import Terminal

/// Wrong answers with the evidence that led to them.
struct CheckMistakes {
  private let bundle: Bundle
  private let mistakes: [CheckedQuery]

  init(_ bundle: Bundle, _ mistakes: [CheckedQuery]) {
    self.bundle = bundle
    self.mistakes = mistakes
  }

  /// The mistakes as text, four lines each.
  var text: String {
    get throws {
      var lines = ["worst mistakes, the most confident first"]
      for (index, mistake) in mistakes.enumerated() {
        let evidence = try Evidence(mistake, bundle)
        let kind = mistake.query.kind.map { ", \($0)" } ?? ""
        lines.append("  \(index + 1). \(Self.oneLine(evidence.query)) (line \(mistake.query.line)\(kind))")
        lines.append("     expected  \(evidence.expected ?? "a fallback")")
        lines.append("     answered  \(evidence.answered)")
        lines.append("     for       \(Self.oneLine(evidence.question))")
        lines.append("     \(evidence.figures)")
      }
      return lines.joined(separator: "\n")
    }
  }

  /// The mistakes as JSON objects.
  var json: [JSONObject] {
    get throws {
      try mistakes.map { mistake in
        let evidence = try Evidence(mistake, bundle)
        var object = JSONObject()
        object.add("line", mistake.query.line)
        object.add("query", evidence.query)
        if let kind = mistake.query.kind { object.add("kind", kind) }
        object.addOrNull("expected", evidence.expected)
        object.add("answered", evidence.answered)
        object.add("question", evidence.question)
        object.add("via", evidence.via)
        object.add("similarity", evidence.similarity, places: 4)
        if let margin = evidence.margin { object.add("margin", margin, places: 4) }
        if let score = mistake.outcome.score { object.add("score", Int(score)) }
        object.add("confidence", evidence.confidence, places: 6)
        return object
      }
    }
  }

  // A query may hold anything, and its text goes to a terminal: no control characters, and no more than fits.
  private static func oneLine(_ text: String) -> String {
    let limit = 160
    var scalars = String.UnicodeScalarView()
    for scalar in text.unicodeScalars {
      switch scalar.properties.generalCategory {
      case .control, .lineSeparator, .paragraphSeparator: scalars.append(" ")
      case .format where scalar != "\u{200C}" && scalar != "\u{200D}": continue
      default: scalars.append(scalar)
      }
    }
    let line = String(scalars)
    return "\"\(line.prefix(limit))\(line.count > limit ? "…" : "")\""
  }
}

/// What is known of one wrong answer.
private struct Evidence {
  let query: String
  let expected: String?
  let answered: String
  let question: String
  let via: String
  let similarity: Double
  let margin: Double?
  let score: Int64?
  let confidence: Double

  init(_ mistake: CheckedQuery, _ bundle: Bundle) throws {
    let outcome = mistake.outcome
    let unit = Double(DecisionParameters.unit)
    query = String(decoding: mistake.query.text, as: UTF8.self)
    expected = try mistake.query.expected.map { try Self.id($0, bundle) }
    answered = try mistake.answered.map { try Self.id($0, bundle) } ?? ""
    question = try outcome.question.map { String(decoding: try bundle.questionText($0).copied, as: UTF8.self) } ?? ""
    via = outcome.kind == .exact ? "exact" : "semantic"
    similarity = Double(outcome.similarity) / unit
    margin = outcome.score == nil ? nil : Double(outcome.margin) / unit
    score = outcome.score
    confidence = Double(outcome.confidence) / 1_000_000
  }

  var figures: String {
    guard let margin, let score else { return "exact match, confidence \(PercentText.of(confidence))" }
    return "similarity \(Figures.decimal(similarity, 3)), margin \(Figures.decimal(margin, 3)), score \(score), "
      + "confidence \(PercentText.of(confidence))"
  }

  private static func id(_ entry: UInt32, _ bundle: Bundle) throws -> String {
    String(decoding: try bundle.entryText(bundle.entry(entry)).id.copied, as: UTF8.self)
  }
}
