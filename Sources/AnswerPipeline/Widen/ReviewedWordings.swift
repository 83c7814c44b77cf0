import BundleCompiler

/// Tables of wordings with a column `accepted` that a person fills in: what `plan` proposes from logs, and what `ingest` found
/// doubtful.
struct ReviewedWordings {
  /// The columns of a table.
  static let columns = "id,question,wording,count,likeness,kind,reason,accepted"

  /// Where the wordings of a table come from, as its column `kind` says.
  enum Kind: String, CaseIterable {
    /// A user's wording of a question that is planned: its entry is yet to be made.
    case plan
    /// A user's wording, for an entry that there is.
    case entry
    /// A model's rewording.
    case rewording
    /// A model's near miss.
    case nearMiss = "near-miss"

    /// What a wording of this kind is if it is accepted.
    var proposed: ProposedWording.Kind {
      switch self {
      case .plan, .entry: .accepted
      case .rewording: .rewording
      case .nearMiss: .nearMiss
      }
    }
  }

  /// A row.
  struct Row {
    let id: String
    let wording: String
    let kind: Kind
    /// What the person said; `nil` if nothing yet.
    let isAccepted: Bool?
    let line: Int
  }

  private(set) var rows: [Row] = []

  /// Reads the table at `path`. Only `id`, `wording` and `accepted` must be there; a row without `kind` is the plan's.
  ///
  /// - Throws: `InputError` for a table without these columns, and for a row that is broken or has a mark of another form.
  init(_ path: String) throws(InputError) {
    var reader = try CSVReader(path: path)
    let header = reader.next()?.fields.map { $0.trimmed.lowercased() } ?? []
    guard let id = header.firstIndex(of: "id"), let wording = header.firstIndex(of: "wording"),
      let accepted = header.firstIndex(of: "accepted")
    else {
      throw InputError(
        file: path, line: 1, problem: "the columns id, wording and accepted are not all there",
        remedy: "give the wordings.csv of plan or the review.csv of ingest, with the column accepted filled in")
    }
    let kind = header.firstIndex(of: "kind")
    while let row = reader.next() {
      let place = InputPlace(file: path, line: row.line)
      guard row.problem == nil, row.fields.count == header.count else {
        throw place.error(
          row.problem ?? "the row has \(row.fields.count) fields, the first row \(header.count)",
          do: "correct the row, or export the table again")
      }
      if let problem = EntryNames.problem(row.fields[id]) { throw place.error(problem, do: "correct the row") }
      rows.append(
        Row(
          id: row.fields[id], wording: row.fields[wording].trimmed,
          kind: try Self.kind(kind.map { row.fields[$0].trimmed } ?? "", place),
          isAccepted: try Self.mark(row.fields[accepted].trimmed, place), line: row.line))
    }
  }

  /// The row of a wording that waits for a person.
  static func row(_ decided: WordingDecision.Decided) -> String {
    let wording = decided.wording
    let kind: Kind =
      switch wording.kind {
      case .accepted: .entry
      case .rewording: .rewording
      case .nearMiss: .nearMiss
      }
    return row(id: wording.entry, question: decided.question, wording: wording.text, kind: kind, reason: decided.reason)
  }

  /// A row that nobody has marked.
  static func row(
    id: String, question: String, wording: String, count: String = "", likeness: String = "", kind: Kind,
    reason: String = ""
  ) -> String {
    [id, question, wording, count, likeness, kind.rawValue, reason, ""].map(CSVText.field).joined(separator: ",")
  }

  private static func kind(_ text: String, _ place: InputPlace) throws(InputError) -> Kind {
    guard !text.isEmpty else { return .plan }
    guard let kind = Kind(rawValue: text) else {
      let names = Kind.allCases.map(\.rawValue).joined(separator: ", ")
      throw place.error("the kind is \"\(text)\"", do: "leave the column as it was written: \(names)")
    }
    return kind
  }

  private static func mark(_ text: String, _ place: InputPlace) throws(InputError) -> Bool? {
    switch text.lowercased() {
    case "": return nil
    case "y", "yes", "x", "1", "true": return true
    case "n", "no", "0", "false": return false
    default: throw place.error("the column accepted says \"\(text)\"", do: "write y or n, or leave it empty")
    }
  }
}
