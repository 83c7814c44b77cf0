import Foundation
import Testing

@testable import BundleCompiler

/// A folder of inputs that a test writes, with a recipe; removed when the test is over.
final class InputFolder {
  let path: String
  /// Further lines of the recipe, after name, version and entries.
  var recipe = ""
  var limits = InputLimits.standard

  /// A folder with one good entry.
  init() throws {
    path = NSTemporaryDirectory() + "almanac-ingest-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write("entries.jsonl", Self.entry("a"))
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// A line with a good entry, and `extra` members if given.
  static func entry(_ id: String, _ extra: String = "") -> String {
    #"{"id":"\#(id)","question":"What is \#(id)?","answer":"It is \#(id)."\#(extra.isEmpty ? "" : "," + extra)}"# + "\n"
  }

  func write(_ name: String, _ text: String) throws {
    try write(name, bytes: Array(text.utf8))
  }

  func write(_ name: String, bytes: [UInt8]) throws {
    try Data(bytes).write(to: URL(fileURLWithPath: path + "/" + name))
  }

  /// Reads the recipe and all it names.
  func load() throws -> CompileInputs {
    try write("recipe.yaml", "name: test\nversion: 1\nentries: entries.jsonl\n" + recipe)
    return try InputLoader.load(try Recipe.load(path: path + "/recipe.yaml"), limits: limits)
  }

  /// The error that reading gives, without the folder; a text that says so if there is none.
  func refusal() throws -> String {
    do {
      _ = try load()
      return "not refused"
    } catch let error as InputError {
      return error.description.replacingOccurrences(of: path + "/", with: "")
    }
  }

  /// The error about a file of entries with these lines.
  static func refusal(entries: String) throws -> String {
    let folder = try InputFolder()
    try folder.write("entries.jsonl", entries)
    return try folder.refusal()
  }

  /// The error about a recipe with exactly this text.
  static func refusal(recipe: String) throws -> String {
    let folder = try InputFolder()
    try folder.write("recipe.yaml", recipe)
    do {
      _ = try Recipe.load(path: folder.path + "/recipe.yaml")
      return "not refused"
    } catch {
      return error.description.replacingOccurrences(of: folder.path + "/", with: "")
    }
  }
}

/// Writes `.npy` files, good and bad ones.
enum NumpyFixture {
  /// A file of version 1.0 with this header and these bytes after it.
  static func file(header: String, data: [UInt8], version: UInt8 = 1) -> [UInt8] {
    let text = Array(header.utf8) + [0x0A]
    var file: [UInt8] = [0x93] + Array("NUMPY".utf8) + [version, 0]
    file += [UInt8(text.count & 0xFF), UInt8(text.count >> 8)]
    if version > 1 { file += [0, 0] }
    return file + text + data
  }

  /// The header of an array.
  static func header(_ descr: String, _ shape: String, fortran: String = "False") -> String {
    "{'descr': '\(descr)', 'fortran_order': \(fortran), 'shape': \(shape), }"
  }

  /// An int8 array.
  static func int8(_ rows: [[Int8]]) -> [UInt8] {
    let shape = "(\(rows.count), \(rows.first?.count ?? 0))"
    return file(header: header("|i1", shape), data: rows.joined().map { UInt8(bitPattern: $0) })
  }

  /// A little-endian float32 array.
  static func float32(_ rows: [[Float]]) -> [UInt8] {
    let data = rows.joined().flatMap { value in
      (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
    }
    return file(header: header("<f4", "(\(rows.count), \(rows.first?.count ?? 0))"), data: data)
  }
}
