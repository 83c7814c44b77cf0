import BundleCompiler

/// A table that was written for a person and comes back filled in: comma-separated values whose first row names the columns.
/// Every row must be whole, since a broken one may hold somebody's judgement.
struct FilledTable {
  /// A row.
  struct Row {
    /// Where it begins.
    let place: InputPlace
    /// The line on which it begins, counted from 1.
    let line: Int
    fileprivate let fields: [String]
    fileprivate let header: [String]

    /// The field in the column of this name; `nil` if the table has no such column.
    subscript(name: String) -> String? { header.firstIndex(of: name).map { fields[$0] } }
  }

  private let path: String
  private var reader: CSVReader
  private let header: [String]

  /// Reads the table at `path`, which must have all of `columns`.
  ///
  /// - Parameter remedy: What to do about a table that lacks one.
  /// - Throws: `InputError` for such a table, and for a file that cannot be read.
  init(path: String, columns: [String], remedy: String) throws(InputError) {
    self.path = path
    reader = try CSVReader(path: path)
    header = reader.next()?.fields.map { $0.trimmed.lowercased() } ?? []
    for column in columns where !header.contains(column) {
      throw InputError(
        file: path, line: 1,
        problem:
          "the columns \(columns.dropLast().joined(separator: ", ")) and \(columns.last ?? "") are not all there",
        remedy: remedy)
    }
  }

  /// The next row; `nil` at the end.
  ///
  /// - Throws: `InputError` for a row that is broken or has another number of fields than the first one.
  mutating func next() throws(InputError) -> Row? {
    guard let row = reader.next() else { return nil }
    let place = InputPlace(file: path, line: row.line)
    guard row.problem == nil, row.fields.count == header.count else {
      throw place.error(
        row.problem ?? "the row has \(row.fields.count) fields, the first row \(header.count)",
        do: "correct the row, or export the table again")
    }
    return Row(place: place, line: row.line, fields: row.fields, header: header)
  }
}
