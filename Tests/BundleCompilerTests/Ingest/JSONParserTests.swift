import BundleFormat
import Testing

@testable import BundleCompiler

extension JSONParser {
  /// Reads `text`, the way tests write it.
  static func parse(text: String) throws(JSONError) -> JSONValue {
    let bytes = Array(text.utf8) + [0x22]  // one more, so that there is an address
    let result = bytes.withUnsafeBytes { buffer in
      Result { () throws(JSONError) in try unsafe parse(Bytes(start: buffer.baseAddress!, count: bytes.count - 1)) }
    }
    return try result.get()
  }
}

@Suite("The JSON reader")
struct JSONParserTests {
  @Test("reads every kind of value")
  func values() throws {
    let text = #" {"a" : [ null , true,false, -0, 12, 1.5e3, "x" ] ,"b":{}, "c":[]} "#
    let expected = JSONValue.object([
      JSONMember(
        key: "a",
        value: .array([
          .null, .bool(true), .bool(false), .integer(0), .integer(12), .number(1_500), .string("x"),
        ])), JSONMember(key: "b", value: .object([])), JSONMember(key: "c", value: .array([])),
    ])
    #expect(try JSONParser.parse(text: text) == expected)
    #expect(expected.compactText == #"{"a":[null,true,false,0,12,1500.0,"x"],"b":{},"c":[]}"#)
  }

  @Test("reads escapes, at every distance from the start of a string")
  func escapes() throws {
    for padding in 0..<20 {
      let start = String(repeating: "é", count: padding / 2) + String(repeating: "x", count: padding % 2)
      let text = #""\#(start)\"\\\/\b\f\n\r\té\uD83D\uDE00\u0000end""#
      #expect(
        try JSONParser.parse(text: text) == .string(start + "\"\\/\u{8}\u{C}\n\r\té😀\0end"))
    }
  }

  @Test(
    "numbers are rounded correctly",
    arguments: [
      "0.1", "-0.0", "1e22", "1e23", "123456789012345.6", "0.30000000000000004", "9007199254740993.0", "5e-324",
      "2.2250738585072011e-308", "1.7976931348623157e308", "1E-400", "0.000000000000000000000001",
      "12345678901234567890",
      "1e0000005", "100000000000000000000e-20",
    ])
  func numbers(text: String) throws {
    guard case .number(let value) = try JSONParser.parse(text: text) else {
      Issue.record("\(text) is not a double")
      return
    }
    #expect(value.bitPattern == Double(text)?.bitPattern)
  }

  @Test("whole numbers of 64 bits are exact")
  func integers() throws {
    for value in [Int64.min, Int64.max, 0, -1, 999_999_999_999_999_999] {
      #expect(try JSONParser.parse(text: String(value)) == .integer(value))
    }
  }

  @Test(
    "refuses what RFC 8259 does not allow, saying where",
    arguments: [
      ("", "a value was expected, found the end of the line", 1),
      ("{", "a key in double quotes was expected, found the end of the line", 2),
      ("[1,]", "a value was expected, found ']'", 4), ("[1 2]", "',' or ']' was expected, found '2'", 4),
      ("{'a':1}", "a key in double quotes was expected, found '''", 2),
      (#"{"a" 1}"#, "':' was expected, found '1'", 6), (#"{"a":1 "b":2}"#, "',' or '}' was expected, found '\"'", 8),
      (#"{"a":1}}"#, "the end of the line was expected, found '}'", 8), ("nul", "a value was expected, found 'nul'", 1),
      ("NaN", "a value was expected, found 'NaN'", 1), ("-Infinity", "a digit was expected, found 'Infinity'", 2),
      ("01", "no digit after a leading 0 was expected, found '1'", 2),
      ("1.", "a digit was expected, found the end of the line", 3),
      (".5", "a value was expected, found '.'", 1), ("+1", "a value was expected, found '+'", 1),
      ("1e", "a digit was expected, found the end of the line", 3), ("1e999", "a number is too large for a double", 1),
      ("\"a", "the string does not end", 3),
      ("\"a\tb\"", "a string contains the control character \\u0009 unescaped", 3),
      (#""\x""#, "a string contains an escape that JSON does not have", 2),
      (#""\u12G4""#, "a string contains \\u without four hexadecimal digits", 2),
      (#""\uD800""#, "a string contains half of a surrogate pair (\\u escape)", 2),
      (#""\uD800A""#, "a string contains half of a surrogate pair (\\u escape)", 2),
      (#""a\uDC00""#, "a string contains half of a surrogate pair (\\u escape)", 3),
      (#"{"a":1,"b":2,"a":3}"#, "key \"a\" stands twice", 14), (#"{"a":1,"\u0061":3}"#, "key \"a\" stands twice", 8),
      ("\u{A0}1", "a value was expected, found '\u{A0}'", 1),
    ])
  func refuses(text: String, problem: String, byte: Int) {
    let error = #expect(throws: JSONError.self) { try JSONParser.parse(text: text) }
    #expect(error == JSONError(problem: problem, byte: byte))
  }

  @Test("a key that stands twice is found among many")
  func manyKeys() {
    let members = (0..<1_000).map { "\"k\($0)\":0" }.joined(separator: ",")
    #expect(throws: Never.self) { try JSONParser.parse(text: "{\(members)}") }
    for repeated in [0, 15, 16, 17, 999] {
      let error = #expect(throws: JSONError.self) { try JSONParser.parse(text: "{\(members),\"k\(repeated)\":0}") }
      #expect(error?.problem == "key \"k\(repeated)\" stands twice")
    }
  }

  @Test("64 levels are read, 65 are refused, a million do not overflow the stack")
  func depth() {
    let nested = { (depth: Int) in String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
    #expect(throws: Never.self) { try JSONParser.parse(text: nested(64)) }
    #expect(throws: JSONError(problem: "objects and arrays nest deeper than 64", byte: 65)) {
      try JSONParser.parse(text: nested(65))
    }
    #expect(throws: JSONError.self) { try JSONParser.parse(text: nested(1_000_000)) }
  }
}
