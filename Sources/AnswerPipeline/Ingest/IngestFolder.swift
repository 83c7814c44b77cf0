import BundleCompiler
import BundleFormat

/// The folder that an ingest writes: entries and wordings for a recipe, lists for people, requests to send again.
struct IngestFolder {
  private let path: String
  private let options: AnswerIngest.Options

  init(_ path: String, _ options: AnswerIngest.Options) {
    self.path = path
    self.options = options
  }

  /// Writes all files, or none.
  ///
  /// - Throws: `OutputError`; `InputError` if nothing is left to write, or a request file cannot be read again.
  func write(_ given: AnswerDecision, _ requests: RequestIndex, _ ratings: Ratings) throws -> IngestReport {
    var decision = given
    var report = IngestReport()
    try OutputFiles.makeFolder(path)
    let files = OutputFiles()
    var used: Set<Int> = []
    if options.refreshed.isEmpty {
      // Wordings for entries that are elsewhere bring none.
      var variants: [String] = []
      if !decision.entries.isEmpty || decision.wordings.isEmpty {
        try writeEntries(decision, files, &report, &used, &variants)
      }
      try writeWordings(decision, files, &report, &used, &variants)
      try write(variants, "variants.jsonl", files)
      report.variants = variants.count
    } else {
      try RefreshedEntries(decision, options).write(to: path, files, &report)
    }
    decision.settleEmbeddings(used: used)
    let dropped = try files.create("\(path)/dropped.jsonl")
    decision.ledger.writeDropped(to: dropped)
    try writeHeld(decision, files)
    try writeAudit(decision, files, &report)
    try writeUnanswered(decision, requests, files, &report)
    report.lines = decision.ledger.count
    report.fates = decision.ledger.counts
    report.held = decision.held.count
    report.audited = ratings.audited
    report.auditedGood = ratings.auditedGood
    report.embeddingModel = decision.embeddings.model
    try files.publish()
    report.files = files.names
    return report
  }

  // MARK: For the recipe

  private func writeEntries(
    _ decision: AnswerDecision, _ files: OutputFiles, _ report: inout IngestReport, _ used: inout Set<Int>,
    _ variants: inout [String]
  ) throws {
    var forms = NormalForms()
    let entries = try files.create("\(path)/entries.jsonl")
    var digests: [String: String] = [:]
    for entry in decision.entries {
      let sample = entry.sample
      let form = forms.of(sample.question) ?? ""
      let file = decision.ledger.place(sample.line).file
      // What a model wrote was made from nothing that is known here.
      if sample.result == nil, digests[file] == nil { digests[file] = try FileDigest.of(file) }
      let object = JSONValue.members(
        ("id", .string(entry.id)), ("question", .string(sample.question)), ("answer", .string(sample.answer)),
        ("source", sample.source.map { .string($0) }), ("route", sample.route.map { .string($0) }),
        ("usage", AnsweredQuestion.usage(sample)),
        (
          "provenance",
          AnsweredQuestion.provenance(
            sample, count: entry.samples, quality: entry.quality, ledger: decision.ledger,
            digest: sample.result == nil ? digests[file] : nil)
        ))
      entries.writeLine(withEmbedding(object, form, decision, &report, &used))
      report.entries += 1
      report.inputTokens += max(0, sample.result?.inputTokens ?? 0)
      report.outputTokens += max(0, sample.result?.outputTokens ?? 0)
      for wording in sample.variants {
        guard let wordingForm = forms.of(wording), !wordingForm.isEmpty, wordingForm != form else { continue }
        variants.append(
          withEmbedding(Self.variant(entry.id, wording, "written"), wordingForm, decision, &report, &used))
      }
    }
  }

  private static func variant(_ id: String, _ question: String, _ origin: String) -> JSONValue {
    .members(("id", .string(id)), ("question", .string(question)), ("origin", .string(origin)))
  }

