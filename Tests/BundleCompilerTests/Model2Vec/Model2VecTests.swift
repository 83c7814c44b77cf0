import BundleFormat
import BundleReader
import Foundation
import TestSupport
import Testing

// Foundation has a Bundle too.
import class BundleReader.Bundle

@testable import BundleCompiler

/// A Model2Vec directory means to the compiler what it means to the model2vec library (`tools/model2vec/make-fixtures.py`).
@Suite struct Model2VecTests {
  struct Expected: Decodable {
    struct Text: Decodable {
      var text: String
      var ids: [Int]
      var vector: [Double]
    }
    var texts: [Text]
  }

  static func folder(_ name: String) -> String { Repository.path("Tests/Fixtures/model2vec/\(name)") }

  static func open(_ name: String) throws -> (Model2VecDirectory, [Expected.Text]) {
    let model = try Model2VecDirectory(path: folder(name), namedAt: InputPlace(file: "recipe.yaml", line: 3))
    let json = try Data(contentsOf: URL(fileURLWithPath: "\(folder(name))/expected.json"))
    return (model, try JSONDecoder().decode(Expected.self, from: json).texts)
  }

  static func cosine(_ first: [Double], _ second: [Double]) -> Double {
    let product = zip(first, second).map { $0 * $1 }.reduce(0, +)
    let squares = [first, second].map { $0.map { $0 * $0 }.reduce(0, +) }
    return squares.contains(0) ? 0 : product / (squares[0] * squares[1]).squareRoot()
  }

