import BundleFormat

@testable import BundleReader

/// What a request says, copied out of the parser's memory, or why it is refused.
struct ParsedRequest: Equatable {
  var id = ""
  var text: String?
  var vector: [Int8]?
  var model: String?
  var scope: String?
  var variables: String?
  var now: Int64?
  var turn: UInt32 = 1
  var maximumWrong: UInt32?
  var isExplained = false
  var error: RequestError?

  /// Parses `line` with a parser that has read other requests before, so that nothing may stay behind from those.
  init(_ line: String) { self.init(Array(line.utf8)) }

  init(_ line: [UInt8], before: [UInt8] = [], after: [UInt8] = []) {
    var request = ProtocolRequest()
    for other in Self.earlier { Array(other.utf8).withBytes { try? request.parse($0) } }
    (before + line + after).withBytes { memory in
      guard let window = memory.slice(before.count, line.count) else { return }
      do throws(RequestError) {
        try request.parse(window)
      } catch {
        self.error = error
      }
      id = request.id.text
    }
    guard error == nil else { return }
    text = request.text?.text
    vector = request.vector?.copied.map { Int8(bitPattern: $0) }
    model = request.vectorModel?.text
    scope = request.scope?.text.replacing("\0", with: "|")
    variables = request.variables?.text.replacing("\0", with: "|")
    now = request.now
    turn = request.turn
    maximumWrong = request.maximumWrong
    isExplained = request.isExplained
  }

  private static let earlier = [
    #"{"id":"old","query":"an older text that is rather long","vector":[9,9,9,9,9,9,9,9,9],"vector_model":"older""#
      + #","scope":{"older":"scope"},"variables":{"older":"value"},"now":4,"turn":5,"max_wrong":0.5,"explain":true}"#,
    #"{"query":"broken"#,
  ]
}

extension Bytes {
  var text: String { String(decoding: copied, as: UTF8.self) }
}
