import BundleCompiler

extension OwnedAnswers {
  /// Reads a CSV file whose first row names its columns: `question` and `answer`, and if there are any `id`, `source`, `route`
  /// and `variants` (further wordings, one a line of the cell). Other columns are ignored.
  ///
  /// - Throws: `InputError` if the file cannot be read or lacks a column.
  init(csv path: String) throws(InputError) {
    var reader = try CSVReader(path: path)
    guard let header = reader.next(), header.problem == nil else {
      throw InputError(
        file: path, line: 1, problem: "the file has no row of column names", remedy: "begin with question,answer")
    }
    let names = header.fields.map { $0.trimmed.lowercased() }
    func column(_ name: String) -> Int? { names.firstIndex(of: name) }
    guard let question = column("question"), let answer = column("answer") else {
      let missing = column("question") == nil ? "question" : "answer"
      throw InputError(
        file: path, line: header.line,
        problem: "no column is named \"\(missing)\"; there are \(names.joined(separator: ", "))",
        remedy: "name the columns in the first row: question,answer")
    }
    for name in ["question", "answer", "id", "source", "route", "variants"] where names.count(where: { $0 == name }) > 1
    {
      throw InputError(
        file: path, line: header.line, problem: "two columns are named \"\(name)\"", remedy: "rename one of them")
    }
    let file = path.lastPathComponent
    while let row = reader.next() {
      if let problem = row.problem {
        malformed.append((row.line, problem))
        continue
      }
      guard row.fields.count == names.count else {
        malformed.append((row.line, "the row has \(row.fields.count) fields, the first row \(names.count)"))
        continue
      }
      func field(_ name: String) -> String? {
        column(name).map { row.fields[$0].trimmed }.flatMap { $0.isEmpty ? nil : $0 }
      }
      answers.append(
        OwnedAnswer(
          id: field("id"), question: row.fields[question].trimmed, answer: row.fields[answer].trimmed,
          variants: (field("variants") ?? "").split(whereSeparator: \.isNewline).map { String($0).trimmed },
          source: field("source") ?? "\(file):\(row.line)", route: field("route"), line: row.line))
    }
  }
}

extension String {
  /// The text without white space at both ends.
  var trimmed: String {
    let scalars = unicodeScalars
    guard let first = scalars.firstIndex(where: { !$0.isWhiteSpace }),
      let last = scalars.lastIndex(where: { !$0.isWhiteSpace })
    else { return "" }
    return String(scalars[first...last])
  }

  /// What follows the last slash.
  var lastPathComponent: String { String(split(separator: "/").last ?? "") }

  /// The text as part of an id: letters and digits in lower case, everything else a single hyphen.
  var slug: String {
    var slug = ""
    for scalar in lowercased().unicodeScalars {
      if scalar.properties.isAlphabetic || scalar.properties.numericType != nil {
        slug.unicodeScalars.append(scalar)
      } else if !slug.isEmpty, slug.last != "-" {
        slug += "-"
      }
    }
    while slug.last == "-" || slug.utf8.count > 96 { slug.removeLast() }
    return slug
  }
}
