import BundleFormat

extension Recipe {
  /// Reads and checks the recipe at `path`. The files it names are not opened yet.
  ///
  /// - Parameter dataFolder: what `${data}` stands for in the recipe's paths, if it is used.
  /// - Throws: an error naming the line: YAML that cannot be read, an unknown or missing key, a value of the wrong type
  ///   or out of range, a list of embeddings that does not match its list of files.
  public static func load(path: String, dataFolder: String? = nil) throws(InputError) -> Recipe {
    let file = try InputFile(path: path)
    guard file.size <= InputLimits.standard.recipe else {
      throw InputPlace(file: path).error("the recipe is larger than 1 MiB", do: "check that this is the recipe")
    }
    let content = try file.bytes(file.size, at: 0)
    let digest = ContentDigest()
    content.withUnsafeBytes { if let start = $0.baseAddress { digest.add(Bytes(start: start, count: $0.count)) } }
    guard let text = String(validating: content, as: UTF8.self) else {
      let valid = content.withUnsafeBytes { buffer in
        buffer.baseAddress.flatMap { UTF8Check.firstInvalid(Bytes(start: $0, count: buffer.count)) } ?? 0
      }
      let line = 1 + content[..<valid].count { $0 == 0x0A }
      let lineStart = (content[..<valid].lastIndex(of: 0x0A) ?? -1) + 1
      throw InputPlace(file: path, line: line).error(
        "byte \(valid - lineStart + 1) of the line is not valid UTF-8", do: "save the file as UTF-8")
    }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    var recipe = try RecipeLoader(path: path, folder: folder, dataFolder: dataFolder).recipe(text)
    recipe.digest = digest.hexadecimal()
    recipe.size = content.count
    return recipe
  }
}
