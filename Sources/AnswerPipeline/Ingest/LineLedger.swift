import BundleCompiler

/// The account of all input lines: which there were, and what became of each.
struct LineLedger {
  private struct Line {
    let file: Int
    let number: Int
    let id: String?
    var fate: LineFate?
    var detail: String?
  }

  private var files: [String] = []
  private var lines: [Line] = []

  /// The number of lines that were entered.
  var count: Int { lines.count }

  /// Begins the lines of a file.
  mutating func begin(_ file: String) { files.append(file) }

  /// Enters a line of the file begun last. Returns its index.
  mutating func enter(_ number: Int, id: String?) -> Int {
    lines.append(Line(file: files.count - 1, number: number, id: id))
    return lines.count - 1
  }

  /// Settles what became of a line. A line that gave something usable stays with that, whatever else stood on it; of two
  /// other fates the first counts.
  mutating func settle(_ index: Int, _ fate: LineFate, _ detail: String? = nil) {
    guard lines[index].fate.map({ Self.rank(fate) > Self.rank($0) }) ?? true else { return }
    lines[index].fate = fate
    lines[index].detail = detail
  }

  /// Where a line is.
  func place(_ index: Int) -> InputPlace { InputPlace(file: files[lines[index].file], line: lines[index].number) }

  /// How many lines met each fate. Lines that nobody settled would be missing, so there must be none.
  var counts: [LineFate: Int] {
    var counts: [LineFate: Int] = [:]
    for line in lines {
      precondition(line.fate != nil, "every line has a fate")
      counts[line.fate!, default: 0] += 1
    }
    return counts
  }

  /// The lines that were dropped, one JSON object each.
  func writeDropped(to file: OutputFile) {
    for (index, line) in lines.enumerated() {
      guard case .dropped(let reason)? = line.fate else { continue }
      let place = place(index)
      file.writeLine(
        JSONValue.members(
          ("file", .string(place.file)), ("line", .integer(Int64(line.number))), ("id", line.id.map { .string($0) }),
          ("reason", .string(reason.rawValue)), ("detail", line.detail.map { .string($0) })
        ).compactText)
    }
  }

  private static func rank(_ fate: LineFate) -> Int {
    switch fate {
    case .dropped: 0
    case .held: 1
    case .embedding: 2
    case .wordings: 3
    case .sample: 4
    case .entry: 5
    }
  }
}
