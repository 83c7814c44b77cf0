import Foundation

/// Replies of the reader protocol as text.
public enum ReplyText {
  /// What a reply is, held against that of the undamaged bundle.
  public enum Verdict: Equatable, Sendable {
    /// The same bytes but for `micros`; in an explanation a text that lies in a bad chunk may be `null`.
    case same
    /// The fallback `damaged`, which gives nothing else away.
    case damaged
    /// Anything else.
    case changed
  }

  /// Holds a reply against the true one. Both without `micros`.
  public static func verdict(_ reply: [UInt8], truth: [UInt8]) -> Verdict {
    if reply == truth { return .same }
    let (head, explanation) = parts(reply)
    let (trueHead, trueExplanation) = parts(truth)
    if head == trueHead { return explains(explanation, trueExplanation) ? .same : .changed }
    return isDamaged(head) ? .damaged : .changed
  }

  // What an explanation stands behind, and the explanation with the braces around it.
  private static func parts(_ reply: [UInt8]) -> (head: ArraySlice<UInt8>, explanation: ArraySlice<UInt8>) {
    guard let place = find(#","explain":{"#, in: reply) else { return (reply[...], []) }
    return (reply[..<place], reply[(place + 11)...].dropLast(2))
  }

  private static func explains(_ found: ArraySlice<UInt8>, _ truth: ArraySlice<UInt8>) -> Bool {
    guard let found = try? JSONSerialization.jsonObject(with: Data(found)),
      let truth = try? JSONSerialization.jsonObject(with: Data(truth))
    else { return false }
    return agrees(found, truth)
  }

  private static func agrees(_ found: Any, _ truth: Any) -> Bool {
    if found is NSNull { return true }
    if let found = found as? [String: Any], let truth = truth as? [String: Any] {
      return found.count == truth.count
        && found.allSatisfy { key, value in truth[key].map { agrees(value, $0) } ?? false }
    }
    if let found = found as? [Any], let truth = truth as? [Any] {
      return found.count == truth.count && zip(found, truth).allSatisfy { agrees($0, $1) }
    }
    return (found as? NSObject)?.isEqual(truth) ?? false
  }

  /// A reply without the field `micros`, which no two runs share.
  public static func withoutMicros(_ reply: [UInt8]) -> [UInt8] {
    guard let start = find(#","micros":"#, in: reply) else { return reply }
    var end = start + 10
    while end < reply.count, reply[end] == UInt8(ascii: ".") || (48...57).contains(reply[end]) { end += 1 }
    return Array(reply[..<start] + reply[end...])
  }

  /// Whether a reply says that the bundle is damaged, and gives nothing away beside that.
  public static func isDamaged(_ reply: some Collection<UInt8>) -> Bool {
    let reply = Array(reply)
    return contains(reply, #""status":"needs-fallback","reason":"damaged""#) && contains(reply, #""suggestions":[]"#)
      && !contains(reply, #""answer":"#) && !contains(reply, #""entry":"#)
  }

  /// Whether `text` stands in the reply.
  public static func contains(_ reply: [UInt8], _ text: String) -> Bool { find(text, in: reply) != nil }

  private static func find(_ text: String, in bytes: [UInt8]) -> Int? {
    let pattern = Array(text.utf8)
    guard let first = pattern.first, bytes.count >= pattern.count else { return nil }
    for place in 0...bytes.count - pattern.count where bytes[place] == first {
      if bytes[place..<place + pattern.count].elementsEqual(pattern) { return place }
    }
    return nil
  }
}
