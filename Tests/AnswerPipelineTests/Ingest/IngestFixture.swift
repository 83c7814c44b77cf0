import AnswerPipeline
import Foundation
import TestSupport
import Testing

/// Lines in the forms of the batch services, and an ingest of them in a folder of its own.
final class IngestFixture {
  let folder: TemporaryFolder
  var output: String { folder.file("out") }

  init() throws { folder = try TemporaryFolder() }

  static func request(_ id: String, _ question: String) -> String {
    line([
      "custom_id": id, "method": "POST", "url": "/v1/chat/completions",
      "body": [
        "model": "m",
        "messages": [["role": "system", "content": "Be brief."], ["role": "user", "content": question]],
      ],
    ])
  }

  static func chat(_ id: String, _ answers: String..., finish: String = "stop") -> String {
    line([
      "id": "batch_req_1", "custom_id": id, "error": NSNull(),
      "response": [
        "status_code": 200, "request_id": "req-\(id)",
        "body": [
          "object": "chat.completion", "created": 1_760_000_000, "model": "m-2026",
          "choices": answers.enumerated().map {
            [
              "index": $0, "finish_reason": finish,
              "message": ["role": "assistant", "content": $1, "refusal": NSNull()],
            ]
          },
          "usage": ["prompt_tokens": 11, "completion_tokens": 7],
        ],
      ],
    ])
  }

  static func embedding(_ id: String, _ vectors: [Any]) -> String {
    line([
      "custom_id": id, "error": NSNull(),
      "response": [
        "status_code": 200,
        "body": [
          "object": "list", "model": "e", "data": vectors.enumerated().map { ["index": $0, "embedding": $1] },
        ],
      ],
    ])
  }

  static func line(_ object: [String: Any]) -> String {
    let data = try! JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
    return String(decoding: data, as: UTF8.self)
  }

  @discardableResult
  func write(_ name: String, _ lines: [String]) throws -> String {
    try folder.write(name, lines.joined(separator: "\n") + "\n")
  }

  /// Runs an ingest and checks what holds of every one: the fates of all lines add up.
  @discardableResult
  func run(_ sources: [String], _ change: (inout AnswerIngest.Options) -> Void = { _ in }) throws -> IngestReport {
    var options = AnswerIngest.Options()
    change(&options)
    let report = try AnswerIngest(options).run(sources, into: output)
    #expect(report.fates.values.reduce(0, +) == report.lines)
    let dropped = report.fates.filter { if case .dropped = $0.key { true } else { false } }.values.reduce(0, +)
    #expect(try rows("dropped.jsonl").count == dropped)
    #expect(try rows("entries.jsonl").count == report.entries)
    #expect(!folder.names.contains { $0.hasSuffix(".part") })
    return report
  }

  func rows(_ name: String) throws -> [[String: Any]] {
    guard FileManager.default.fileExists(atPath: "\(output)/\(name)") else { return [] }
    return try text(name).split(separator: "\n").map {
      try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
    }
  }

  func text(_ name: String) throws -> String { try String(contentsOfFile: "\(output)/\(name)", encoding: .utf8) }

  /// The reason why each line of `source` was dropped.
  func reasons() throws -> [Int: String] {
    Dictionary(
      uniqueKeysWithValues: try rows("dropped.jsonl").map {
        (try #require($0["line"] as? Int), try #require($0["reason"] as? String))
      })
  }
}
