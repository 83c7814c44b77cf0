import BundleCompiler

/// Files of entries with some answers replaced: all other bytes stay as they are.
struct RefreshedEntries {
  private let decision: AnswerDecision
  private let options: AnswerIngest.Options
  private var fresh: [ExactText: AnswerDecision.Entry] = [:]

  /// The answers of `decision`, whose ids are those of entries in the files of `options`.
  init(_ decision: AnswerDecision, _ options: AnswerIngest.Options) {
    self.decision = decision
    self.options = options
    for entry in decision.entries { fresh[ExactText(entry.id)] = entry }
  }

  /// Writes each file under its name into `folder`.
  ///
  /// - Throws: `InputError` for a file that cannot be read, two files of one name, and answers of entries that are in none.
  func write(to folder: String, _ files: OutputFiles, _ report: inout IngestReport) throws {
    var found: Set<ExactText> = []
    var names: Set<String> = []
    report.refreshed = 0
    for path in options.refreshed {
      guard names.insert(path.lastPathComponent).inserted else {
        throw InputError(
          file: path, problem: "another file with this name is refreshed too",
          remedy: "refresh them one after the other")
      }
      try write(path, to: try files.create("\(folder)/\(path.lastPathComponent)"), &found, &report)
    }
    for entry in decision.entries where !found.contains(ExactText(entry.id)) {
      throw InputError(
        file: options.plan ?? options.refreshed[0],
        problem: "the entry \"\(entry.id)\" is in none of \(options.refreshed.joined(separator: ", "))",
        remedy: "give the files of entries that were refreshed, and refresh.jsonl as the plan")
    }
  }

  private func write(
    _ path: String, to output: OutputFile, _ found: inout Set<ExactText>, _ report: inout IngestReport
  ) throws {
    let file = try InputFile(path: path)
    let reader = LineReader(file: file, limit: InputLimits.standard.line)
    // Up to here the file is written.
    var end = 0
    while let line = try reader.next() {
      let place = reader.place
      guard case .object(let members)? = try? JSONParser.parse(line.bytes),
        let id = JSONValue.object(members)["id"]?.string
      else { throw place.error("the line is no entry", do: "give the file of entries that the recipe names") }
      guard let entry = fresh[ExactText(id)] else { continue }
      guard found.insert(ExactText(id)).inserted else {
        throw place.error("the id \"\(id)\" stands twice", do: "give each entry an id of its own")
      }
      try copy(file, end..<line.offset, to: output)
      let renewed = try self.renewed(members, entry)
      output.write(JSONValue.object(renewed).compactText)
      end = line.offset + line.bytes.count
      count(renewed, entry, &report)
    }
    try copy(file, end..<file.size, to: output)
  }

  private func copy(_ file: InputFile, _ range: Range<Int>, to output: OutputFile) throws(InputError) {
    var start = range.lowerBound
    while start < range.upperBound {
      let bytes = try file.bytes(min(1 << 20, range.upperBound - start), at: start)
      guard !bytes.isEmpty else { return }
      output.write(bytes)
      start += bytes.count
    }
  }

  // The members in their order, with what belongs to the answer replaced.
  private func renewed(_ members: [JSONMember], _ entry: AnswerDecision.Entry) throws -> [JSONMember] {
    var renewed = members
    func set(_ key: String, _ value: JSONValue?) {
      let place = renewed.firstIndex { $0.key == key }
      switch (place, value) {
      case (let place?, let value?): renewed[place] = JSONMember(key: key, value: value)
      case (let place?, nil): renewed.remove(at: place)
      case (nil, let value?): renewed.append(JSONMember(key: key, value: value))
      case (nil, nil): break
      }
    }
    let sample = entry.sample
    set("answer", .string(sample.answer))
    set("usage", AnsweredQuestion.usage(sample))
    if let seconds = options.validity, let time = sample.result?.time {
      set("valid_until", .integer(time + Int64(seconds)))
    }
    let old = JSONValue.object(members)["provenance"]
    guard
      case .object(var provenance) = AnsweredQuestion.provenance(
        sample, count: entry.samples, quality: entry.quality, ledger: decision.ledger)
    else { return renewed }
    if let name = old?["source_file"] { provenance.append(JSONMember(key: "source_file", value: name)) }
    let present = try options.sources.flatMap { folder in
      try old?["source_file"]?.string.map { try FileDigest.of("\(folder)/\($0)") }
    }
    if let digest = present.map({ .string($0) }) ?? old?["source_digest"] {
      provenance.append(JSONMember(key: "source_digest", value: digest))
    }
    set("provenance", .object(provenance))
    return renewed
  }

  private func count(_ members: [JSONMember], _ entry: AnswerDecision.Entry, _ report: inout IngestReport) {
    report.refreshed = (report.refreshed ?? 0) + 1
    report.entries += 1
    report.inputTokens += max(0, entry.sample.result?.inputTokens ?? 0)
    report.outputTokens += max(0, entry.sample.result?.outputTokens ?? 0)
    guard let time = entry.sample.result?.time, let until = JSONValue.object(members)["valid_until"] else { return }
    let end = until.integer ?? until.string.flatMap { Timestamp.parse($0) }
    if let end, end <= time { report.stillExpired += 1 }
  }
}
