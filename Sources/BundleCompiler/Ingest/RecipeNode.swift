import Yams

/// One value of a recipe, with its name and place for errors.
package struct RecipeNode {
  /// The value's name with the names of what holds it: `budget.confidence`.
  package let name: String
  package let place: InputPlace
  private let node: Node

  init(_ node: Node, name: String, file: String, line: Int? = nil) {
    self.node = node
    self.name = name
    place = InputPlace(file: file, line: node.mark?.line ?? line)
  }

  /// Reads the YAML file at `path`.
  ///
  /// - Throws: `InputError` if it cannot be read, is empty or is not YAML.
  package static func load(path: String) throws(InputError) -> RecipeNode {
    let file = try InputFile(path: path)
    guard file.size <= InputLimits.standard.recipe else {
      throw InputPlace(file: path).error("the file is larger than 1 MiB", do: "check that it is the file you mean")
    }
    let text = String(decoding: try file.bytes(file.size, at: 0), as: UTF8.self)
    guard let node = try RecipeLoader(path: path, folder: "", dataFolder: nil).compose(text) else {
      throw InputPlace(file: path).error("the file is empty", do: "write keys and values")
    }
    return RecipeNode(node, name: "", file: path, line: 1)
  }

  /// A number that is 0 or more, such as a price.
  package func amount() throws(InputError) -> Double {
    let text = try text()
    guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) || ".eE-".utf8.contains($0) }), let value = Double(text),
      value.isFinite, value >= 0
    else { throw place.error("\(subject) is '\(text)'", do: "write a number, 0 or more") }
    return value
  }

  /// The values of a mapping whose keys are all among `known`.
  package func mapping(known: [String]) throws(InputError) -> RecipeMapping {
    guard let mapping = node.mapping else {
      let known = known.map { "\($0): …" }.joined(separator: ", ")
      throw place.error("\(subject) is not a mapping", do: "write keys and values ({\(known)})")
    }
    var values: [String: RecipeNode] = [:]
    for (keyNode, valueNode) in mapping {
      let keyPlace = InputPlace(file: place.file, line: keyNode.mark?.line ?? place.line)
      let key = keyNode.scalar?.string ?? ""
      guard known.contains(key) else {
        let nearest = NearestName.of(key, among: known).map { "did you mean '\($0)'? " } ?? ""
        let inside = name.isEmpty ? "" : " in \(name)"
        throw keyPlace.error(
          "unknown key '\(key)'\(inside)", do: "\(nearest)known keys are \(known.joined(separator: ", "))")
      }
      let valueName = name.isEmpty ? key : "\(name).\(key)"
      values[key] = RecipeNode(valueNode, name: valueName, file: place.file, line: keyPlace.line)
    }
    return RecipeMapping(values: values, place: place, name: name)
  }

  /// The keys and values of a mapping whose keys its author chooses, in their order.
  package func members() throws(InputError) -> [(key: RecipeNode, value: RecipeNode)] {
    guard let mapping = node.mapping else {
      throw place.error("\(subject) is not a mapping", do: "write keys and values ({name: …})")
    }
    var members: [(key: RecipeNode, value: RecipeNode)] = []
    for (keyNode, valueNode) in mapping {
      let key = RecipeNode(keyNode, name: name, file: place.file, line: place.line)
      let text = keyNode.scalar?.string ?? ""
      let value = name.isEmpty ? text : "\(name).\(text)"
      members.append((key, RecipeNode(valueNode, name: value, file: place.file, line: key.place.line)))
    }
    return members
  }

  /// Whether the value is a mapping.
  package var isMapping: Bool { node.mapping != nil }

  /// The elements of a list, or the value itself where no list is written.
  package func list() -> [RecipeNode] {
    guard let sequence = node.sequence else { return [self] }
    return sequence.map { RecipeNode($0, name: name, file: place.file, line: place.line) }
  }

  /// The text of a value that is neither list nor mapping, not empty.
  package func text() throws(InputError) -> String {
    guard let scalar = node.scalar else {
      throw place.error("\(subject) is a list or mapping", do: "write a single value")
    }
    let isNull = scalar.style == .plain && ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    guard !isNull, !scalar.string.isEmpty else {
      throw place.error("\(subject) has no value", do: "give it one, or remove the key")
    }
    return scalar.string
  }

  /// A whole number in `range`.
  package func integer<Value: FixedWidthInteger>(in range: ClosedRange<Value>) throws(InputError) -> Value {
    let text = try text()
    guard let value = Value(text), range.contains(value) else {
      let end = range.upperBound == .max ? "" : " to \(range.upperBound)"
      let bounds = "from \(range.lowerBound)\(end)"
      throw place.error("\(subject) is '\(text)'", do: "write a whole number \(bounds)")
    }
    return value
  }

  /// A share written as `1%` or `0.01`. `isAllowed` says which are in range, `bounds` the same in words.
  package func share(_ bounds: String, _ isAllowed: (Double) -> Bool) throws(InputError) -> Double {
    let text = try text()
    let digits = text.hasSuffix("%") ? String(text.dropLast()).trimmingSpaces : text
    // Double also reads "nan", "0x1p3" and the like, which nobody means here.
    guard digits.utf8.allSatisfy({ (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) }),
      let number = Double(digits), number.isFinite
    else {
      throw place.error("\(subject) is '\(text)', which is not a share", do: "write it as 1% or 0.01")
    }
    // Divided, since 5 / 100 is the double that 0.05 is; 5 * 0.01 is not.
    let value = text.hasSuffix("%") ? number / 100 : number
    guard isAllowed(value) else {
      throw place.error("\(subject) is \(text), out of range", do: "write a share \(bounds), as 1% or 0.01")
    }
    return value
  }

  /// One of the names of an enumeration.
  package func choice<Choice: RawRepresentable<String>>(_ known: [Choice]) throws(InputError) -> Choice {
    let text = try text()
    guard let choice = Choice(rawValue: text) else {
      throw place.error(
        "\(subject) is '\(text)', which is unknown", do: "write \(known.map(\.rawValue).joined(separator: " or "))")
    }
    return choice
  }

  /// The value, for errors.
  package var subject: String { name.isEmpty ? "the recipe" : "'\(name)'" }
}

/// The values of a mapping in a recipe, by key.
package struct RecipeMapping {
  fileprivate let values: [String: RecipeNode]
  package let place: InputPlace
  fileprivate let name: String

  /// The value of `key`, or `nil` if the recipe leaves it out.
  package subscript(key: String) -> RecipeNode? { values[key] }

  /// The value of `key`, which must be there. `example` shows what to write.
  package func required(_ key: String, example: String) throws(InputError) -> RecipeNode {
    guard let value = values[key] else {
      let inside = name.isEmpty ? "the recipe" : "'\(name)'"
      throw place.error("the key '\(key)' is missing from \(inside)", do: "add it, such as '\(key): \(example)'")
    }
    return value
  }
}

extension String {
  /// The text without spaces at its ends.
  fileprivate var trimmingSpaces: String {
    var text = self[...]
    while text.first == " " { text.removeFirst() }
    while text.last == " " { text.removeLast() }
    return String(text)
  }
}
