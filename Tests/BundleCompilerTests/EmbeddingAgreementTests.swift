import Foundation
import TestSupport
import Testing

@testable import BundleCompiler

/// Embeddings and texts that disagree about the encoder are refused at compile time, with the recipe's line.
@Suite struct EmbeddingAgreementTests {
  private static let model = "sentence-transformers/all-MiniLM-L6-v2"

  private static func compile(model: String, columns: Int = 384, _ change: (inout [[Int8]]) -> Void) throws {
    let folder = try TemporaryFolder()
    let entries = try String(contentsOfFile: Repository.path("bundles/dev-faq/entries.jsonl"), encoding: .utf8)
    let lines = entries.split(separator: "\n").prefix(80)
    try folder.write("entries.jsonl", lines.joined(separator: "\n") + "\n")
    let matrix = try contents(Repository.path("bundles/dev-faq/entries.npy"))
    let start = 10 + Int(matrix[8]) + Int(matrix[9]) << 8
    var rows = (0..<80).map { row in
      matrix[(start + row * 384)..<(start + row * 384 + columns)].map { Int8(bitPattern: $0) }
    }
    change(&rows)
    try folder.writeNumpy("entries.npy", rows: 80, columns: columns, rows.flatMap { $0 })
    try folder.write(
      "recipe.yaml",
      """
      name: agreement
      version: 1
      entries: entries.jsonl
      embeddings: {model: \(model), entries: entries.npy}
      encoder: {max_bytes: 300000}
      """)
    try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("out.almanac"))
  }

  @Test func embeddingsOfTheNamedModelAreTaken() throws {
    try Self.compile(model: Self.model) { _ in }
  }

  @Test func rowsInAnotherOrderAreRefused() throws {
    let error = #expect(throws: InputError.self) { try Self.compile(model: Self.model) { $0.reverse() } }
    #expect(error?.line == 4)
    #expect(error?.problem.contains("not those that all-MiniLM-L6-v2 gives these texts") == true)
  }

  @Test func anotherModelUnderThisNameIsRefused() throws {
    var random = SeededRandom(seed: 9)
    let error = #expect(throws: InputError.self) {
      try Self.compile(model: Self.model) { rows in
        for row in rows.indices { rows[row] = rows[row].map { _ in Int8.random(in: -60...60, using: &random) } }
      }
    }
    #expect(error?.remedy.contains("embeddings.model") == true)
  }

  @Test func anotherNumberOfComponentsThanTheModelHasIsRefused() throws {
    let error = #expect(throws: InputError.self) { try Self.compile(model: Self.model, columns: 256) { _ in } }
    #expect(error?.problem.contains("256 components") == true)
  }

  @Test func anotherModelUnderItsOwnNameIsTaken() throws {
    try Self.compile(model: "some/model", columns: 256) { $0.reverse() }
  }
}
