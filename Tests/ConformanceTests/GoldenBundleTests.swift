import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Golden bundles under `spec/v1/vectors`, each with requests and the replies that any reader must give.
///
/// `ALMANAC_UPDATE_GOLDEN=1 swift test --filter GoldenBundle` writes them anew, after a change of the compiler that is meant.
@Suite struct GoldenBundleTests {
  private static let vectors = Repository.path("spec/v1/vectors")
  private static let updates = ProcessInfo.processInfo.environment["ALMANAC_UPDATE_GOLDEN"] == "1"

  @Test(arguments: ["tiny", "sixty", "lists"])
  func compilingTheSourcesGivesTheGoldenBytes(name: String) throws {
    let folder = try TemporaryFolder()
    let path = try SampleBundle.named(name, in: folder)
    let golden = "\(Self.vectors)/\(name).almanac"
    if Self.updates {
      try? FileManager.default.removeItem(atPath: golden)
      try FileManager.default.copyItem(atPath: path, toPath: golden)
    }
    #expect(try contents(path) == contents(golden), "the compiler makes other bytes than it did; is that meant?")
  }

  @Test(arguments: ["tiny", "sixty", "lists"])
  func everyRequestGetsTheGoldenReply(name: String) throws {
    let bundle = try Bundle.open("\(Self.vectors)/\(name).almanac")
    let requests = try contents("\(Self.vectors)/\(name).requests.jsonl").split(separator: UInt8(ascii: "\n"))
    let replies = try requests.map { try Self.reply(to: Array($0), of: bundle) }
    let file = "\(Self.vectors)/\(name).replies.jsonl"
    if Self.updates {
      try Data((replies.joined(separator: "\n") + "\n").utf8).write(to: URL(fileURLWithPath: file))
    }
    let golden = try String(contentsOfFile: file, encoding: .utf8).split(separator: "\n").map(String.init)
    #expect(replies.count == golden.count)
    for (reply, expected) in zip(replies, golden) { #expect(reply == expected) }
  }

  /// The reply without the field `micros`, which no two runs share.
  private static func reply(to request: [UInt8], of bundle: Bundle) throws -> String {
    let responder = Responder(bundle)
    _ = request.withBytes { responder.respond(to: $0) }
    let text = String(decoding: responder.reply.copied, as: UTF8.self).trimmingCharacters(in: .newlines)
    return text.replacing(/,"micros":[0-9.]+/, with: "")
  }
}
