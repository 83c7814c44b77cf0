import Foundation
import TestSupport
import Testing

/// A bundle names everything that its bytes follow from, by digest and without folders.
@Suite struct ProvenanceTests {
  @Test func everyInputIsNamedWithItsDigest() throws {
    let folder = try TemporaryFolder()
    let bundle = try SampleBundle.tiny(in: folder)
    let outcome = try Tool.run("almanac", ["inspect", "--provenance", bundle])
    #expect(outcome.status == 0)
    let rows = outcome.output.split(separator: "\n").dropFirst().map { $0.split(separator: " ").map(String.init) }
    let roles = rows.map { $0[0] }
    for role in ["recipe", "entries", "variants", "distractors", "prior", "judge", "rules", "marks"] {
      #expect(roles.contains(role), "\(role)")
    }
    #expect(rows.allSatisfy { $0.last?.count == 64 && !$0[1].contains("/") })
    // b2sum is not everywhere, so equal files must have equal digests and other files others.
    let linked = Set(["prior", "judge", "rules", "marks"])
    #expect(Set(rows.map { $0.last ?? "" }).count == rows.count)
    #expect(rows.count == Set(rows.map { $0[1] }).count && roles.filter { linked.contains($0) }.count == 4)
    let entries = try #require(rows.first { $0[0] == "entries" })
    #expect(entries[1...3] == ["entries.jsonl", "8", "records"])
  }
}
