import BundleFormat
import Foundation
import TestSupport
import Testing

@testable import BundleReader

// Lines that nearly are requests. Set ALMANAC_SEED to repeat a run, or to try another.
@Suite struct RequestFuzzTests {
  private static let seeds = [
    #"{"id":7,"query":"how do I use curl with a proxy?","explain":true,"turn":1}"#,
    #"{"id":"a\u00e9\ud83d\ude00","vector":[1,-2,3],"vector_model":"m","now":1790000000}"#,
    #"{"vector":"AQID","scope":{"topic":"perl","n":1.50,"on":true},"max_wrong":0.005}"#,
    #"{"vector":[0.25,-1e-3,1E2,0],"variables":{"a":[{"b":[[null]]}]},"query":"10² ﬁ \"x\"\\\/\n"}"#,
  ]

  @Test func noLineIsReadBeyondItsEnds() {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let line = mutant(&random)
      let alone = ParsedRequest(line)
      // What stands before and after must not matter. These would complete many a broken line.
      let inside = ParsedRequest(line, before: Array(#"{"id":""#.utf8), after: Array(#""]}0123456789"#.utf8))
      #expect(alone == inside, "seed \(random.seed), \(String(decoding: line, as: UTF8.self))")
      if let offset = alone.error?.offset { #expect((0...line.count).contains(offset), "seed \(random.seed)") }
    }
  }

  @Test func whatIsAcceptedIsJSON() {
    var random = SeededRandom()
    for _ in 0..<20_000 {
      let line = mutant(&random)
      let parsed = ParsedRequest(line)
      let isObject = (try? JSONSerialization.jsonObject(with: Data(line))) is [String: Any]
      let context = "seed \(random.seed), \(String(decoding: line, as: UTF8.self)), \(String(describing: parsed.error))"
      if parsed.error == nil { #expect(isObject, "\(context)") }
      // An error of a field presupposes that the line is JSON.
      if parsed.error?.field != nil { #expect(isObject, "\(context)") }
    }
  }

  @Test func everyErrorReplyIsOneLineOfJSONWithTheID() throws {
    var random = SeededRandom()
    var writer = ReplyWriter()
    var request = ProtocolRequest()
    for _ in 0..<20_000 {
      let line = mutant(&random)
      let reply: [UInt8]? = line.withBytes { line in
        do throws(RequestError) {
          try request.parse(line)
          return nil
        } catch {
          #expect(writer.write(error, id: request.id) == .error)
          return writer.line.copied
        }
      }
      guard let reply else { continue }
      let context = "seed \(random.seed), \(String(decoding: reply, as: UTF8.self))"
      #expect(reply.last == UInt8(ascii: "\n") && reply.count { $0 == UInt8(ascii: "\n") } == 1, "\(context)")
      let object = try #require(try? JSONSerialization.jsonObject(with: Data(reply)) as? [String: Any], "\(context)")
      #expect(object.keys.sorted() == ["error", "id", "status"], "\(context)")
      #expect(object["status"] as? String == "error", "\(context)")
    }
  }

  /// A request with up to four places changed, added, removed or repeated, seldom none. It has no number that
  /// Foundation refuses only because no double is so large.
  private func mutant(_ random: inout SeededRandom) -> [UInt8] {
    while true {
      let line = anyMutant(&random)
      let hasLargeNumber = String(decoding: line, as: UTF8.self).contains(/[eE]\+?[0-9]{3}/)
      if !hasLargeNumber { return line }
    }
  }

  private func anyMutant(_ random: inout SeededRandom) -> [UInt8] {
    var line = Array(Self.seeds.randomElement(using: &random)!.utf8)
    let tokens = Array(#"{}[]":,\u0d8e-+.tfn1 "#.utf8) + [0, 10, 0x7F, 0x80, 0xC3, 0xE2, 0xED, 0xF0, 0xFF]
    for _ in 0..<Int.random(in: 0...4, using: &random) where !line.isEmpty {
      let place = Int.random(in: 0..<line.count, using: &random)
      switch Int.random(in: 0..<5, using: &random) {
      case 0: line[place] = tokens.randomElement(using: &random)!
      case 1: line.insert(tokens.randomElement(using: &random)!, at: place)
      case 2: line.remove(at: place)
      case 3: line.removeSubrange(place...)
      default: line.insert(contentsOf: line[place..<min(place + 8, line.count)], at: place)
      }
    }
    return line
  }
}
