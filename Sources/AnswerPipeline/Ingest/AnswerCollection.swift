import BundleCompiler
import BundleFormat

/// Everything usable that the sources hold: samples by question and vectors by text, with the account of all lines.
struct AnswerCollection {
  private(set) var ledger = LineLedger()
  /// The samples of each question, in the order in which the questions appeared.
  private(set) var questions: [[AnswerSample]] = []
  /// The vectors of texts, by normal form.
  private(set) var embeddings = EmbeddingCollection()
  /// The ids of requests that nothing usable came back for count as unanswered; these did come back.
  private(set) var returned: Set<ExactText> = []

  /// The wordings that models and logs propose for entries.
  private(set) var wordings: [ProposedWording] = []

  private let requests: RequestIndex
  private let widening: WideningIndex
  private let options: AnswerIngest.Options
  private var places: [ExactText: Int] = [:]
  private var forms = FormCache()
  private var owned = 0
  private var accepted: [ExactText: (id: String, place: String)] = [:]

  init(_ requests: RequestIndex, _ widening: WideningIndex, _ options: AnswerIngest.Options) {
    self.requests = requests
    self.widening = widening
    self.options = options
  }

  /// Reads a source of any kind; its name's ending says which.
  ///
  /// - Throws: `InputError` if it cannot be read at all.
  mutating func read(_ path: String, progress: (Int) -> Void) throws(InputError) {
    ledger.begin(path)
    switch path.lowercased().split(separator: ".").last {
    case "csv", "tsv": addOwned(try OwnedAnswers(csv: path), path)
    case "md", "markdown": addOwned(try OwnedAnswers(markdown: path, level: options.headingLevel), path)
    case "html", "htm", "json", "jsonld": addOwned(try OwnedAnswers(faqPage: path), path)
    default: try readResults(path, progress)
    }
  }

  // MARK: Results

