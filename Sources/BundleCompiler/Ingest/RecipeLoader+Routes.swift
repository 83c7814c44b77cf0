extension RecipeLoader {
  /// What ends the name of a file among the examples of a route; everything else is an example itself.
  private static let fileEnding = ".jsonl"

  /// The examples of each route: a file, a question, or a list of both.
  func routes(_ node: RecipeNode) throws(InputError) -> [Recipe.RouteExamples] {
    var routes: [Recipe.RouteExamples] = []
    for member in try node.members() {
      let name = try route(member.key)
      guard !routes.contains(where: { $0.route == name }) else {
        throw member.key.place.error("the route '\(name)' stands twice", do: "write its examples as one list")
      }
      var examples = Recipe.RouteExamples(route: name)
      for element in member.value.list() {
        let line = element.place.line ?? 1
        let text = try element.text()
        if text.hasSuffix(Self.fileEnding) {
          examples.files.append(Recipe.SourceFile(path: try resolved(element), line: line))
        } else {
          examples.queries.append(Recipe.RouteExamples.Query(text: text, line: line))
        }
      }
      guard !examples.files.isEmpty || !examples.queries.isEmpty else {
        throw member.value.place.error(
          "the route '\(name)' has an empty list", do: "write questions or files that end in .jsonl, or remove it")
      }
      routes.append(examples)
    }
    return routes
  }
}
