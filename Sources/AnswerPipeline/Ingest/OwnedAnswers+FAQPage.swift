import BundleCompiler
import BundleFormat

extension OwnedAnswers {
  /// Reads the FAQPage data (schema.org, JSON-LD) of an HTML page, or of a file that is JSON itself.
  ///
  /// - Throws: `InputError` if the file cannot be read or has no FAQPage.
  init(faqPage path: String) throws(InputError) {
    let bytes = try TextFile.read(path)
    let text = String(decoding: bytes, as: UTF8.self)
    let isJSON = text.trimmed.first.map { "{[".contains($0) } ?? false
    var found = false
    for script in isJSON ? [JSONScript(line: 1, text: text)] : JSONScript.all(in: text) {
      do throws(JSONError) {
        let value = try Array(script.text.utf8).withBytes { bytes throws(JSONError) in try JSONParser.parse(bytes) }
        for page in Self.pages(value) {
          found = true
          add(page, script.line, path)
        }
      } catch {
        malformed.append((script.line, "the JSON-LD is not JSON: \(error.problem)"))
      }
    }
    guard found || !malformed.isEmpty else {
      throw InputError(
        file: path, problem: "there is no FAQPage in JSON-LD here",
        remedy: "give a page with <script type=\"application/ld+json\"> of @type FAQPage, a CSV or a Markdown file")
    }
  }

  private mutating func add(_ page: JSONValue, _ line: Int, _ path: String) {
    let entity = page["mainEntity"]
    let questions = entity.map { $0.elements.isEmpty ? [$0] : $0.elements } ?? []
    for question in questions where Self.isType("Question", question) {
      let answers = question["acceptedAnswer"] ?? question["suggestedAnswer"]
      let answer = answers?.elements.first ?? answers
      guard let name = question["name"]?.string ?? question["text"]?.string, let text = answer?["text"]?.string else {
        malformed.append((line, "a Question has no name, or no acceptedAnswer with a text"))
        continue
      }
      let url = question["url"]?.string ?? question["@id"]?.string ?? page["url"]?.string
      let plain = HTMLText.plain(name)
      self.answers.append(
        OwnedAnswer(
          question: plain, answer: HTMLText.plain(text),
          source: url ?? "\(path.lastPathComponent)#\(plain.slug)", line: line))
    }
  }

  // Pages anywhere: at the top, in an array, or in the @graph.
  private static func pages(_ value: JSONValue) -> [JSONValue] {
    switch value {
    case .array(let values): values.flatMap(pages)
    case .object where isType("FAQPage", value): [value]
    case .object(let members): members.flatMap { pages($0.value) }
    default: []
    }
  }

  private static func isType(_ name: String, _ value: JSONValue) -> Bool {
    guard let type = value["@type"] else { return false }
    let names = type.string.map { [$0] } ?? type.elements.compactMap(\.string)
    return names.contains { $0 == name || $0.hasSuffix("/\(name)") || $0.hasSuffix(":\(name)") }
  }
}

/// A script of JSON-LD in a page.
private struct JSONScript {
  /// The line of its first byte, counted from 1.
  let line: Int
  let text: String

  static func all(in page: String) -> [JSONScript] {
    var scripts: [JSONScript] = []
    var rest = page[...]
    var line = 1
    while let start = rest.firstRange(of: "<script") {
      guard let open = rest[start.upperBound...].firstIndex(of: ">"),
        let end = rest[open...].firstRange(of: "</script")
      else { break }
      let attributes = rest[start.upperBound..<open].lowercased()
      let body = rest[rest.index(after: open)..<end.lowerBound]
      line += rest[..<body.startIndex].count { $0.isNewline }
      if attributes.contains("ld+json") { scripts.append(JSONScript(line: line, text: String(body))) }
      line += body.count { $0.isNewline }
      rest = rest[end.lowerBound...].dropFirst()
    }
    return scripts
  }
}
