import BundleFormat

extension JSONRecord {
  /// The canonical question of an entry: its field `question`, or a prompt of the recipe filled with its `variables`.
  func canonicalQuestion(_ recipe: Recipe, _ limits: InputLimits) throws(InputError) -> String {
    guard let name = try optionalString("prompt") else {
      guard value("variables") == nil else {
        throw place.error(
          "the field \"variables\" needs a \"prompt\"",
          do: "name a prompt of the recipe; the variables of an answer are declared by \"template\"")
      }
      return try string("question")
    }
    guard value("question") == nil else {
      throw place.error(
        "the entry has both \"question\" and \"prompt\"", do: "keep one; further wordings belong into \"variants\"")
    }
    guard let prompt = recipe.prompts.first(where: { $0.name == name }) else {
      throw place.error(
        "the prompt \"\(name)\" is not in the recipe", do: "add it to 'prompts' of \(recipe.path)")
    }
    return try prompt.filled(try values(of: prompt), place: place, limits: limits)
  }

  private func values(of prompt: RecipePrompt) throws(InputError) -> [ScopePair] {
    let values = try pairs("variables", owner: "the prompt's") { text throws(InputError) in
      guard text.utf8.count <= TemplateScanner.maximumValue, !text.utf8.contains(0) else {
        throw place.error(
          "a value in \"variables\" is longer than \(InputLimits.text(TemplateScanner.maximumValue)) or has U+0000",
          do: "correct it")
      }
    }
    for value in values where !prompt.variables.contains(value.key) {
      throw place.error(
        "the prompt \"\(prompt.name)\" has no variable \"\(value.key)\"",
        do: "its variables are \(prompt.variables.joined(separator: ", "))")
    }
    for name in prompt.variables where !values.contains(where: { $0.key == name }) {
      throw place.error(
        "\"variables\" lacks \"\(name)\", which the prompt \"\(prompt.name)\" has", do: "give it a value")
    }
    return values
  }
}