  @Test(arguments: ["wordpiece", "unigram"])
  func everyTextHasTheTokensAndTheDirectionThatTheLibraryGives(name: String) throws {
    let (model, texts) = try Self.open(name)
    #expect(model.dimensions == 16)
    for expected in texts {
      let ids = model.tokenizer.ids(expected.text)
      #expect(ids == expected.ids, "\(expected.text)")
      var sum = [Double](repeating: 0, count: model.dimensions)
      try model.add(ids, to: &sum)
      if !ids.isEmpty { #expect(Self.cosine(sum, expected.vector) > 0.999_99, "\(expected.text)") }
    }
  }

  @Test(arguments: ["wordpiece", "unigram"])
  func piecesGiveTextsWithoutPunctuationTheModelsDirection(name: String) throws {
    let (model, texts) = try Self.open(name)
    var normalizer = TextNormalizer(maximumInput: 4096)
    let plain = [
      "how do i call a function", "why is my loop so slow", "curl proxy", "passwort", "la factura del mes pasado",
    ]
    let chosen = texts.filter { plain.contains($0.text) }
    #expect(chosen.count == plain.count)
    let forms = try chosen.map { text in
      _ = try Array(text.text.utf8).withBytes { try normalizer.normalize($0) }
      return normalizer.output.copied
    }
    // Once with the texts among the questions, once with the model's own vocabulary alone.
    for words in [VocabularyBuilder.words(of: forms).map(\.text), []] {
      let prior = try Prior(model, words: words, most: 5_000)
      var vocabulary = Vocabulary(capacity: prior.pieces.count)
      for piece in prior.pieces { _ = vocabulary.add(piece) }
      let tokenized = TokenizedTexts(normalForms: forms, vocabulary: vocabulary)
      for (index, expected) in chosen.enumerated() {
        var sum = [Float](repeating: 0, count: prior.dimensions)
        for piece in tokenized.pieces[tokenized.range(index)] { prior.add(Int(piece), to: &sum) }
        let cosine = Self.cosine(sum.map { Double($0) }, expected.vector)
        // Without the words a Unigram text is cut at the longest pieces instead of the likeliest.
        #expect(cosine > (words.isEmpty && name == "unigram" ? -1 : 0.999), "\(expected.text): \(cosine)")
      }
    }
  }

  @Test(arguments: ["wordpiece", "unigram"])
  func aBundleSpeaksTheModelsSpace(name: String) throws {
    let folder = try TemporaryFolder()
    let report = try Self.compile(in: folder, prior: Self.folder(name))
    #expect(report.dimensions == 16)
    #expect(report.model.hasPrefix("model2vec/\(name)@"))
    let bundle = try Bundle.open(folder.file("out.almanac"))
    #expect(try ask(bundle, "What is the header FILE entry number 7 please?").reason != .damaged)
    #expect(try ask(bundle, "what is the server file entry number 6").entry == "e/6")
    #expect(report.pieces > 500)
    let again = try Self.compile(in: folder, prior: Self.folder(name))
    #expect(again.root == report.root)
  }

  @Test func embeddingsOfAnotherModelAreReachedByAProjection() throws {
    let folder = try TemporaryFolder()
    var values: [Int8] = []
    var random = SeededRandom(seed: 3)
    for _ in 0..<60 * 24 { values.append(Int8.random(in: -100...100, using: &random)) }
    try folder.writeNumpy("entries.npy", rows: 60, columns: 24, values)
    let report = try Self.compile(
      in: folder, prior: Self.folder("unigram"), embeddings: "embeddings: {model: some/model, entries: entries.npy}\n")
    #expect(report.dimensions == 24)
    #expect(report.model == "some/model")
  }

  @Test func everyPartThatIsNotUnderstoodIsRefusedByName() throws {
    let changes: [(file: String, from: String, to: String, says: String)] = [
      ("tokenizer.json", #""type":"BertNormalizer""#, #""type":"NFKC""#, "the normalizer 'NFKC' is not supported"),
      (
        "tokenizer.json", #""type":"BertPreTokenizer""#, #""type":"ByteLevel""#,
        "the pre-tokenizer 'ByteLevel' is not supported"
      ),
      ("tokenizer.json", #""model":{"type":"WordPiece""#, #""model":{"type":"BPE""#, "'model.type' is 'BPE'"),
      ("tokenizer.json", #""version""#, #"version"#, "the text is not JSON"),
      ("config.json", #""model_type": "model2vec""#, #""model_type": "bert""#, "the model is a 'bert'"),
      ("model.safetensors", #""embeddings""#, #""embeddingz""#, "no tensor 'embeddings'"),
      ("model.safetensors", #""dtype":"F32""#, #""dtype":"I32""#, ""),
      ("model.safetensors", #""dtype":"F32""#, #""dtype":"F64""#, "no shape and place that fit the file"),
      ("model.safetensors", #""shape":[7"#, #""shape":[8"#, "no shape and place that fit the file"),
    ]
    for change in changes {
      let folder = try TemporaryFolder()
      try FileManager.default.createDirectory(atPath: folder.file("model"), withIntermediateDirectories: true)
      for name in ["config.json", "tokenizer.json", "model.safetensors"] {
        var data = try Data(contentsOf: URL(fileURLWithPath: "\(Self.folder("wordpiece"))/\(name)"))
        if name == change.file, let place = data.range(of: Data(change.from.utf8)) {
          data.replaceSubrange(place, with: Data(change.to.utf8))
        }
        try data.write(to: URL(fileURLWithPath: folder.file("model/\(name)")))
      }
      do {
        _ = try Model2VecDirectory(path: folder.file("model"), namedAt: InputPlace(file: "recipe.yaml"))
        #expect(change.says.isEmpty, "\(change.to) was taken")
      } catch let error {
        #expect(error.file.hasSuffix(change.file) && error.problem.contains(change.says), "\(error)")
        #expect(!change.says.isEmpty)
      }
    }
  }

  @Test func aFolderThatIsNotThereIsNamedWithTheRecipesLine() throws {
    let folder = try TemporaryFolder()
    let error = #expect(throws: InputError.self) { try Self.compile(in: folder, prior: "nowhere") }
    #expect(error?.line == 4)
    #expect(error?.problem.contains("nowhere/config.json") == true)
  }

  @discardableResult
  private static func compile(
    in folder: TemporaryFolder, prior: String, embeddings: String = ""
  ) throws -> CompileReport {
    let words = ["file", "loop", "string", "module", "class", "list", "server", "header", "cookie", "table"]
    var entries = ""
    for number in 0..<60 {
      let topic = "\(words[number % 10]) \(words[number / 10])"
      entries +=
        #"{"id":"e/\#(number)","question":"what is the \#(topic) entry number \#(number)","answer":"It."}"# + "\n"
    }
    try folder.write("entries.jsonl", entries)
    try folder.write(
      "recipe.yaml",
      """
      name: spoken
      version: 1
      entries: entries.jsonl
      encoder: {prior: \(prior), max_bytes: 200000}
      \(embeddings)
      """)
    return try SampleBundle.compile(recipe: folder.file("recipe.yaml"), to: folder.file("out.almanac"))
  }
}

extension TemporaryFolder {
  /// Writes an int8 array in the form of NumPy's version 1.0.
  func writeNumpy(_ name: String, rows: Int, columns: Int, _ values: [Int8]) throws {
    let bytes = values.map { UInt8(bitPattern: $0) }
    try Data(SampleBundle.numpy(rows: rows, columns: columns, bytes[...])).write(to: URL(fileURLWithPath: file(name)))
  }
}
