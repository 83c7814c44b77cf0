import Testing

@testable import BundleCompiler

@Suite("Embeddings")
struct EmbeddingTests {
  private let eight: [Float] = [3, -4, 0, 0, 0, 0, 0, 0]

  private func matrix(_ npy: [UInt8]) throws -> EmbeddingMatrix? {
    let folder = try InputFolder()
    folder.recipe = "embeddings: {model: m, entries: e.npy}\n"
    try folder.write("e.npy", bytes: npy)
    return try folder.load().embeddings?.questions
  }

  private func rows(_ matrix: EmbeddingMatrix?) -> [[Int8]] {
    guard let matrix else { return [] }
    return (0..<matrix.rows).map { row in (0..<matrix.width).map { matrix[row, $0] } }
  }

  @Test("int8 rows are kept, but -128 becomes -127; rows are padded with zeros and aligned")
  func int8Kept() throws {
    let found = try #require(try matrix(NumpyFixture.int8([[-128, 127, 0, 1, -1, 5, 6, 7, 9]])))
    #expect(rows(found) == [[-127, 127, 0, 1, -1, 5, 6, 7, 9]])
    #expect(found.taken().stride == 64)
    #expect(found.scale == nil)
    #expect((9..<64).allSatisfy { found.row(0)[$0] == 0 })
    #expect(UInt(bitPattern: found.row(0).bytes.unsafeStart) % 64 == 0)
  }

  @Test("floats of every precision are brought to length 1 and scaled by the largest component", arguments: 1...3)
  func floatsQuantised(version: UInt8) throws {
    // 3 and -4 at length 5: 0.6 and -0.8, so the scale is 127 / 0.8 and 0.6 becomes 95.25.
    let data: [String: [UInt8]] = [
      "<f2": [0x00, 0x42, 0x00, 0xC4], "<f4": [0, 0, 0x40, 0x40, 0, 0, 0x80, 0xC0],
      "<f8": [0, 0, 0, 0, 0, 0, 0x08, 0x40, 0, 0, 0, 0, 0, 0, 0x10, 0xC0],
    ]
    for (descr, start) in data {
      let npy = NumpyFixture.file(
        header: NumpyFixture.header(descr, "(1, 8)"), data: start + [UInt8](repeating: 0, count: 3 * start.count),
        version: version)
      let found = try matrix(npy)
      #expect(rows(found) == [[95, -127, 0, 0, 0, 0, 0, 0]])
      #expect(found?.scale == 127 / 0.8)
    }
  }

