/// Why a request was not understood, and where. It becomes an error reply; the next request is read as usual.
public struct RequestError: Error, Equatable, Sendable {
  /// What is wrong.
  public enum Problem: Equatable, Sendable {
    case lineTooLong
    case notAnObject
    case endsEarly
    case malformed
    case trailingText
    case tooDeep
    case invalidUTF8
    case controlCharacter
    case badEscape
    case loneSurrogate
    case badNumber
    case repeatedKey
    case wrongType
    case outOfRange
    case tooLong
    case badBase64
    case repeatedScopeKey
    case zeroInScope
    case nothingAsked
    case promptBesideQuery
    case wrongVectorLength(expected: Int, found: Int)
  }

  /// What is wrong.
  public var problem: Problem
  /// The key whose value is wrong; `nil` if the line as a whole is.
  public var field: RequestField?
  /// The byte at which the trouble begins, counted from zero; `nil` where no place can be named. It counts in the line,
  /// except for `invalidUTF8` in `query`, where it counts in the text.
  public var offset: Int?

  public init(_ problem: Problem, field: RequestField? = nil, offset: Int? = nil) {
    self.problem = problem
    self.field = field
    self.offset = offset
  }
}

extension RequestError {
  /// What is wrong, in words that follow the key where there is one.
  public var statement: StaticString {
    switch problem {
    case .lineTooLong: "the request is longer than 262144 bytes"
    case .notAnObject: "the request is not a JSON object"
    case .endsEarly: "the JSON ends too early"
    case .malformed: "the JSON is malformed"
    case .trailingText: "something follows the JSON object"
    case .tooDeep: "the JSON is nested deeper than 32 levels"
    case .invalidUTF8: field == nil ? "the text is not UTF-8" : "is not UTF-8"
    case .controlCharacter: "a string holds a control character"
    case .badEscape: "a string holds an unknown escape"
    case .loneSurrogate: "a string holds half of a surrogate pair"
    case .badNumber: "a number is malformed"
    case .repeatedKey: "is given twice"
    case .wrongType: "has the wrong type"
    case .outOfRange: "is out of range"
    case .tooLong: "is too long"
    case .badBase64: "is not base64"
    case .repeatedScopeKey: "has the same key twice"
    case .zeroInScope: "has a key or value with U+0000"
    case .nothingAsked: "there is neither query, vector nor prompt"
    case .promptBesideQuery: "stands beside query or vector"
    case .wrongVectorLength: "has the wrong number of components"
    }
  }

  /// What the caller can do about it.
  public var advice: StaticString {
    switch problem {
    case .lineTooLong, .tooDeep: "send less"
    case .notAnObject, .trailingText: "send one JSON object on a line"
    case .endsEarly, .malformed, .badNumber, .badEscape: "send JSON as in RFC 8259"
    case .invalidUTF8: "send UTF-8"
    case .controlCharacter: "write it as an escape"
    case .loneSurrogate: "write both halves of the pair, or the character itself"
    case .repeatedKey, .repeatedScopeKey: "give it once"
    case .badBase64: "send one byte for each component, encoded as in RFC 4648, section 4, with padding"
    case .zeroInScope: "leave it out"
    case .nothingAsked, .promptBesideQuery: "send one of them"
    case .wrongVectorLength: "send a vector of the bundle's model"
    case .wrongType, .outOfRange, .tooLong: demand
    }
  }

  private var demand: StaticString {
    switch field {
    case .id: "send a string, a number or null of at most 256 bytes"
    case .query: "send a string"
    case .vector: "send at most 4096 whole numbers from -128 to 127, or as many fractions, or their bytes as base64"
    case .vectorModel: "send a string of at most 255 bytes"
    case .now: "send whole seconds since 1970"
    case .turn: "send a whole number from 1 to 4294967295"
    case .scope: "send an object of strings, numbers, true or false, of at most 4096 bytes"
    case .maximumWrong: "send a number from 0 to 1"
    case .variables:
      "send an object of strings, numbers, true or false, of at most 16384 bytes, and 4096 for each value"
    case .explain: "send true or false"
    case .prompt: "send a string of at most 64 bytes"
    case nil: "send less"
    }
  }
}