  private mutating func readResults(_ path: String, _ progress: (Int) -> Void) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    while true {
      if ledger.count % 1_024 == 0 { progress(reader.bytesRead) }
      let line: InputLine
      do throws(InputError) {
        guard let next = try reader.next() else { return }
        line = next
      } catch {
        // A file that cannot be read any further has no line to blame.
        guard error.line != nil else { throw error }
        ledger.settle(ledger.enter(error.line ?? 0, id: nil), .dropped(.malformed), error.problem)
        try reader.skipRefusedLine()
        continue
      }
      readResult(line)
    }
  }

  private mutating func readResult(_ line: InputLine) {
    let value: JSONValue
    do throws(JSONError) {
      value = try JSONParser.parse(line.bytes)
    } catch {
      let index = ledger.enter(line.number, id: nil)
      return ledger.settle(index, .dropped(.malformed), "not JSON: \(error.problem) (byte \(error.byte))")
    }
    let index = ledger.enter(line.number, id: value["custom_id"]?.string ?? value["recordId"]?.string)
    let result: BatchResult
    do throws(MalformedResult) {
      result = try BatchResult(line: value)
    } catch {
      return ledger.settle(index, .dropped(.malformed), error.problem)
    }
    switch result.content {
    case .embeddings(let vectors): addEmbeddings(vectors, result, index)
    case .samples(let samples):
      if let entry = widening.entry(request: result.id) {
        addWordings(samples, result, entry, index)
      } else {
        addSamples(samples, result, index)
      }
    }
  }

  private mutating func addSamples(_ samples: [BatchResult.Sample], _ result: BatchResult, _ line: Int) {
    let request = requests.request(result.id)
    let own = result.request.flatMap { try? BatchRequest(id: result.id, body: $0) }
    let question = request?.question ?? own?.prompt.flatMap { options.prompt.question(in: $0) }
    for (choice, sample) in samples.enumerated() {
      switch sample {
      case .failure(let reason, let detail):
        ledger.settle(line, .dropped(reason), detail)
        // Asking the same again would end the same way.
        if reason != .error, reason != .empty { returned.insert(ExactText(result.id)) }
      case .answer(let answer):
        guard let question else {
          ledger.settle(
            line, .dropped(.unknownRequest),
            request == nil
              ? "no request has this id; give its file with --requests" : "the request's prompt does not fit --prompt")
          continue
        }
        var result = result
        result.request = nil
        returned.insert(ExactText(result.id))
        add(
          AnswerSample(
            id: request?.entry ?? result.id, question: question.trimmed, answer: answer.trimmed,
            order: request?.order ?? line,
            choice: choice,
            line: line, route: request?.route, result: result))
      }
    }
  }

  private mutating func addEmbeddings(_ vectors: [[Float]], _ result: BatchResult, _ line: Int) {
    let own = result.request.flatMap { try? BatchRequest(id: result.id, body: $0) }
    guard let inputs = requests.request(result.id)?.inputs ?? own?.inputs else {
      return ledger.settle(
        line, .dropped(.unknownRequest), "no request has this id; give its file with --requests")
    }
    returned.insert(ExactText(result.id))
    guard inputs.count == vectors.count else {
      return ledger.settle(
        line, .dropped(.malformed), "\(vectors.count) embeddings for \(inputs.count) texts of the request")
    }
    for (text, vector) in zip(inputs, vectors) {
      guard let form = forms.of(text), !form.isEmpty else { continue }
      if let problem = embeddings.add(vector, of: form, model: result.model, line: line) {
        ledger.settle(line, .dropped(.malformed), problem)
      }
    }
  }

  // MARK: Wordings

  private mutating func addWordings(_ samples: [BatchResult.Sample], _ result: BatchResult, _ entry: Int, _ line: Int) {
    let id = widening.entries[entry].id
    var place = 0
    for sample in samples {
      switch sample {
      case .failure(let reason, let detail):
        ledger.settle(line, .dropped(reason), detail)
        if reason != .error, reason != .empty { returned.insert(ExactText(result.id)) }
      case .answer(let text):
        let reply: WordingReply
        do throws(MalformedResult) {
          reply = try WordingReply(text)
        } catch {
          let isRefusal = RefusalText.begins(text)
          ledger.settle(line, .dropped(isRefusal ? .refusal : .malformed), error.problem)
          if isRefusal { returned.insert(ExactText(result.id)) }
          continue
        }
        returned.insert(ExactText(result.id))
        let all =
          reply.rewordings.map { ($0, ProposedWording.Kind.rewording) } + reply.nearMisses.map { ($0, .nearMiss) }
        for (text, kind) in all {
          wordings.append(
            ProposedWording(
              entry: id, text: (text ?? "").trimmed, kind: kind, isAccepted: false, request: result.id, place: place,
              line: line))
          place += 1
        }
      }
    }
  }

  /// Reads a table of wordings that a person has been through.
  ///
  /// - Throws: `InputError` for a table that is malformed, and for one wording that is accepted for two entries.
  mutating func readAccepted(_ path: String) throws(InputError) {
    ledger.begin(path)
    for row in try ReviewedWordings(path).rows {
      let id = row.kind == .plan ? options.idPrefix + row.id : row.id
      let line = ledger.enter(row.line, id: id)
      guard row.isAccepted == true else {
        ledger.settle(line, .dropped(.notAccepted), row.isAccepted == nil ? "nobody has decided yet" : nil)
        continue
      }
      let form = forms.of(row.wording) ?? ""
      if let earlier = accepted[ExactText(form)], earlier.id != id {
        throw InputPlace(file: path, line: row.line).error(
          "the wording \"\(row.wording)\" is accepted for \(id), and at \(earlier.place) for \(earlier.id)",
          do: "accept it for one of them")
      }
      accepted[ExactText(form)] = (id, "\(path):\(row.line)")
      wordings.append(
        ProposedWording(
          entry: id, text: row.wording, kind: row.kind.proposed, isAccepted: true, isPlanned: row.kind == .plan,
          request: "", place: wordings.count,
          line: line))
    }
  }

  // MARK: Owners' answers

  private mutating func addOwned(_ answers: OwnedAnswers, _ path: String) {
    for (number, problem) in answers.malformed {
      ledger.settle(ledger.enter(number, id: nil), .dropped(.malformed), problem)
    }
    for answer in answers.answers {
      let line = ledger.enter(answer.line, id: answer.id)
      owned += 1
      if let id = answer.id, let problem = EntryNames.problem(id) {
        ledger.settle(line, .dropped(.malformed), problem)
        continue
      }
      add(
        AnswerSample(
          id: answer.id, question: answer.question, answer: answer.answer, order: requests.requests.count + owned,
          choice: 0, line: line, variants: answer.variants, source: answer.source, route: answer.route))
    }
  }

  // MARK: Both

  private mutating func add(_ sample: AnswerSample) {
    let limits = InputLimits.standard
    guard sample.question.utf8.count <= limits.question else {
      return ledger.settle(
        sample.line, .dropped(.overLong), "the question has \(sample.question.utf8.count) bytes of \(limits.question)")
    }
    guard sample.answer.utf8.count <= options.longestAnswer else {
      return ledger.settle(
        sample.line, .dropped(.overLong), "the answer has \(sample.answer.utf8.count) bytes of \(options.longestAnswer)"
      )
    }
    guard let form = forms.of(sample.question), !form.isEmpty else {
      return ledger.settle(sample.line, .dropped(.empty), "there is no question")
    }
    guard !sample.answer.isEmpty else { return ledger.settle(sample.line, .dropped(.empty), "there is no answer") }
    if let place = places[ExactText(form)] {
      questions[place].append(sample)
    } else {
      places[ExactText(form)] = questions.count
      questions.append([sample])
    }
  }
}

/// A normaliser that can be part of a copyable value.
private final class FormCache {
  private var forms = NormalForms()

  func of(_ text: String) -> String? { forms.of(text) }
}

/// What ids may look like.
enum EntryNames {
  /// What is wrong with `id`, without a full stop; `nil` if nothing is.
  static func problem(_ id: String) -> String? {
    if id.isEmpty { return "the id is empty" }
    if id.utf8.count > InputLimits.standard.id { return "the id is longer than \(InputLimits.standard.id) bytes" }
    let isControl = id.unicodeScalars.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) }
    return isControl ? "the id has a control character" : nil
  }
}