  @Test("inline vectors give the same rows as a float32 file")
  func inlineEqualsFile() throws {
    let folder = try InputFolder()
    folder.recipe = "embeddings: {model: m}\n"
    try folder.write("entries.jsonl", InputFolder.entry("a", #""embedding":[0.3,-0.4,0,0,0,0,0,0]"#))
    let inputs = try folder.load()
    let file = try matrix(NumpyFixture.float32([[0.3, -0.4, 0, 0, 0, 0, 0, 0]]))
    #expect(rows(inputs.embeddings?.questions) == rows(file))
    #expect(inputs.embeddings?.questions?.scale == file?.scale)
    #expect(inputs.embeddings?.kind == .float)
  }

  @Test("every half is read as IEEE 754 says")
  func halves() {
    #expect(NumpyElement.widened(0x0001) == 0x1p-24)
    #expect(NumpyElement.widened(0x83FF) == -0x1.FF8p-15)
    #expect(NumpyElement.widened(0x0400) == 0x1p-14)
    #expect(NumpyElement.widened(0x7BFF) == 65_504)
    #expect(NumpyElement.widened(0xFC00) == -.infinity)
    #expect(NumpyElement.widened(0x7E00).isNaN)
    #expect(NumpyElement.widened(0x8000).sign == .minus)
  }

  @Test("rows follow the questions; variants inside entries have none; queries have their own")
  func order() throws {
    let folder = try InputFolder()
    folder.recipe = """
      variants: variants.jsonl
      distractors: distractors.jsonl
      queries: queries.jsonl
      embeddings: {model: m, entries: e.npy, variants: v.npy}
      """
    try folder.write("entries.jsonl", InputFolder.entry("a", #""variants":["inside"]"#) + InputFolder.entry("b"))
    try folder.write("variants.jsonl", "{\"id\":\"a\",\"question\":\"further\",\"origin\":\"accepted\"}\n")
    try folder.write(
      "distractors.jsonl", "{\"question\":\"no\"}\n{\"question\":\"never\",\"embedding\":[9,1,1,1,1,1,1,1]}\n")
    try folder.write("queries.jsonl", "{\"query\":\"q\",\"expect\":\"b\",\"embedding\":[8,1,1,1,1,1,1,1]}\n")
    try folder.write("e.npy", bytes: NumpyFixture.int8([[1, 1, 1, 1, 1, 1, 1, 1], [2, 1, 1, 1, 1, 1, 1, 1]]))
    try folder.write("v.npy", bytes: NumpyFixture.int8([[3, 1, 1, 1, 1, 1, 1, 1]]))
    let inputs = try folder.load()
    #expect(inputs.questions.map(\.text) == ["What is a?", "What is b?", "inside", "further", "no", "never"])
    #expect(inputs.questions.map(\.embeddingRow) == [0, 1, nil, 2, nil, 3])
    #expect(
      inputs.questions.map(\.owner) == [
        .entry(0), .entry(1), .entry(0), .entry(0), .distractor(0), .distractor(1),
      ])
    #expect(inputs.questions[3].origin == .accepted)
    #expect(rows(inputs.embeddings?.questions).map(\.[0]) == [1, 2, 3, 9])
    #expect(rows(inputs.embeddings?.queries).map(\.[0]) == [8])
    #expect(inputs.queries.map(\.embeddingRow) == [0])
    #expect(inputs.embeddings?.model == "m")
  }

  @Test("int8 and floats are not mixed, in files or lines")
  func mixed() throws {
    let folder = try InputFolder()
    folder.recipe = "queries: queries.jsonl\nembeddings: {model: m, entries: e.npy}\n"
    try folder.write("e.npy", bytes: NumpyFixture.int8([[1, 1, 1, 1, 1, 1, 1, 1]]))
    try folder.write("queries.jsonl", "{\"query\":\"q\",\"expect\":null,\"embedding\":[0.5,1,1,1,1,1,1,1]}\n")
    #expect(
      try folder.refusal() == "queries.jsonl: the vectors are floating-point, those in e.npy are int8; "
        + "give all embeddings as int8 or all as floats")
  }

  @Test("all vectors have the same width, in files and lines")
  func widths() throws {
    let folder = try InputFolder()
    folder.recipe = "variants: v.jsonl\nembeddings: {model: m, entries: e.npy, variants: v.npy}\n"
    try folder.write("v.jsonl", "{\"id\":\"a\",\"question\":\"x\"}\n")
    try folder.write("e.npy", bytes: NumpyFixture.int8([[1, 1, 1, 1, 1, 1, 1, 1]]))
    try folder.write("v.npy", bytes: NumpyFixture.int8([[1, 1, 1, 1, 1, 1, 1, 1, 1]]))
    #expect(
      try folder.refusal() == "v.npy: the vectors have 9 components, those in e.npy have 8; "
        + "make all embeddings with the same model")
  }

  @Test(
    "malformed inline vectors are refused with their line",
    arguments: [
      ("[1,2,3]", "the embedding has 3 numbers, not 8 as in line 1; give every vector the same width"),
      ("[1,2,3,4,5,6,7,null]", "number 8 of the embedding is null; write an array of numbers"),
      (
        "[1e39,2,3,4,5,6,7,8]",
        "number 1 of the embedding is too large for a float; check how it was made"
      ),
      (
        "[0,0,0,0,0,0,0,0]",
        "the embedding is zero, which has no direction; check that the text was embedded, or remove the line"
      ),
      (
        "[NaN,2,3,4,5,6,7,8]",
        "the line is not JSON: a value was expected, found 'NaN' (byte 68); write one JSON object per line"
      ),
      (
        "[1e999,2,3,4,5,6,7,8]",
        "the line is not JSON: a number is too large for a double (byte 68); write one JSON object per line"
      ),
    ])
  func inlineRefused(vector: String, expected: String) throws {
    let folder = try InputFolder()
    folder.recipe = "embeddings: {model: m}\n"
    try folder.write(
      "entries.jsonl",
      InputFolder.entry("a", #""embedding":[1,2,3,4,5,6,7,8]"#) + InputFolder.entry("b", "\"embedding\":\(vector)"))
    #expect(try folder.refusal() == "entries.jsonl:2: \(expected)")
  }

  @Test("an embedding in a line and in a file, or without a model, is refused")
  func twice() throws {
    let folder = try InputFolder()
    try folder.write("entries.jsonl", InputFolder.entry("a", #""embedding":[1,2,3,4,5,6,7,8]"#))
    #expect(
      try folder.refusal() == "recipe.yaml: entries.jsonl has embeddings (line 1), but the recipe does not name their "
        + "model; add 'embeddings: {model: NAME}'")
    folder.recipe = "embeddings: {model: m, entries: e.npy}\n"
    try folder.write("e.npy", bytes: NumpyFixture.int8([[1, 1, 1, 1, 1, 1, 1, 1]]))
    #expect(
      try folder.refusal() == "entries.jsonl:1: the line has an embedding, and so has e.npy; remove one of them")
  }
}
