import BundleCompiler

/// What people said of answers: the files that `ingest` wrote for them, with the column `rating` filled in.
struct Ratings {
  /// One rating.
  private struct Rating {
    let words: AnswerWords
    /// 0 (bad) … 1 (good).
    let value: Double
    let isAudit: Bool
  }

  private var ratings: [ExactText: [Rating]] = [:]
  /// Ratings of answers that were drawn at random, and how many of them are good: what the audit says of all answers.
  private(set) var audited = 0
  private(set) var auditedGood = 0
  /// Rows that nobody has rated yet.
  private(set) var unrated = 0

  /// The answers that may be given in the column `rating`.
  static let forms = "write good, bad, or a number from 0 (bad) to 1 (good)"

  /// Reads CSV files with the columns `id`, `answer`, `rating` and `list`, or JSONL files with such fields.
  ///
  /// - Parameter gate: The least rating that counts as good.
  /// - Throws: `InputError` for a row that is malformed or has a rating of another form.
  init(files: [String], gate: Double) throws(InputError) {
    for path in files {
      if path.hasSuffix(".csv") { try read(csv: path, gate) } else { try read(jsonl: path, gate) }
    }
  }

  /// The rating of this very answer, white space and punctuation apart; `nil` if it has none. The latest counts.
  func rating(_ id: String, _ answer: String) -> Double? {
    guard let known = ratings[ExactText(id)] else { return nil }
    let words = AnswerWords(answer)
    return known.last { $0.words == words }?.value
  }

  private mutating func read(csv path: String, _ gate: Double) throws(InputError) {
    var table = try FilledTable(
      path: path, columns: ["id", "answer", "rating"],
      remedy: "give the audit.csv or held.csv that ingest wrote, with the column rating filled in")
    while let row = try table.next() {
      try add(
        row["id"] ?? "", row["answer"] ?? "", (row["rating"] ?? "").trimmed, isAudit: row["list"] == "audit", gate,
        row.place)
    }
  }

  private mutating func read(jsonl path: String, _ gate: Double) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    while let line = try reader.next() {
      let record = try JSONRecord(line.bytes, place: reader.place, shape: #"{"id": …, "answer": …, "rating": "good"}"#)
      let value = record.value("rating")
      try add(
        try record.string("id"), try record.string("answer"), value?.string ?? value?.compactText ?? "",
        isAudit: try record.optionalString("list") == "audit", gate, reader.place)
    }
  }

  private mutating func add(
    _ id: String, _ answer: String, _ text: String, isAudit: Bool, _ gate: Double, _ place: InputPlace
  ) throws(InputError) {
    let value: Double
    switch text.lowercased() {
    case "":
      unrated += 1
      return
    case "good", "yes", "right", "true": value = 1
    case "bad", "no", "wrong", "false": value = 0
    default:
      guard let number = Double(text), (0...1).contains(number) else {
        throw place.error("the rating is \"\(text)\"", do: Self.forms)
      }
      value = number
    }
    if isAudit {
      audited += 1
      auditedGood += value >= gate ? 1 : 0
    }
    ratings[ExactText(id), default: []].append(Rating(words: AnswerWords(answer), value: value, isAudit: isAudit))
  }
}
