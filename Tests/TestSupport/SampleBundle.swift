import BundleCompiler
import BundleFormat
import BundleReader
import Foundation

// Foundation has a Bundle too.
import class BundleReader.Bundle

/// Bundles that tests compile and ask.
public enum SampleBundle {
  /// Compiles the recipe at `recipe` to `output`.
  @discardableResult
  public static func compile(recipe: String, to output: String) throws -> CompileReport {
    try Compiler(Compiler.Options(output: output)).compile(recipe: recipe)
  }

  // The same, of files beside the recipe only.
  private static func compileOnce(recipe: String, to output: String) throws {
    try CompiledBundles.shared.write(recipe: recipe, others: [], to: output) { try compile(recipe: recipe, to: output) }
  }

  /// `bundles/tiny`, which shows every feature of a recipe.
  public static func tiny(in folder: TemporaryFolder) throws -> String {
    let output = folder.file("tiny.almanac")
    try compileOnce(recipe: Repository.path("bundles/tiny/recipe.yaml"), to: output)
    return output
  }

  /// The first 60 entries of `bundles/dev-faq` with a small encoder: enough for a self-test, so that it answers rewordings.
  /// `further` stands at the end of the recipe.
  @discardableResult
  public static func sixty(in folder: TemporaryFolder, further: String = "") throws -> String {
    let entries = try String(contentsOfFile: Repository.path("bundles/dev-faq/entries.jsonl"), encoding: .utf8)
    let lines = entries.split(separator: "\n").prefix(60)
    try folder.write("entries.jsonl", lines.joined(separator: "\n") + "\n")
    let matrix = try contents(Repository.path("bundles/dev-faq/entries.npy"))
    try Data(firstRows(60, of: matrix)).write(to: URL(fileURLWithPath: folder.file("entries.npy")))
    try folder.write(
      "recipe.yaml",
      """
      name: sixty
      version: 7
      entries: entries.jsonl
      embeddings: {model: sentence-transformers/all-MiniLM-L6-v2, entries: entries.npy}
      default_route: large
      encoder: {max_bytes: 300000}
      \(further)
      """)
    let output = folder.file("sixty.almanac")
    try compileOnce(recipe: folder.file("recipe.yaml"), to: output)
    return output
  }

  /// 2,100 made-up questions with made-up vectors of 16 components: small, and yet an index of many lists with codes.
  public static func lists(in folder: TemporaryFolder) throws -> String {
    var random = SeededRandom(seed: 7)
    let words = ["harbour", "lamp", "window", "garden", "engine", "paper", "river", "signal", "winter", "bridge"]
    var entries = ""
    var values: [UInt8] = []
    for number in 0..<2_100 {
      let topic = words[number % 10] + " " + words[number / 10 % 10]
      entries +=
        #"{"id":"item/\#(number)","question":"where is the \#(topic) number \#(number)","answer":"Shelf \#(number)."}"#
        + "\n"
      for component in 0..<16 {
        // Ten clusters, each around a direction of its own.
        let centre = component == number % 10 ? 90 : 0
        values.append(UInt8(bitPattern: Int8(centre + Int.random(in: -30...30, using: &random))))
      }
    }
    try folder.write("entries.jsonl", entries)
    try Data(numpy(rows: 2_100, columns: 16, values[...])).write(to: URL(fileURLWithPath: folder.file("entries.npy")))
    try folder.write(
      "recipe.yaml",
      """
      name: lists
      version: 1
      entries: entries.jsonl
      embeddings: {model: made-up, entries: entries.npy}
      encoder: {max_bytes: 60000}
      """)
    let output = folder.file("lists.almanac")
    try compileOnce(recipe: folder.file("recipe.yaml"), to: output)
    return output
  }

  private static func firstRows(_ rows: Int, of matrix: [UInt8]) -> [UInt8] {
    let start = 10 + Int(matrix[8]) + Int(matrix[9]) << 8
    return numpy(rows: rows, columns: 384, matrix[start..<start + rows * 384])
  }

  /// An int8 matrix in the form of version 1.0.
  public static func numpy(rows: Int, columns: Int, _ values: ArraySlice<UInt8>) -> [UInt8] {
    var header = "{'descr': '|i1', 'fortran_order': False, 'shape': (\(rows), \(columns)), }"
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    let length = UInt16(header.utf8.count)
    return [0x93] + Array("NUMPY".utf8) + [1, 0, UInt8(length & 255), UInt8(length >> 8)] + Array(header.utf8) + values
  }

  /// The sample bundle of this name.
  public static func named(_ name: String, in folder: TemporaryFolder) throws -> String {
    switch name {
    case "tiny": try tiny(in: folder)
    case "sixty": try sixty(in: folder)
    default: try lists(in: folder)
    }
  }
}

/// What a query came to, copied out of the session.
public struct Answered: Equatable, Sendable {
  public var reason: FallbackReason?
  public var entry: String?
  public var answer: String
  public var route: String?

  /// A query that met damage.
  public static let damaged = Answered(reason: .damaged, entry: nil, answer: "", route: nil)
}

/// Asks `bundle` one query in a new session, at a time when everything without a window is valid.
public func ask(
  _ bundle: Bundle, _ text: String, scope: [(String, String)] = [], now: Int64 = 1_780_000_000, turn: UInt32 = 1,
  maximumWrong: UInt32? = nil
) throws -> Answered {
  var session = QuerySession(bundle)
  let utf8 = Array(text.utf8)
  var scopeText: [UInt8] = []
  for (key, value) in scope.sorted(by: { $0.0 < $1.0 }) {
    scopeText += Array(key.utf8) + [0] + Array(value.utf8) + [0]
  }
  return try utf8.withBytes { text in
    try scopeText.withBytes { scope in
      var query = Query(text: text, now: now)
      query.scope = scopeText.isEmpty ? nil : scope
      query.turn = turn
      query.maximumWrong = maximumWrong
      let outcome = try session.answer(query)
      let id = try outcome.entry.map {
        String(decoding: try bundle.entryText(bundle.entry($0)).id.copied, as: UTF8.self)
      }
      return Answered(
        reason: outcome.reason, entry: id, answer: String(decoding: session.answer.copied, as: UTF8.self),
        route: bundle.routeName(outcome.route).map { String(decoding: $0, as: UTF8.self) })
    }
  }
}
