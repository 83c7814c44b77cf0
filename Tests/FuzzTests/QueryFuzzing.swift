import BundleFormat
import BundleReader
import Foundation
import TestSupport

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Requests and questions to whole bundles.
enum QueryFuzzing {
  private final class Opened {
    let bundle: Bundle
    let first: Responder
    let second: Responder
    var session: QuerySession
    var other: QuerySession
    var normalizer = TextNormalizer(maximumInput: 4096)

    init(_ name: String) {
      guard let bundle = try? Bundle.open(Repository.path("spec/v1/vectors/\(name).almanac")) else {
        fatalError("spec/v1/vectors/\(name).almanac cannot be opened")
      }
      self.bundle = bundle
      first = Responder(bundle)
      second = Responder(bundle)
      session = QuerySession(bundle)
      other = QuerySession(bundle)
    }
  }

  nonisolated(unsafe) private static let bundles = ["tiny", "sixty", "lists"].map { Opened($0) }

  // MARK: Lines

  static func request(_ input: [UInt8]) {
    let line = Array(input.dropFirst())
    let opened = bundles[Int(input.first ?? 0) % 3]
    let reply = reply(opened.first, line)
    require(reply.last == UInt8(ascii: "\n") && reply.count { $0 == UInt8(ascii: "\n") } == 1, "a reply is one line")
    // A number as id comes back as it was given, and may be one that Foundation does not hold.
    let first = reply.dropFirst(#"{"id":"#.utf8.count).first ?? 0
    let isNumber = first == UInt8(ascii: "-") || (48...57).contains(first)
    let object = try? JSONSerialization.jsonObject(with: Data(reply))
    require(isNumber || object is [String: Any], "a reply is an object")
    // A request without a time takes the clock's, so an entry may begin or end to be valid in between: not in these bundles.
    require(reply == self.reply(opened.first, line), "the same line gets the same reply")
    _ = self.reply(
      opened.second, Array(#"{"query":"Where is the map room?","explain":true,"scope":{"branch":"hill"}}"#.utf8))
    require(reply == self.reply(opened.second, line), "a reply does not depend on what was asked before")
  }

  /// The reply without the field `micros`.
  static func reply(_ responder: Responder, _ line: [UInt8]) -> [UInt8] {
    _ = line.withBytes { responder.respond(to: $0) }
    return ReplyText.withoutMicros(responder.reply.copied)
  }

  // MARK: Questions

  /// The first byte chooses the bundle and whether there is a vector, the second the turn and the limit; then come the vector and the text.
  static func query(_ input: [UInt8]) {
    guard input.count >= 2 else { return }
    let opened = bundles[Int(input[0]) % 3]
    var rest = input.dropFirst(2)
    let dimensions = Int(opened.bundle.encoder.dimensions)
    var vector: [UInt8]?
    if input[0] & 0x80 != 0, rest.count >= dimensions {
      vector = Array(rest.prefix(dimensions))
      rest = rest.dropFirst(dimensions)
    }
    let text = Array(rest)
    text.withBytes { textBytes in
      (vector ?? []).withBytes { vectorBytes in
        var query = Query(
          text: vector != nil && text.isEmpty ? nil : textBytes, vector: vector == nil ? nil : vectorBytes,
          now: 1_780_000_000)
        query.turn = UInt32(input[1] & 3)
        if input[1] & 4 != 0 { query.maximumWrong = UInt32(input[1]) << 12 }
        let first = described(&opened.session, query)
        require(first == described(&opened.session, query), "the same question gets the same answer")
        require(first == described(&opened.other, query), "an answer does not depend on the session")
        checkMatch(opened, query)
      }
    }
  }

  private static func described(_ session: inout QuerySession, _ query: Query) -> String {
    do {
      let outcome = try session.answer(query)
      let suggestions = session.suggestions.map { "\($0.question) \($0.similarity)" }.joined(separator: ",")
      require(outcome.reason != .damaged, "a whole bundle is not damaged")
      require((outcome.kind == nil) == (outcome.reason != nil), "a hit has no reason, a fallback has one")
      require((outcome.kind == nil) == (session.answer.count == 0), "a hit has an answer, a fallback has none")
      require(outcome.confidence <= 1_000_000, "a confidence is a share")
      return
        "\(outcome.reason.map { "\($0)" } ?? "hit") \(outcome.entry ?? .max) \(outcome.question ?? .max) \(outcome.confidence) "
        + "\(outcome.route) \(outcome.similarity) \(outcome.margin) \(outcome.score ?? 0) \(suggestions) \(session.answer.copied.hashValue)"
    } catch {
      return "\(error)"
    }
  }

  // What was matched exactly has the question's normal form, with or without courtesy.
  private static func checkMatch(_ opened: Opened, _ query: Query) {
    guard let outcome = try? opened.session.answer(query), outcome.kind == .exact, let question = outcome.question,
      let text = try? opened.bundle.questionText(question), let length = try? opened.normalizer.normalize(text),
      let stored = opened.normalizer.output.slice(0, length)
    else { return }
    require(
      stored.equals(opened.session.normalForm) || stored.equals(opened.session.coreText),
      "an exact match has the question's normal form")
    require(outcome.confidence == 1_000_000, "an exact match is certain")
  }
}
