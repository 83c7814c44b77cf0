import BundleCompiler
import BundleFormat

/// The questions and texts that results belong to, by the id that joins them: from request files and from a plan.
struct RequestIndex {
  /// What is known of an id.
  struct Request {
    /// The question; `nil` for embeddings, and for a prompt that the template does not fit.
    let question: String?
    /// The texts that were to be embedded.
    let inputs: [String]
    /// Its place among all requests: the order of entries, whatever the order of results.
    let order: Int
    /// Its request file, as an index of `files`, and line; `nil` if only the plan has it.
    let place: (file: Int, line: Int)?
    /// The route that the plan gives the question.
    var route: String?
    /// The entry whose answer is made anew, if the plan is a refresh.
    var entry: String?
  }

  /// The request files.
  let files: [String]
  private(set) var requests: [Request] = []
  private var ordinals: [ExactText: Int] = [:]

  /// Reads request files and, if there is one, a plan.
  ///
  /// - Throws: `InputError` for a line that is not a request, and for one id with two questions.
  init(files: [String], plan: String?, prompt: PromptTemplate) throws(InputError) {
    self.files = files
    if let plan { try readPlan(plan) }
    for index in files.indices { try readRequests(index, prompt) }
  }

  /// Whether nothing is known of any id.
  var isEmpty: Bool { requests.isEmpty }

  /// The request with this id. Of a question's further samples, whose ids end in s2, s3 and so on, the plan knows the first.
  func request(_ id: String) -> Request? {
    if let known = ordinals[ExactText(id)] { return requests[known] }
    guard let mark = id.lastIndex(of: "s"), Int(id[mark...].dropFirst()) != nil else { return nil }
    return ordinals[ExactText(String(id[..<mark]))].map { requests[$0] }
  }

  private mutating func readPlan(_ path: String) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
    while let line = try reader.next() {
      let record = try JSONRecord(line.bytes, place: reader.place, shape: #"{"id": …, "question": …}"#)
      try add(
        try record.string("id"),
        Request(
          question: try record.string("question"), inputs: [], order: requests.count, place: nil,
          route: try record.optionalName("route", limit: InputLimits.standard.route),
          entry: try record.optionalName("entry", limit: InputLimits.standard.id)), reader.place)
    }
  }

  private mutating func readRequests(_ file: Int, _ prompt: PromptTemplate) throws(InputError) {
    let reader = LineReader(file: try InputFile(path: files[file]), limit: InputLimits.standard.line)
    while let line = try reader.next() {
      let place = reader.place
      let request: BatchRequest
      do {
        request = try BatchRequest(line: try JSONParser.parse(line.bytes))
      } catch let error as JSONError {
        throw place.error("the line is not JSON: \(error.problem)", do: "give the file that was sent to the service")
      } catch let error as MalformedResult {
        throw place.error(
          error.problem, do: "give the file that was sent to the service, and results without --requests")
      } catch {
        throw place.error("the line cannot be read: \(error)", do: "give the file that was sent to the service")
      }
      try add(
        request.id,
        Request(
          question: request.prompt.flatMap { prompt.question(in: $0) }, inputs: request.inputs, order: requests.count,
          place: (file, line.number)), place)
    }
  }

  private mutating func add(_ id: String, _ request: Request, _ place: InputPlace) throws(InputError) {
    guard let known = ordinals[ExactText(id)] else {
      ordinals[ExactText(id)] = requests.count
      requests.append(request)
      return
    }
    let earlier = requests[known]
    // The plan's wording is the question itself; the request's has a prompt around it that need not be known here.
    let isPlanned = earlier.place == nil
    guard isPlanned || (earlier.question == request.question && earlier.inputs == request.inputs) else {
      let first = earlier.place.map { "\(files[$0.file]):\($0.line)" } ?? ""
      throw place.error(
        "the id \"\(id)\" asks another question than at \(first)", do: "give each request an id of its own")
    }
    requests[known] = Request(
      question: isPlanned ? earlier.question : request.question, inputs: request.inputs, order: earlier.order,
      place: request.place, route: earlier.route, entry: earlier.entry)
  }
}
