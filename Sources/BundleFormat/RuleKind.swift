/// What a pattern of words in `decision/rules` says about the words that it matches. The raw values stand in bundles.
public enum RuleKind: UInt8, CaseIterable, Sendable {
  /// Courtesy that is cut away where a message begins: a greeting, "can you tell me".
  case opening = 0
  /// Courtesy that is cut away where a message ends: thanks, a farewell.
  case closing = 1
  /// Courtesy that is cut away wherever it stands: "please".
  case anywhere = 2
  /// Words that look like courtesy and are not: "hello world".
  case kept = 3
  /// The beginning of a question whose word order shows it anywhere in a sentence: "how do I".
  case question = 4
  /// The beginning of a request where a sentence or a part after a joint begins: "can I", "tell me".
  case request = 5
  /// Words that join two requests: "and", "also".
  case joint = 6
  /// Words after which a question is part of the sentence before: "do you know what".
  case embedding = 7
  /// Asks for the user's own data: "what is my balance".
  case personal = 8
  /// Speaks of the user's own things: "my card".
  case possessive = 9
  /// Asks for what changes by the hour: "weather today".
  case live = 10
  /// Asks to have something done: "book me a table".
  case action = 11
  /// Cannot be understood alone, as the first message of a conversation: "how old is he".
  case context = 12
  /// May point to an earlier message: "what about that one". Asked for in later messages only.
  case reference = 13
  /// Holds a pronoun that points to nothing: "is it possible".
  case expletive = 14
  /// Words that ask for nothing: of them wishes, apologies and talk about the message itself are made.
  case idle = 15

  /// The kinds whose anchors are the ends of the whole message, each as its `firstBit`.
  static var ofMessage: UInt64 {
    1 << RuleKind.context.firstBit | 1 << RuleKind.reference.firstBit | 1 << RuleKind.expletive.firstBit
  }

  /// The lowest of the kind's four bits in `RuleTable.accepted`.
  @inlinable
  var firstBit: UInt64 { 4 * UInt64(rawValue) }
}

/// What rules find out about a text: never-classes and shapes that keep an answer back.
public struct RuleClasses: OptionSet, Sendable {
  public let rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// Asks for the user's own data.
  public static var personal: RuleClasses { RuleClasses(rawValue: 1) }
  /// Speaks of the user's own things, and may yet be a general question.
  public static var possessive: RuleClasses { RuleClasses(rawValue: 2) }
  /// Asks for what changes by the hour.
  public static var live: RuleClasses { RuleClasses(rawValue: 4) }
  /// Asks to have something done.
  public static var action: RuleClasses { RuleClasses(rawValue: 8) }
  /// Cannot be understood alone.
  public static var context: RuleClasses { RuleClasses(rawValue: 16) }
  /// Holds more than one request.
  public static var several: RuleClasses { RuleClasses(rawValue: 32) }
  /// May point to an earlier message.
  public static var reference: RuleClasses { RuleClasses(rawValue: 64) }

  /// The classes that an entry's own wordings excuse, in the order of their bits.
  public static var excusable: RuleClasses { RuleClasses(rawValue: 63) }

  /// The reason of a fallback that these classes cause; `nil` for none of them.
  public var reason: FallbackReason? {
    if contains(.several) { return .severalQuestions }
    if contains(.context) || contains(.reference) { return .needsContext }
    return isEmpty ? nil : .guarded
  }

  /// The name of the class with the bit `1 << index`, as recipes and replies write it; empty beyond the last.
  public static func name(_ index: Int) -> StaticString {
    switch index {
    case 0: "personal"
    case 1: "possessive"
    case 2: "live"
    case 3: "action"
    case 4: "context"
    case 5: "several-questions"
    case 6: "reference"
    default: ""
    }
  }

  /// The number of classes.
  public static var count: Int { 7 }
}
