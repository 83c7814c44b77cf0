import BundleFormat
import Foundation
import Testing

@testable import BundleReader

@Suite struct RequestVectorTests {
  @Test(arguments: [
    ("[0.5,-1.0,0.25]", [64, -127, 32]), ("[1.0]", [127]), ("[ 0.0 , 0 ]", [0, 0]), ("[1e-300,-1e-300]", [127, -127]),
    ("[3,4.0]", [95, 127]), ("[1e300,1]", [127, 0]), ("[0.1e1,-0.5E+0]", [127, -64]), ("[-0,5]", [0, 5]),
    ("[1e-999,1e-1]", [0, 127]), ("[200.0,100]", [127, 64]),
  ])
  func fractionsAreScaledToTheLargest(_ json: String, _ vector: [Int8]) {
    #expect(ParsedRequest(#"{"vector":\#(json)}"#).vector == vector, "\(json)")
  }

  @Test func base64IsDecoded() {
    for count in 0..<10 {
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 83 &+ 190) }
      let json = #"{"vector":"\#(Data(bytes).base64EncodedString())"}"#
      #expect(ParsedRequest(json).vector == bytes.map { Int8(bitPattern: $0) }, "\(json)")
    }
    #expect(ParsedRequest(#"{"vector":"\/+8="}"#).vector == [-1, -17])
  }

  @Test(arguments: ["A", "AA", "AAA", "AA=A", "A===", "====", "AB==", "AAB=", "AA==AA==", "AA A", "AA_-", "AAA=\\n"])
  func whatIsNotBase64IsRefused(_ text: String) {
    #expect(
      ParsedRequest(#"{"vector":"\#(text)"}"#).error == RequestError(.badBase64, field: .vector, offset: 10), "\(text)")
  }

  @Test(arguments: [
    ("0", 0), ("1", 1_000_000), ("1.0", 1_000_000), ("0.005", 5000), ("0.0000019", 1), ("1e-6", 1), ("9.99e-7", 0),
    ("0.9999999", 999_999), ("0.00000000000000000000000001", 0), ("1000e-3", 1_000_000), ("-0.0", 0), ("1e-999999", 0),
    ("0.29", 290_000), ("0.123456789012345678901234567890", 123_456),
  ])
  func sharesAreRoundedDown(_ json: String, _ millionths: UInt32) {
    #expect(ParsedRequest(#"{"max_wrong":\#(json)}"#).maximumWrong == millionths, "\(json)")
  }

  @Test(arguments: ["1.0000000000000000000000001", "1.0000001", "2", "1e1", "1e99999999999999999999", "-1"])
  func sharesBeyondOneAreRefused(_ json: String) {
    #expect(ParsedRequest(#"{"max_wrong":\#(json)}"#).error?.problem == .outOfRange, "\(json)")
  }

  @Test(arguments: [
    ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min), ("-0", 0), ("1790000000", 1_790_000_000),
  ])
  func timesAreExact(_ json: String, _ seconds: Int64) {
    #expect(ParsedRequest(#"{"now":\#(json)}"#).now == seconds)
    #expect(Array(json.utf8).withBytes { RequestDefaults.seconds($0) } == seconds)
  }

  @Test(arguments: ["9223372036854775808", "-9223372036854775809", "1.0", "1e3", "", "x", "1x", " 1", "--1"])
  func whatIsNoTimeIsNoOption(_ text: String) {
    #expect(Array(text.utf8).withBytes { RequestDefaults.seconds($0) } == nil, "\(text)")
  }

  @Test func variablesHaveTheirOwnLimits() {
    func error(_ variables: String) -> RequestError? { ParsedRequest(#"{"variables":{\#(variables)}}"#).error }
    let longest = String(repeating: "x", count: 4_096)
    #expect(error(#""a":"\#(longest)""#) == nil)
    #expect(error(#""a":"\#(longest)x""#) == RequestError(.tooLong, field: .variables, offset: 14))
    let four = (0..<4).map { #""\#($0)":"\#(longest.dropLast(3))""# }.joined(separator: ",")
    #expect(error(four) == nil)
    #expect(error(four + #","n":"""#)?.problem == .tooLong)
  }

  @Test func scopeOptionsAreSplitAtTheFirstSign() throws {
    var defaults = RequestDefaults()
    func add(_ text: String) throws -> Bool {
      try Array(text.utf8).withBytes { text throws(RequestError) in try defaults.addScope(text) }
    }
    #expect(try add("b=1=2"))
    #expect(try add("a="))
    #expect(try !add("none"))
    #expect(try !add("=value"))
    #expect(throws: RequestError(.repeatedScopeKey, field: .scope)) { try add("b=3") }
    #expect(defaults.scope.scope.text == "a\0\0b\u{0}1=2\0")
  }
}
