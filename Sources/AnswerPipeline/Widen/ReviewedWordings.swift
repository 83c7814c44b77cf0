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
    var table = try FilledTable(
      path: path, columns: ["id", "wording", "accepted"],
      remedy: "give the wordings.csv of plan or the review.csv of ingest, with the column accepted filled in")
    while let row = try table.next() {
      let id = row["id"] ?? ""
      if let problem = EntryNames.problem(id) { throw row.place.error(problem, do: "correct the row") }
      rows.append(
        Row(
          id: id, wording: (row["wording"] ?? "").trimmed, kind: try Self.kind((row["kind"] ?? "").trimmed, row.place),
          isAccepted: try Self.mark((row["accepted"] ?? "").trimmed, row.place), line: row.line))
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