  private func writeWordings(
    _ decision: AnswerDecision, _ files: OutputFiles, _ report: inout IngestReport, _ used: inout Set<Int>,
    _ variants: inout [String]
  ) throws {
    var distractors: [String] = []
    var review: [String] = []
    var dropped: [String] = []
    for decided in decision.wordings {
      let wording = decided.wording
      report.proposed += 1
      report.wordingFates[decided.fate, default: 0] += 1
      switch decided.fate {
      case .variant:
        let origin = wording.kind == .accepted ? "accepted" : "generated"
        variants.append(
          withEmbedding(
            Self.variant(wording.entry, wording.text, origin), decided.form, decision, &report, &used))
      case .distractor:
        let object = JSONValue.members(
          ("question", .string(wording.text)), ("origin", .string("generated")), ("near", .string(wording.entry)))
        distractors.append(withEmbedding(object, decided.form, decision, &report, &used))
      case .doubtful: review.append(ReviewedWordings.row(decided))
      case .duplicate, .nearerAnother, .empty, .noEntry, .overLong:
        let place = decision.ledger.place(wording.line)
        dropped.append(
          JSONValue.members(
            ("file", .string(place.file)), ("line", .integer(Int64(place.line ?? 0))), ("id", .string(wording.entry)),
            ("kind", .string(wording.kind.rawValue)), ("wording", .string(wording.text)),
            ("reason", .string(decided.fate.rawValue)),
            ("detail", decided.reason.isEmpty ? nil : .string(decided.reason))
          ).compactText)
      }
    }
    report.distractors = distractors.count
    try write(distractors, "distractors.jsonl", files)
    try write(review.isEmpty ? [] : [ReviewedWordings.columns] + review, "review.csv", files)
    try write(dropped, "dropped-wordings.jsonl", files)
  }

  // An earlier run's file must not outlast its reason.
  private func write(_ lines: [String], _ name: String, _ files: OutputFiles) throws(OutputError) {
    guard !lines.isEmpty else { return files.remove("\(path)/\(name)") }
    let file = try files.create("\(path)/\(name)")
    for line in lines { file.writeLine(line) }
  }

  private func withEmbedding(
    _ object: JSONValue, _ form: String, _ decision: AnswerDecision, _ report: inout IngestReport,
    _ used: inout Set<Int>
  ) -> String {
    guard let vector = decision.embeddings.vector(form), let line = decision.embeddings.line(form) else {
      return object.compactText
    }
    used.insert(line)
    report.embedded += 1
    return object.compactText.dropLast() + ",\"embedding\":" + EmbeddingText.json(vector) + "}"
  }

  // MARK: For people

  private static let columns = "id,question,answer,rating,list,reason"

  private func row(_ id: String, _ sample: AnswerSample, _ list: String, _ reason: String) -> String {
    [id, sample.question, sample.answer, "", list, reason].map(CSVText.field).joined(separator: ",")
  }

  private func writeHeld(_ decision: AnswerDecision, _ files: OutputFiles) throws {
    guard !decision.held.isEmpty else { return files.remove("\(path)/held.csv") }
    let file = try files.create("\(path)/held.csv")
    file.writeLine(Self.columns)
    for held in decision.held {
      let agreement = held.quality.map { ", agreement \(($0 * 100).rounded() / 100)" } ?? ""
      for sample in held.samples { file.writeLine(row(held.id, sample, "held", held.reason.rawValue + agreement)) }
    }
  }

  // Drawn by the hashes of ids, so that equal input gives an equal sample and no entry is preferred.
  private func writeAudit(_ decision: AnswerDecision, _ files: OutputFiles, _ report: inout IngestReport) throws {
    let open = decision.entries.filter { !$0.isRated }
    guard options.audit > 0, !open.isEmpty else { return }
    let drawn = open.map { entry in
      (hash: Array("audit \(entry.id)".utf8).withBytes { KeyHash.of($0, domain: KeyHash.question) }, entry: entry)
    }.sorted { $0.hash < $1.hash }.prefix(options.audit)
    let file = try files.create("\(path)/audit.csv")
    file.writeLine(Self.columns)
    for (_, entry) in drawn { file.writeLine(row(entry.id, entry.sample, "audit", "")) }
    report.audit = drawn.count
  }

  // MARK: To send again

  private func writeUnanswered(
    _ decision: AnswerDecision, _ requests: RequestIndex, _ files: OutputFiles, _ report: inout IngestReport
  ) throws {
    for (index, file) in requests.files.enumerated() {
      let names = requests.files[..<index].map(\.lastPathComponent)
      let number = names.count { $0 == file.lastPathComponent }
      let target = "\(path)/retry-\(number > 0 ? "\(number + 1)-" : "")\(file.lastPathComponent)"
      var output: OutputFile?
      let reader = LineReader(file: try InputFile(path: file), limit: InputLimits.standard.line)
      while let line = try reader.next() {
        report.requests += 1
        let value = try? JSONParser.parse(line.bytes)
        let id = value?["custom_id"]?.string ?? value?["recordId"]?.string ?? ""
        if decision.returned.contains(ExactText(id)) { continue }
        if output == nil { output = try files.create(target) }
        output?.writeLine(String(decoding: line.bytes.copied, as: UTF8.self))
        report.unanswered += 1
      }
      if output == nil { files.remove(target) }
    }
  }
}
