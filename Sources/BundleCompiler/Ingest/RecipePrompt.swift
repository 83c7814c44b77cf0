import BundleFormat
import BundleReader

/// A prompt that is the same for many requests but for its variables: what callers send, and the key of its entries.
public struct RecipePrompt: Equatable, Sendable {
  /// Its name: letters from A to Z, digits, `-` and `_`.
  public let name: String
  /// The text with a tag for each variable, at most 4,096 bytes.
  public let template: String
  /// The names of its variables.
  public let variables: [String]

  /// The prompt filled with `values`, one for each variable.
  ///
  /// - Throws: an error at `place` if the text is longer than a question may be or empty.
  func filled(_ values: [ScopePair], place: InputPlace, limits: InputLimits) throws(InputError) -> String {
    let problem = "the prompt '\(name)' filled with these variables"
    var filler = TemplateFiller()
    let result = Array(template.utf8).withBytes { template in
      values.scopeText.withBytes { try? filler.fill(template, $0, limit: limits.question) }
    }
    switch result {
    case .filled: return String(decoding: filler.text.copied, as: UTF8.self)
    case .tooLong:
      throw place.error(
        "\(problem) has more than \(InputLimits.text(limits.question))", do: "shorten the values or the template")
    case .missing, nil: throw place.error("\(problem) is empty", do: "give values that are not empty")
    }
  }
}

extension RecipeLoader {
  /// The prompts of a recipe: a list of `{name, template, variables}`.
  func prompts(_ node: RecipeNode) throws(InputError) -> [RecipePrompt] {
    var prompts: [RecipePrompt] = []
    for element in node.list() {
      let mapping = try element.mapping(known: ["name", "template", "variables"])
      let nameNode = try mapping.required("name", example: "product-copy")
      let name = try self.name(nameNode)
      guard !prompts.contains(where: { $0.name == name }) else {
        throw nameNode.place.error("the prompt '\(name)' stands twice", do: "give each a name of its own")
      }
      let prompt = RecipePrompt(
        name: name, template: try mapping.required("template", example: "Describe {{product}}").text(),
        variables: try variables(try mapping.required("variables", example: "[product]")))
      try check(prompt, mapping)
      prompts.append(prompt)
    }
    guard prompts.count <= PromptRecord.maximumCount else {
      throw node.place.error(
        "\(node.subject) has \(prompts.count) prompts, more than \(PromptRecord.maximumCount)", do: "use fewer")
    }
    return prompts
  }

  private func name(_ node: RecipeNode) throws(InputError) -> String {
    let name = try node.text()
    guard Array(name.utf8).withBytes({ TemplateScanner.isName($0) }) else {
      throw node.place.error(
        "\(node.subject) is '\(name)'",
        do: "use letters from A to Z, digits, '-' and '_', at most \(TemplateScanner.maximumName) of them")
    }
    return name
  }

  private func variables(_ node: RecipeNode) throws(InputError) -> [String] {
    var names: [String] = []
    for element in node.list() {
      let name = try self.name(element)
      guard !names.contains(name) else {
        throw element.place.error("\(node.subject) has '\(name)' twice", do: "write it once")
      }
      names.append(name)
    }
    return names
  }

  private func check(_ prompt: RecipePrompt, _ mapping: RecipeMapping) throws(InputError) {
    let node = try mapping.required("template", example: "")
    guard prompt.template.utf8.count <= PromptRecord.maximumTemplate else {
      throw node.place.error(
        "\(node.subject) is longer than \(InputLimits.text(PromptRecord.maximumTemplate))", do: "shorten it")
    }
    let used = try TemplateUse(prompt.template, place: node.place, subject: node.subject)
    for name in used.names where !prompt.variables.contains(name) {
      throw node.place.error(
        "\(node.subject) has a tag for '\(name)', which 'variables' does not name",
        do: "add it there, or write \\{ where a brace is meant")
    }
    for name in prompt.variables where !used.names.contains(name) {
      throw node.place.error(
        "'variables' names '\(name)', which the template does not use", do: "use it as {{\(name)}}, or remove it")
    }
  }
}
