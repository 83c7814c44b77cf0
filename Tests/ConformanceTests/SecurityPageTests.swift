import Foundation
import TestSupport
import Testing

/// Every promise of SECURITY.md names a test that exists.
@Suite struct SecurityPageTests {
  @Test func everyPromiseNamesTestsThatExist() throws {
    let page = try String(contentsOfFile: Repository.path("SECURITY.md"), encoding: .utf8)
    let section = try #require(page.components(separatedBy: "## Promises, and their tests").dropFirst().first)
    let table = try #require(section.components(separatedBy: "\n## ").first)
    let rows = table.split(separator: "\n").filter { $0.hasPrefix("| ") }.dropFirst()
    #expect(rows.count >= 12)
    let files = try #require(FileManager.default.enumerator(atPath: Repository.path("Tests")))
    let tests = Set(files.compactMap { ($0 as? String)?.split(separator: "/").last.map(String.init) })
    for row in rows {
      let cells = row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      #expect(cells.count == 3, "\(row)")
      // What stands between back quotes.
      let names = cells[2].split(separator: "`", omittingEmptySubsequences: false).enumerated()
        .filter { $0.offset % 2 == 1 }.map { String($0.element) }
      #expect(!names.isEmpty, "\(cells[0])")
      for name in names {
        let exists =
          name.contains("/")
          ? FileManager.default.fileExists(atPath: Repository.path(name)) : tests.contains("\(name).swift")
        #expect(exists, "\(name), which is to prove: \(cells[0])")
      }
    }
  }
}
