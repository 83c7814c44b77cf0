import BundleCompiler
import BundleFormat

/// The entries of a widening with their wordings, and which request asked about each: the file that `widen` writes beside its
/// requests.
struct WideningIndex {
  /// The name of the file.
  static let fileName = "widen.jsonl"

  /// The ids of the entries, and the wordings of each, the canonical one first.
  private(set) var entries: [(id: String, questions: [String])] = []
  private var requests: [ExactText: Int] = [:]
  private var places: [ExactText: Int] = [:]

  /// No entries.
  init() {}

  /// Reads the files at `paths`.
  ///
  /// - Throws: `InputError` naming the line of a mistake.
  init(_ paths: [String]) throws(InputError) {
    for path in paths {
      let reader = LineReader(file: try InputFile(path: path), limit: InputLimits.standard.line)
      while let line = try reader.next() {
        let record = try JSONRecord(
          line.bytes, place: reader.place, shape: #"{"request": …, "id": …, "questions": […]}"#)
        let id = try record.string("id")
        guard case .array(let values)? = record.value("questions"), let questions = Self.texts(values) else {
          throw reader.place.error(
            "\"questions\" is not an array of texts", do: "give the \(Self.fileName) that widen wrote")
        }
        guard places[ExactText(id)] == nil else {
          throw reader.place.error("the id \"\(id)\" stands twice", do: "give each widening its own ingest")
        }
        places[ExactText(id)] = entries.count
        if let request = try record.optionalString("request") { requests[ExactText(request)] = entries.count }
        entries.append((id, questions))
      }
    }
  }

  private static func texts(_ values: [JSONValue]) -> [String]? {
    let texts = values.compactMap(\.string)
    return texts.isEmpty || texts.count < values.count ? nil : texts
  }

  /// The entry that the request `id` asked about; of further samples (s2, s3, …) that of the first.
  func entry(request id: String) -> Int? {
    if let known = requests[ExactText(id)] { return known }
    guard let mark = id.lastIndex(of: "s"), Int(id[mark...].dropFirst()) != nil else { return nil }
    return requests[ExactText(String(id[..<mark]))]
  }

  /// The entry with this id.
  func entry(id: String) -> Int? { places[ExactText(id)] }

  /// The line of an entry; `request` is `nil` if nothing is asked about it.
  static func line(request: String?, _ entry: WidenedEntry) -> String {
    JSONValue.members(
      ("request", request.map { .string($0) }), ("id", .string(entry.id)),
      ("questions", .array(entry.questions.map { .string($0) }))
    ).compactText
  }
}
