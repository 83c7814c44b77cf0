import BundleFormat

extension InputLoader {
  /// The canonical question of an entry: its field `question`, or a prompt of the recipe filled with its `variables`.
  func questionText(_ record: JSONRecord) throws(InputError) -> String {
    guard let name = try record.optionalString("prompt") else {
      guard record.value("variables") == nil else {
        throw record.place.error(
          "the field \"variables\" needs a \"prompt\"",
          do: "name a prompt of the recipe; the variables of an answer are declared by \"template\"")
      }
      return try record.string("question")
    }
    guard record.value("question") == nil else {
      throw record.place.error(
        "the entry has both \"question\" and \"prompt\"", do: "keep one; further wordings belong into \"variants\"")
    }
    guard let prompt = recipe.prompts.first(where: { $0.name == name }) else {
      throw record.place.error(
        "the prompt \"\(name)\" is not in the recipe", do: "add it to 'prompts' of \(recipe.path)")
    }
    return try prompt.filled(try values(record, of: prompt), place: record.place, limits: limits)
  }

  private func values(_ record: JSONRecord, of prompt: RecipePrompt) throws(InputError) -> [ScopePair] {
    let values = try record.pairs("variables", owner: "the prompt's") { text throws(InputError) in
      guard text.utf8.count <= TemplateScanner.maximumValue, !text.utf8.contains(0) else {
        throw record.place.error(
          "a value in \"variables\" is longer than \(InputLimits.text(TemplateScanner.maximumValue)) or has U+0000",
          do: "correct it")
      }
    }
    for value in values where !prompt.variables.contains(value.key) {
      throw record.place.error(
        "the prompt \"\(prompt.name)\" has no variable \"\(value.key)\"",
        do: "its variables are \(prompt.variables.joined(separator: ", "))")
    }
    for name in prompt.variables where !values.contains(where: { $0.key == name }) {
      throw record.place.error(
        "\"variables\" lacks \"\(name)\", which the prompt \"\(prompt.name)\" has", do: "give it a value")
    }
    return values
  }
}
