import BundleReader
import Foundation
import TestSupport
import Testing

/// Every bad bundle that the generator makes is refused or answered as `Tests/Conformance/bad` says, in every mode.
///
/// `ALMANAC_UPDATE_GOLDEN=1 swift test --filter BadBundle` writes the expectations anew, after a change that is meant.
@Suite struct BadBundleTests {
  private static let updates = ProcessInfo.processInfo.environment["ALMANAC_UPDATE_GOLDEN"] == "1"

  @Test func everyBadBundleIsTakenAsExpected() throws {
    let folder = try TemporaryFolder()
    let path = folder.file("bad.almanac")
    var outcomes: [(name: String, outcome: HostileOutcome)] = []
    let good = try HostileBundle.Base.allCases.map { try Self.good($0) }
    let maps = good.map { BundleMap($0) }
    for (number, bundle) in HostileBundle.all.enumerated() {
      let base = try #require(HostileBundle.Base.allCases.firstIndex(of: bundle.base))
      try Data(bundle.bytes(from: good[base], map: maps[base])).write(to: URL(fileURLWithPath: path))
      let outcome = try HostileOutcome.of(path, bundle.base.questions)
      outcomes.append((bundle.name, outcome))
      // Each bundle in one of the other modes, which take longer.
      let mode = [OpenMode.hot, .all, .copy][number % 3]
      let other = try HostileOutcome.of(path, bundle.base.questions, mode: mode)
      // Checking more at open may refuse what would have been damaged; it makes nothing else of a file.
      #expect(other == outcome || other.verdict == "refused", "\(bundle.name), \(mode): \(other)")
    }
    #expect(Set(outcomes.map(\.name)).count == outcomes.count, "names are unique")
    if Self.updates { try HostileOutcome.write(outcomes) }
    let expected = try HostileOutcome.expected()
    for (name, outcome) in outcomes { #expect(outcome == expected[name], "\(name)") }
    #expect(expected.count == outcomes.count, "\(Set(expected.keys).subtracting(outcomes.map(\.name)))")
  }

  @Test(arguments: HostileBundle.Base.allCases)
  func whatIsSealedAnewWithoutAChangeIsTheSameFile(base: HostileBundle.Base) throws {
    let good = try Self.good(base)
    let forged = Forgery(good).sealed()
    // The version of the content is the forger's own.
    #expect(forged.dropLast(4096).elementsEqual(good.dropLast(4096)))
    #expect(forged.suffix(4096).prefix(64).elementsEqual(good.suffix(4096).prefix(64)))
    let map = BundleMap(good)
    #expect(map.regions.reduce(0) { $0 + $1.range.count } == good.count, "the map covers the file once")
  }

  private static func good(_ base: HostileBundle.Base) throws -> [UInt8] {
    try contents(Repository.path("spec/v1/vectors/\(base.rawValue).almanac"))
  }
}
