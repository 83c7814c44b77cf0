import Foundation
import TestSupport
import Testing

/// A short run of each campaign of `tools/campaigns/damage`: no damage ends the process or changes an answer.
@Suite struct DamageCampaignTests {
  @Test(arguments: ["flips", "truncations", "splices"])
  func noDamageEndsTheProcessOrChangesAnAnswer(kind: String) throws {
    let folder = try TemporaryFolder()
    let good = Repository.path("spec/v1/vectors/sixty.almanac")
    // Nearly all pages are the same, and every answer is another.
    let other = folder.file("other.almanac")
    let neighbours = try #require(HostileBundle.all.first { $0.name == "answer/frames-of-the-neighbours" })
    try Data(neighbours.bytes(from: try contents(good))).write(to: URL(fileURLWithPath: other))
    let outcome = try Tool.run(
      "damage-campaign",
      [
        kind, "--bundle", good, "--other", other, "--requests", Repository.path("spec/v1/vectors/sixty.requests.jsonl"),
        "--count", "300", "--jobs", "1", "--queries", "9",
      ])
    #expect(outcome.status == 0, "\(outcome.output)\(outcome.errors)")
  }
}
