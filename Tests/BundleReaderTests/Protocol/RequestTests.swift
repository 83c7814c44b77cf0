import BundleFormat
import Foundation
import Testing

@testable import BundleReader

@Suite struct RequestTests {
  @Test func everyFieldIsRead() {
    let request = ParsedRequest(
      #"""
      {"id":7,"query":"how?","vector":[1,-2,127,-128],"vector_model":"m/1","now":1790000000,"turn":3, "unknown":[{}],
      "scope":{"topic":"perl","pro":true,"level":1.0},"max_wrong":0.005,"variables":{"name":"x","b":2,"a":null,"":""},"explain":true}
      """#)
    #expect(request.error == nil)
    #expect(request.id == "7")
    #expect(request.text == "how?")
    #expect(request.vector == [1, -2, 127, -128])
    #expect(request.model == "m/1")
    #expect(request.scope == "level|1.0|pro|true|topic|perl|")
    #expect(request.variables == "||b|2|name|x|")
    #expect(request.now == 1_790_000_000)
    #expect(request.turn == 3)
    #expect(request.maximumWrong == 5000)
    #expect(request.isExplained)
  }

  @Test func whatIsNotGivenIsNotThere() {
    var nothing = ParsedRequest("{}")
    #expect(nothing.error == nil)
    #expect(
      nothing.text == nil && nothing.vector == nil && nothing.scope == nil && nothing.variables == nil
        && nothing.now == nil)
    #expect(nothing.turn == 1 && nothing.maximumWrong == nil && !nothing.isExplained && nothing.model == nil)
    nothing.id = "null"
    #expect(
      ParsedRequest(
        #"{"id":null,"query":null,"vector":null,"vector_model":null,"now":null,"turn":null,"scope":null,"#
          + #""max_wrong":null,"variables":null,"explain":null}"#) == nothing)
  }

  @Test(arguments: [
    (#""plain""#, "plain"), (#""""#, ""), (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"), (#""\u00e9\u20AC""#, "é€"),
    (#""\uD83D\uDE00 \ud83d\ude00""#, "😀 😀"), (#""\u0000""#, "\0"), ("\"ünï🙂\u{7F}\"", "ünï🙂\u{7F}"),
    (#""\udbff\udfff""#, "\u{10FFFF}"), ("\"\u{2028}\"", "\u{2028}"),
  ])
  func stringsAreUnescaped(_ json: String, _ text: String) {
    #expect(ParsedRequest(#"{"query":\#(json)}"#).text == text)
    #expect(ParsedRequest(#" { "query" : \#(json) } "#).text == text)
    #expect(ParsedRequest(#"{"qu\u0065ry":\#(json)}"#).text == text)
  }

  @Test(arguments: [
    ("", RequestError(.notAnObject, offset: 0)), ("[]", RequestError(.notAnObject, offset: 0)),
    ("\u{FEFF}{}", RequestError(.notAnObject, offset: 0)), ("{", RequestError(.endsEarly, offset: 1)),
    (#"{"a""#, RequestError(.endsEarly, offset: 4)), (#"{"a":"#, RequestError(.endsEarly, offset: 5)),
    (#"{"a":1"#, RequestError(.endsEarly, offset: 6)), (#"{"a":1,}"#, RequestError(.malformed, offset: 7)),
    ("{,}", RequestError(.malformed, offset: 1)), (#"{"a" 1}"#, RequestError(.malformed, offset: 5)),
    (#"{"a":1 "b":2}"#, RequestError(.malformed, offset: 7)), ("{a:1}", RequestError(.malformed, offset: 1)),
    (#"{"a":tru}"#, RequestError(.malformed, offset: 8)), (#"{"a":nul"#, RequestError(.endsEarly, offset: 8)),
    (#"{"a":NaN}"#, RequestError(.malformed, offset: 5)), (#"{"a":[1,]}"#, RequestError(.malformed, offset: 8)),
    (#"{"a":[1}"#, RequestError(.malformed, offset: 7)), (#"{"a":1}x"#, RequestError(.trailingText, offset: 7)),
    ("{}{}", RequestError(.trailingText, offset: 2)), ("{}\0", RequestError(.trailingText, offset: 2)),
    (#"{"a":01}"#, RequestError(.badNumber, offset: 5)), (#"{"a":-}"#, RequestError(.badNumber, offset: 5)),
    (#"{"a":1.}"#, RequestError(.badNumber, offset: 5)), (#"{"a":1e}"#, RequestError(.badNumber, offset: 5)),
    (#"{"a":.5}"#, RequestError(.malformed, offset: 5)), (#"{"a":+1}"#, RequestError(.malformed, offset: 5)),
    ("{\"a\":\"\n\"}", RequestError(.controlCharacter, offset: 6)),
    ("{\"a\":\"\0\"}", RequestError(.controlCharacter, offset: 6)),
    (#"{"a":"\x"}"#, RequestError(.badEscape, offset: 6)), (#"{"a":"\u12G4"}"#, RequestError(.badEscape, offset: 6)),
    (#"{"a":"\ud800"}"#, RequestError(.loneSurrogate, offset: 6)),
    (#"{"a":"\ud800\u0041"}"#, RequestError(.loneSurrogate, offset: 6)),
    (#"{"a":"x\udc00"}"#, RequestError(.loneSurrogate, offset: 7)),
    (#"{"a":"\ud8"#, RequestError(.endsEarly, offset: 10)), (#"{"a":"\"#, RequestError(.endsEarly, offset: 7)),
  ])
  func brokenJSONIsRefusedWithItsPlace(_ line: String, _ error: RequestError) {
    #expect(ParsedRequest(line).error == error, "\(line)")
  }

  @Test(arguments: [[0x80], [0xC0, 0x80], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xF5, 0x80, 0x80, 0x80], [0xC3]])
  func textThatIsNotUTF8IsRefused(_ bytes: [UInt8]) {
    let line = Array(#"{"id":1,"a":""#.utf8) + bytes + Array(#""}"#.utf8)
    #expect(ParsedRequest(line).error == RequestError(.invalidUTF8, offset: 13))
    #expect(ParsedRequest(line).id == "1")
  }

  @Test func nestingHasALimit() {
    func nested(_ depth: Int) -> String {
      #"{"a":"# + String(repeating: "[", count: depth) + String(repeating: "]", count: depth) + "}"
    }
    #expect(ParsedRequest(nested(31)).error == nil)
    #expect(ParsedRequest(nested(32)).error == RequestError(.tooDeep, offset: 36))
    #expect(ParsedRequest(nested(100_000)).error == RequestError(.tooDeep, offset: 36))
  }

  @Test(arguments: [
    (#"{"id":[1]}"#, RequestError(.wrongType, field: .id, offset: 6)),
    (#"{"id":true}"#, RequestError(.wrongType, field: .id, offset: 6)),
    (#"{"query":5}"#, RequestError(.wrongType, field: .query, offset: 9)),
    (#"{"vector":{}}"#, RequestError(.wrongType, field: .vector, offset: 10)),
    (#"{"vector":[1,"2"]}"#, RequestError(.wrongType, field: .vector, offset: 13)),
    (#"{"vector":[1,128]}"#, RequestError(.outOfRange, field: .vector, offset: 13)),
    (#"{"vector":[0.5,1e400]}"#, RequestError(.outOfRange, field: .vector, offset: 15)),
    (#"{"vector":"AB"}"#, RequestError(.badBase64, field: .vector, offset: 10)),
    (#"{"vector_model":1}"#, RequestError(.wrongType, field: .vectorModel, offset: 16)),
    (#"{"now":"x"}"#, RequestError(.wrongType, field: .now, offset: 7)),
    (#"{"now":1.5}"#, RequestError(.outOfRange, field: .now, offset: 7)),
    (#"{"now":9223372036854775808}"#, RequestError(.outOfRange, field: .now, offset: 7)),
    (#"{"turn":0}"#, RequestError(.outOfRange, field: .turn, offset: 8)),
    (#"{"turn":-1}"#, RequestError(.outOfRange, field: .turn, offset: 8)),
    (#"{"turn":4294967296}"#, RequestError(.outOfRange, field: .turn, offset: 8)),
    (#"{"scope":[]}"#, RequestError(.wrongType, field: .scope, offset: 9)),
    (#"{"scope":{"a":null}}"#, RequestError(.wrongType, field: .scope, offset: 14)),
    (#"{"scope":{"a":{}}}"#, RequestError(.wrongType, field: .scope, offset: 14)),
    (#"{"scope":{"a":1,"a":1}}"#, RequestError(.repeatedScopeKey, field: .scope, offset: 16)),
    (#"{"scope":{"a\u0000b":1}}"#, RequestError(.zeroInScope, field: .scope, offset: 10)),
    (#"{"scope":{"a":"\u0000"}}"#, RequestError(.zeroInScope, field: .scope, offset: 10)),
    (#"{"max_wrong":1.01}"#, RequestError(.outOfRange, field: .maximumWrong, offset: 13)),
    (#"{"max_wrong":-0.1}"#, RequestError(.outOfRange, field: .maximumWrong, offset: 13)),
    (#"{"max_wrong":"1%"}"#, RequestError(.wrongType, field: .maximumWrong, offset: 13)),
    (#"{"variables":1}"#, RequestError(.wrongType, field: .variables, offset: 13)),
    (#"{"variables":{"a":["x"]}}"#, RequestError(.wrongType, field: .variables, offset: 18)),
    (#"{"variables":{"a":1,"a":1}}"#, RequestError(.repeatedScopeKey, field: .variables, offset: 20)),
    (#"{"variables":{"a":"\u0000"}}"#, RequestError(.zeroInScope, field: .variables, offset: 14)),
    (#"{"explain":1}"#, RequestError(.wrongType, field: .explain, offset: 11)),
    (#"{"query":"a","query":"b"}"#, RequestError(.repeatedKey, field: .query, offset: 13)),
    (#"{"turn":null,"turn":0,"now":[]}"#, RequestError(.outOfRange, field: .turn, offset: 20)),
  ])
  func wrongValuesAreRefusedByName(_ line: String, _ error: RequestError) {
    #expect(ParsedRequest(line).error == error, "\(line)")
    let withID = #"{"after":0,"# + line.dropFirst().dropLast() + #","id":"x"}"#
    if error.field != .id { #expect(ParsedRequest(withID).id == #""x""#, "\(line)") }
  }

  @Test func limitsAreExact() {
    func id(_ count: Int) -> ParsedRequest { ParsedRequest(#"{"id":"\#(String(repeating: "i", count: count))"}"#) }
    #expect(id(254).error == nil)
    #expect(id(255).error == RequestError(.tooLong, field: .id, offset: 6))
    #expect(id(255).id == "null")
    func model(_ count: Int) -> ParsedRequest {
      ParsedRequest(#"{"vector_model":"\#(String(repeating: "m", count: count))"}"#)
    }
    #expect(model(255).model?.count == 255)
    #expect(model(256).error == RequestError(.tooLong, field: .vectorModel, offset: 16))
    func scope(_ count: Int) -> ParsedRequest {
      ParsedRequest(#"{"scope":{"b":"x","a":"\#(String(repeating: "s", count: count))"}}"#)
    }
    #expect(scope(4089).scope?.utf8.count == 4096)
    #expect(scope(4090).error == RequestError(.tooLong, field: .scope, offset: 18))
    func vector(_ count: Int) -> ParsedRequest {
      ParsedRequest(#"{"vector":[\#(repeatElement("1", count: count).joined(separator: ","))]}"#)
    }
    #expect(vector(0).vector == [])
    #expect(vector(4096).vector?.count == 4096)
    #expect(vector(4097).error == RequestError(.tooLong, field: .vector, offset: 10))
    // A text beyond the session's limit is kept just long enough for the session to find it too long.
    let long = ParsedRequest(#"{"query":"\#(String(repeating: "q", count: 9000))"}"#)
    #expect(long.text?.utf8.count == QuerySession.maximumQuery + 1)
  }
}
