import Foundation
import TestSupport

@testable import AnswerPipeline
@testable import BundleCompiler

/// Files that a person has filled in: tables of wordings, and hits that were marked.
enum TableFuzzing {
  nonisolated(unsafe) private static let folder = Result {
    try TemporaryFolder(in: FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : nil)
  }

  static func take(_ input: [UInt8]) {
    guard let folder = try? folder.get() else { fatalError("there is no folder to write to") }
    func write(_ name: String, _ bytes: [UInt8]) -> String {
      let path = folder.file(name)
      guard (try? Data(bytes).write(to: URL(fileURLWithPath: path))) != nil else {
        fatalError("\(path) cannot be written")
      }
      return path
    }
    let path = write("table.csv", input)
    if let rows = rows(path) { checkRows(rows) { write("again.csv", Array($0.utf8)) } }
    if let wordings = try? ReviewedWordings(path) {
      require(wordings.rows.allSatisfy { !$0.id.isEmpty && $0.line > 1 }, "a wording has an entry and a line")
    }
    if let hits = try? MarkedHits(path: path) {
      let text = hits.lines.map { $0 + "\n" }.joined()
      let again = try? MarkedHits(path: write("again.jsonl", Array(text.utf8)))
      require(
        again?.header == hits.header && again?.hits == hits.hits && again?.fallbacks == hits.fallbacks,
        "marked hits read back as they were written")
      require((0...hits.header.drawn).contains(hits.markedDraws), "what is marked was drawn")
    }
  }

  private static func rows(_ path: String) -> [CSVReader.Row]? {
    guard var reader = try? CSVReader(path: path) else { return nil }
    var rows: [CSVReader.Row] = []
    while let row = reader.next() {
      require(row.line > (rows.last?.line ?? 0), "rows follow one another")
      rows.append(row)
    }
    return rows
  }

  private static func checkRows(_ rows: [CSVReader.Row], _ write: (String) -> String) {
    // What begins with a byte order mark cannot begin a file.
    let whole = rows.filter { $0.problem == nil }
    guard let first = whole.first?.fields.first, first.unicodeScalars.first != "\u{FEFF}" else { return }
    let text = whole.map { $0.fields.map(CSVText.field).joined(separator: ",") + "\n" }.joined()
    let again = Self.rows(write(text)) ?? []
    require(again.map(\.fields) == whole.map(\.fields), "rows read back as they were written")
  }
}
