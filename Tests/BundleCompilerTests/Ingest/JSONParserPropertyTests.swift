import Foundation
import Testing

@testable import BundleCompiler

/// What the JSON reader accepts, Foundation's reads as the same value. The seed of each run is printed with a failure.
@Suite("The JSON reader agrees with Foundation's")
struct JSONParserPropertyTests {
  @Test("on documents made at random")
  func generated() throws {
    var random = DocumentGenerator(seed: UInt64.random(in: .min ... .max))
    for _ in 0..<500 {
      let text = random.document()
      let value = try JSONParser.parse(text: text)
      let agrees = Self.agree(value, text)
      try #require(agrees, "seed \(random.seed): \(text)")
      let returns = try JSONParser.parse(text: value.compactText) == value
      try #require(returns, "seed \(random.seed): \(text)")
    }
  }

  @Test("on documents damaged at random: what one accepts, the other accepts with the same value")
  func damaged() throws {
    var random = DocumentGenerator(seed: UInt64.random(in: .min ... .max))
    for _ in 0..<3_000 {
      let text = random.damaged()
      guard let value = try? JSONParser.parse(text: text) else { continue }
      let agrees = Self.agree(value, text)
      try #require(agrees, "seed \(random.seed): \(text)")
    }
  }

  @Test("and real numbers are those that Swift's own conversion gives")
  func realNumbers() throws {
    var random = DocumentGenerator(seed: UInt64.random(in: .min ... .max))
    for _ in 0..<10_000 {
      let text = random.realNumber()
      let agrees = try JSONParser.parse(text: text) == .number(try #require(Double(text)))
      try #require(agrees, "seed \(random.seed): \(text)")
    }
  }

  private static func agree(_ value: JSONValue, _ text: String) -> Bool {
    guard let other = try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed) else {
      return false
    }
    return agree(value, other)
  }

  private static func agree(_ value: JSONValue, _ other: Any) -> Bool {
    switch (value, other) {
    case (.null, is NSNull): return true
    case (.string(let text), let other as String): return text.utf8.elementsEqual(other.utf8)
    case (.array(let values), let others as [Any]):
      return values.count == others.count && zip(values, others).allSatisfy { agree($0, $1) }
    case (.object(let members), let others as [String: Any]):
      return members.count == others.count
        && members.allSatisfy { member in others[member.key].map { agree(member.value, $0) } ?? false }
    case (.bool(let flag), let other as NSNumber): return other.boolValue == flag
    case (.integer(let number), let other as NSNumber): return other.int64Value == number
    case (.number(let number), let other as NSNumber):
      // On Linux, Foundation's are a few units off in the last place; `realNumbers` checks that ours are not.
      return (other.doubleValue - number).magnitude <= 1e-14 * number.magnitude
    default: return false
    }
  }
}

/// Makes JSON documents, with unusual white space, escapes, characters and numbers.
private struct DocumentGenerator: RandomNumberGenerator {
  let seed: UInt64
  private var state: UInt64

  init(seed: UInt64) {
    self.seed = seed
    state = seed
  }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }

  mutating func document() -> String { space() + value(depth: 0) + space() }

  /// A document with a few characters removed, doubled or replaced.
  mutating func damaged() -> String {
    var scalars = Array(document().unicodeScalars.prefix(200))
    for _ in 0..<below(3) + 1 where !scalars.isEmpty {
      let index = below(scalars.count)
      switch below(3) {
      case 0: scalars.remove(at: index)
      case 1: scalars.insert(scalars[index], at: index)
      default: scalars[index] = "{}[],:\"\\01.eE+-tfn \u{1}é".unicodeScalars.randomElement(using: &self)!
      }
    }
    var text = String.UnicodeScalarView()
    text.append(contentsOf: scalars)
    return String(text)
  }

  /// A real number with up to 25 digits.
  mutating func realNumber() -> String {
    let digits = (0..<below(20) + 1).map { _ in String(below(10)) }.joined()
    return
      "\(["", "-"][below(2)])\(below(100_000)).\(digits)e\(["", "+", "-"][below(3)])\(below([4, 30, 300][below(3)]))"
  }

  private mutating func below(_ bound: Int) -> Int { Int.random(in: 0..<bound, using: &self) }

  private mutating func space() -> String { String((0..<below(3)).map { _ in " \t\r\n".randomElement(using: &self)! }) }

  private mutating func value(depth: Int) -> String {
    switch below(depth > 4 ? 5 : 8) {
    case 0: return ["null", "true", "false"][below(3)]
    case 1, 2: return number()
    case 3, 4: return string()
    case 5:
      let elements = (0..<below(5)).map { _ in space() + value(depth: depth + 1) + space() }
      return "[\(elements.isEmpty ? space() : elements.joined(separator: ","))]"
    default:
      let members = (0..<below(20)).map { index in
        "\(space())\"\(index)\(string().dropFirst())\(space()):\(space())\(value(depth: depth + 1))\(space())"
      }
      return "{\(members.isEmpty ? space() : members.joined(separator: ","))}"
    }
  }

  private mutating func number() -> String {
    switch below(4) {
    case 0: return String(Int64(truncatingIfNeeded: next()))
    case 1: return String(below(2_000) - 1_000)
    case 2: return "\(below(100)).\(below(1_000_000))e\(["", "+", "-"][below(3)])\(below(280))"
    default:
      let double = Double(bitPattern: next())
      return double.isFinite ? "\(double)" : "0"
    }
  }

  private mutating func string() -> String {
    let pieces = [
      "a", "word ", "\\n", "\\\"", "\\\\", "\\/", "\\u00e9", "\\uD83D\\uDE00", "é", "e\u{301}", "😀", "\u{7F}",
      "\u{2028}",
      "0123456789abcdef", "\\t", "ｗ", "\u{10FFFF}",
    ]
    return "\"" + (0..<below(12)).map { _ in pieces[below(pieces.count)] }.joined() + "\""
  }
}
