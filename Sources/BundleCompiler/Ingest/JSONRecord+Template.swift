import BundleFormat

extension JSONRecord {
  /// Whether the answer is a template: whether the field `template` declares its variables.
  ///
  /// - Throws: an error if the answer then is no template, has a tag of a variable that is not declared, does not use one that
  ///   is, or could become longer than an answer may be.
  func isTemplate(_ answer: String, limits: InputLimits) throws(InputError) -> Bool {
    guard let value = value("template") else { return false }
    let declared = try declaredNames(value)
    let used = try TemplateUse(answer, place: place, subject: "the answer")
    for name in used.names where !declared.contains(name) {
      throw place.error(
        "the answer has a tag for \"\(name)\", which \"template\" does not declare",
        do: "add it to \"template\", or write \\{ where a brace is meant")
    }
    for name in declared where !used.names.contains(name) {
      throw place.error(
        "\"template\" declares \"\(name)\", which the answer does not use", do: "use it as {{\(name)}}, or remove it")
    }
    let longest = answer.utf8.count + used.slots * TemplateScanner.maximumValue
    guard longest <= limits.answer else {
      throw place.error(
        "the answer with \(used.slots) slots filled could have \(InputLimits.grouped(longest)) bytes, "
          + "more than \(InputLimits.text(limits.answer))",
        do: "use fewer slots; each may take \(InputLimits.grouped(TemplateScanner.maximumValue)) bytes")
    }
    return true
  }

  private func declaredNames(_ value: JSONValue) throws(InputError) -> [String] {
    guard case .array(let elements) = value else {
      throw wrongType("template", value, "an array with the names of the answer's variables")
    }
    var names: [String] = []
    for element in elements {
      guard case .string(let name) = element else {
        throw place.error("a name in \"template\" is \(element.kind)", do: "write a string")
      }
      guard Array(name.utf8).withBytes({ TemplateScanner.isName($0) }) else {
        throw place.error(
          "\"template\" has the name \"\(name)\"",
          do: "use letters from A to Z, digits, '-' and '_', at most \(TemplateScanner.maximumName) of them")
      }
      guard !names.contains(name) else {
        throw place.error("\"template\" has the name \"\(name)\" twice", do: "write it once")
      }
      names.append(name)
    }
    return names
  }
}

/// The variables that a template uses.
struct TemplateUse {
  /// Their names, in the order in which they appear first.
  private(set) var names: [String] = []
  /// How many slots there are, each as often as it stands in the template.
  private(set) var slots = 0

  /// Reads a template; `subject` names it in errors.
  ///
  /// - Throws: an error that says at which byte it is no template.
  init(_ template: String, place: InputPlace, subject: String) throws(InputError) {
    var names: [String] = []
    var slots = 0
    let problem = Array(template.utf8).withBytes { bytes -> TemplateError? in
      var scanner = TemplateScanner()
      scanner.begin(bytes)
      do throws(TemplateError) {
        while let part = try scanner.next() {
          switch part {
          case .slot(let name, _):
            slots += 1
            Self.add(name, to: &names)
          case .section(let name, _): Self.add(name, to: &names)
          case .text, .end: continue
          }
        }
        return nil
      } catch {
        return error
      }
    }
    if let problem {
      throw place.error("\(subject) \(problem.text), at byte \(problem.offset + 1)", do: problem.remedy)
    }
    self.names = names
    self.slots = slots
  }

  private static func add(_ name: Bytes, to names: inout [String]) {
    let name = String(decoding: name.copied, as: UTF8.self)
    if !names.contains(name) { names.append(name) }
  }
}

extension TemplateError {
  fileprivate var text: String {
    switch problem {
    case .openTag: "has {{ without }}"
    case .badName: "has a tag without a name"
    case .tagInStandard: "has {{ in the default of a slot"
    case .strayEnd: "ends a section that is not the innermost open one"
    case .openSection: "has a section without end"
    case .tooDeep: "has more than \(TemplateScanner.maximumDepth) sections in one another"
    }
  }

  fileprivate var remedy: String {
    switch problem {
    case .openTag, .tagInStandard: "close the tag with }}, or write \\{ where a brace is meant"
    case .badName:
      "write {{name}} with letters from A to Z, digits, '-' and '_', or \\{ where a brace is meant"
    case .strayEnd, .openSection: "close each {{#name}} and {{^name}} with {{/name}}, the inner one first"
    case .tooDeep: "nest fewer"
    }
  }
}
