import BundleFormat
import Foundation
import TestSupport

@testable import BundleCompiler

/// Files that a compile reads.
enum InputFuzzing {
  nonisolated(unsafe) private static let folder = Result {
    try TemporaryFolder(in: FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : nil)
  }

  private static func file(_ name: String, _ input: [UInt8]) -> String {
    guard let path = try? folder.get().file(name), (try? Data(input).write(to: URL(fileURLWithPath: path))) != nil
    else {
      fatalError("\(name) cannot be written")
    }
    return path
  }

  static func json(_ input: [UInt8]) {
    guard String(validating: input, as: UTF8.self) != nil,
      let value = try? input.withBytes({ try JSONParser.parse($0) })
    else { return }
    let text = value.compactText
    let again = try? Array(text.utf8).withBytes { try JSONParser.parse($0) }
    require(again == value, "a value reads back as it was written")
    require(again?.compactText == text, "a text is written alike each time")
    require(
      (try? JSONSerialization.jsonObject(with: Data(text.utf8), options: .fragmentsAllowed)) != nil,
      "what is written is JSON")
  }

  static func numpy(_ input: [UInt8]) {
    let path = file("array.npy", input)
    guard let array = try? NumpyFile(Recipe.SourceFile(path: path, line: 1), recipe: "recipe.yaml") else { return }
    var rows = 0
    var width = array.header.width
    do {
      try array.forEachRow(digest: nil) { _, values throws(InputError) in
        rows += 1
        width = values.count
      }
    } catch {
      require(false, "an array whose length fits can be read")
    }
    require(rows == array.header.rows && width == array.header.width, "all rows are there")
    require(array.size == input.count, "the size is the file's")
  }

  static func safetensors(_ input: [UInt8]) {
    guard let file = try? SafeTensors(path: file("model.safetensors", input)) else { return }
    for tensor in file.tensors.values {
      let count = min(tensor.count, 64)
      for first in [0, tensor.count - count] {
        require((try? file.values(tensor, first: first, count: count))?.count == count, "a tensor lies in its file")
      }
    }
    require((try? file.digest()) != nil, "a file has a digest")
  }

  static func tokenizer(_ input: [UInt8]) {
    guard
      let tokenizer = try? TokenizerFile(path: file("tokenizer.json", input), namedAt: InputPlace(file: "recipe.yaml"))
    else { return }
    for text in [
      "What is the caf\u{E9} on 3rd street?", "", "  \u{3042}\u{200D}\u{1F600} ##a", String(repeating: "x", count: 300),
    ] {
      let ids = tokenizer.ids(text)
      require(ids == tokenizer.ids(text), "a text has the same entries each time")
      require(ids.allSatisfy { $0 >= 0 }, "an entry has a number")
    }
  }

  static func recipe(_ input: [UInt8]) {
    guard input.count <= 4096, let text = String(validating: input, as: UTF8.self) else { return }
    let loader = RecipeLoader(path: "recipe.yaml", folder: "", dataFolder: nil)
    guard let recipe = try? loader.recipe(text) else { return }
    require(recipe == (try? loader.recipe(text)), "a recipe reads alike each time")
    require(!recipe.entries.isEmpty && recipe.version > 0, "a recipe has what it must have")
  }

  static func entries(_ input: [UInt8]) {
    let path = file("entries.jsonl", input)
    let recipe = Recipe(
      path: "recipe.yaml", name: "fuzz", version: 1, entries: [Recipe.SourceFile(path: path, line: 1)])
    guard let inputs = try? InputLoader.load(recipe) else { return }
    require(!inputs.entries.isEmpty && inputs.questions.count >= inputs.entries.count, "an entry has a question")
    require(Set(inputs.entries.map(\.id)).count == inputs.entries.count, "ids are unique")
    let again = try? InputLoader.load(recipe)
    require(
      again?.entries.map(\.id) == inputs.entries.map(\.id) && again?.digests == inputs.digests,
      "lines read alike each time")
  }
}
