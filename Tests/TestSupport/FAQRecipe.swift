import BundleCompiler
import Foundation

/// Recipes over chosen entries of `bundles/dev-faq`, each a line of JSON that a test may change, with their embeddings.
public struct FAQRecipe {
  /// The objects of the lines.
  public var rows: [[String: Any]]
  // The number of the vector of each row in the set; `nil` for one without.
  private var vectors: [Int?]
  private let matrix: [UInt8]

  /// The entries at `range` of the set, with their embeddings or without.
  public init(_ range: Range<Int>, embedded: Bool = true) throws {
    let lines = try String(contentsOfFile: Repository.path("bundles/dev-faq/entries.jsonl"), encoding: .utf8)
      .split(separator: "\n")
    rows = try lines[range].map { line in
      try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any] ?? [:]
    }
    vectors = range.map { embedded ? $0 : nil }
    matrix = try contents(Repository.path("bundles/dev-faq/entries.npy"))
  }

  /// The id of the entry at `index`.
  public func id(_ index: Int) -> String { rows[index]["id"] as? String ?? "" }

  /// The question of the entry at `index`.
  public func question(_ index: Int) -> String { rows[index]["question"] as? String ?? "" }

  /// Takes the entry at `index` out.
  public mutating func remove(_ index: Int) {
    rows.remove(at: index)
    vectors.remove(at: index)
  }

  /// Adds the entries of another recipe.
  public mutating func add(_ other: FAQRecipe) {
    rows += other.rows
    vectors += other.vectors
  }

  /// Adds a line that deletes the entry `id` of a base.
  public mutating func delete(_ id: String) {
    rows.append(["id": id, "deleted": true])
    vectors.append(nil)
  }

  /// Writes the recipe and its files to a subfolder of `folder`. Returns the recipe's path.
  public func write(_ name: String, in folder: TemporaryFolder, further: String = "") throws -> String {
    let path = folder.file(name)
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    let lines = try rows.map {
      String(decoding: try JSONSerialization.data(withJSONObject: $0, options: .sortedKeys), as: UTF8.self) + "\n"
    }
    try folder.write("\(name)/entries.jsonl", lines.joined())
    let start = 10 + Int(matrix[8]) + Int(matrix[9]) << 8
    let chosen = vectors.compactMap { $0 }
    var embeddings = ""
    if !chosen.isEmpty {
      let values = chosen.flatMap { matrix[start + $0 * 384..<start + ($0 + 1) * 384] }
      try Data(SampleBundle.numpy(rows: chosen.count, columns: 384, values[...])).write(
        to: URL(fileURLWithPath: folder.file("\(name)/entries.npy")))
      embeddings = "embeddings: {model: sentence-transformers/all-MiniLM-L6-v2, entries: entries.npy}\n"
    }
    return try folder.write(
      "\(name)/recipe.yaml",
      "name: \(name)\nversion: 1\nentries: entries.jsonl\n\(embeddings)encoder: {max_bytes: 300000}\n\(further)\n")
  }

  /// Compiles the recipe; see `Compiler.Options` for `previous` and `base`. Returns the bundle's path.
  ///
  /// A bundle that another test compiled of the same is copied, unless it must be made `anew`.
  @discardableResult
  public func compile(
    _ name: String, in folder: TemporaryFolder, previous: String? = nil, base: String? = nil, retrains: Bool = false,
    further: String = "", anew: Bool = false
  ) throws -> String {
    var options = Compiler.Options(output: folder.file("\(name).almanac"))
    options.previous = previous
    options.base = base
    options.retrains = retrains
    let recipe = try write(name, in: folder, further: further)
    guard !anew, !retrains else {
      _ = try Compiler(options).compile(recipe: recipe)
      return options.output
    }
    try CompiledBundles.shared.write(
      recipe: recipe, others: [previous, base], to: options.output
    ) { _ = try Compiler(options).compile(recipe: recipe) }
    return options.output
  }
}
