import BundleFormat
import Foundation
import Testing

@testable import BundleCompiler

@Suite("Inputs are read as they stand")
struct InputLoaderTests {
  @Test("every field of an entry is kept")
  func fields() throws {
    let folder = try InputFolder()
    try folder.write(
      "entries.jsonl",
      InputFolder.entry(
        "a",
        #""valid_from":"2026-01-01T00:00:00.5+01:00","valid_until":1893456000,"route":"small","source":"s","extra":[{}],"#
          + #""scope":{"z":true,"a":"x","n":2.0,"é":1.5,"m":-3},"match":"exact","#
          + #""usage":{"model":"m","input_tokens":3,"output_tokens":4,"other":null}"#)
        + InputFolder.entry("b", #""route":null,"scope":null"#))
    let inputs = try folder.load()
    let entry = inputs.entries[0]
    #expect(entry.id == "a" && entry.route == "small" && entry.source == "s" && entry.isExactOnly)
    #expect(entry.validFrom == 1_767_222_000 && entry.validUntil == 1_893_456_000)
    #expect(entry.scope.map(\.key) == ["a", "m", "n", "z", "é"])
    #expect(entry.scope.map(\.value) == ["x", "-3", "2", "true", "1.5"])
    #expect(entry.usage == #"{"model":"m","input_tokens":3,"output_tokens":4,"other":null}"#)
    let bare = inputs.entries[1]
    #expect(bare.route == nil && bare.validFrom == nil && bare.scope.isEmpty && !bare.isExactOnly && bare.usage == nil)
    #expect(inputs.embeddings == nil)
  }

  @Test("distractors and queries have the defaults that promise least")
  func defaults() throws {
    let folder = try InputFolder()
    folder.recipe = "distractors: d.jsonl\nqueries: q.jsonl\n"
    try folder.write(
      "d.jsonl", "{\"question\":\"x\"}\n{\"question\":\"y\",\"reason\":\"guard\",\"route\":\"large\"}\n")
    try folder.write(
      "q.jsonl",
      "{\"query\":\"x\",\"expect\":null}\n{\"query\":\"y\",\"expect\":\"a\",\"kind\":\"k\",\"origin\":\"sampled\"}\n")
    let inputs = try folder.load()
    #expect(
      inputs.distractors == [
        DistractorInput(reason: .distractor, route: nil), DistractorInput(reason: .guarded, route: "large"),
      ])
    #expect(
      inputs.queries == [
        QueryInput(text: "x", expected: nil, kind: nil, origin: .written, embeddingRow: nil),
        QueryInput(text: "y", expected: 0, kind: "k", origin: .sampled, embeddingRow: nil),
      ])
  }

  @Test("digests name every file without its folder, in a fixed order, and are BLAKE2b-256 of its bytes")
  func digests() throws {
    let folder = try InputFolder()
    folder.recipe = "queries: q.jsonl\nembeddings: {model: m, entries: e.npy}\n"
    try folder.write("q.jsonl", "{\"query\":\"x\",\"expect\":null}\n\n")
    try folder.write("e.npy", bytes: NumpyFixture.float32([[1, 2, 3, 4, 5, 6, 7, 8]]))
    let inputs = try folder.load()
    #expect(inputs.digests.map(\.role) == [.recipe, .entries, .queries, .entryEmbeddings])
    #expect(inputs.digests.map(\.name) == ["recipe.yaml", "entries.jsonl", "q.jsonl", "e.npy"])
    for digest in inputs.digests {
      let content = Array(try Data(contentsOf: URL(fileURLWithPath: folder.path + "/" + digest.name)))
      #expect(digest.size == content.count)
      #expect(digest.blake2b == Self.digest(content))
    }
    #expect(try folder.load().digests == inputs.digests)
    #expect(
      Self.digest(Array("abc".utf8)) == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
  }

  private static func digest(_ content: [UInt8]) -> String {
    let digest = ContentDigest()
    content.withUnsafeBytes { unsafe digest.add(Bytes(start: $0.baseAddress!, count: $0.count)) }
    return digest.hexadecimal()
  }
}
