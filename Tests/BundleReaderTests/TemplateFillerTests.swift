import BundleFormat
import BundleReader
import TestSupport
import Testing

/// What a template becomes with a request's variables.
@Suite struct TemplateFillerTests {
  /// The filled text, or why there is none.
  private static func fill(_ template: String, _ variables: [(String, String)], limit: Int = 1_000) -> String {
    var filler = TemplateFiller()
    var pairs: [UInt8] = []
    for (name, value) in variables { pairs += Array(name.utf8) + [0] + Array(value.utf8) + [0] }
    return Array(template.utf8).withBytes { template in
      pairs.withBytes { pairs in
        do throws(TemplateError) {
          switch try filler.fill(template, variables.isEmpty ? nil : pairs, limit: limit) {
          case .filled: return String(decoding: filler.text.copied, as: UTF8.self)
          case .missing: return "missing: " + String(decoding: filler.missing.copied, as: UTF8.self)
          case .tooLong: return "too long"
          }
        } catch {
          return "\(error.problem) at \(error.offset)"
        }
      }
    }
  }

  @Test(arguments: [
    ("Dear {{name}}!", "Dear Ada!"), ("{{ name }}{{name}}", "AdaAda"), ("{{name|you}}", "Ada"),
    ("{{other|you}}", "you"),
    ("{{other|}}.", "."), ("{{other| two spaces }}.", " two spaces ."), ("{{other|a|b}}", "a|b"),
    ("{{other|a}b}}", "a}b"),
    ("{{#name}}has{{/name}}{{^name}}has not{{/name}}", "has"), ("{{#other}}{{absent}}{{/other}}none", "none"),
    ("{{^other}}{{name}}{{/other}}", "Ada"), ("{{#off}}x{{/off}}{{#empty}}y{{/empty}}{{^off}}z{{/off}}", "z"),
    ("{{#zero}}{{zero}} left{{/zero}}", "0 left"),
    ("{{#name}}a{{#other}}b{{#name}}c{{/name}}{{/other}}d{{/name}}", "ad"),
    (#"\{{name}} \{\{name\}\} \\{{name}} \n }} { }"#, #"{{name}} {{name}} \Ada \n }} { }"#),
    ("{{größe|x}}", "badName at 0"),
    ("{{injected}}", "{{name}}{{#other}}"), ("{{off}}", "false"), ("{{empty}}.", "."), ("é{{name}}é", "éAdaé"),
  ])
  func isFilled(template: String, expected: String) {
    let variables = [
      ("name", "Ada"), ("off", "false"), ("empty", ""), ("zero", "0"), ("injected", "{{name}}{{#other}}"),
    ]
    #expect(Self.fill(template, variables) == expected, "\(template)")
  }

  @Test(arguments: [
    ("Dear {{name}}!", "missing: name"), ("{{name|}}", "missing: "), ("{{#name}}x{{/name}}", "missing: name"),
    (" {{#a}}x{{/a}}\n{{#b}}y{{/b}}", "missing: a"), ("{{^a}}{{b}}{{/a}}", "missing: b"),
  ])
  func whatIsMissingIsNamed(template: String, expected: String) {
    #expect(Self.fill(template, []) == expected, "\(template)")
  }

  @Test(arguments: [
    ("{{name", "openTag at 0"), ("a{{", "openTag at 1"), ("{{name}", "openTag at 0"), ("{{#a}}", "openSection at 0"),
    ("x{{^a}}{{#b}}{{/b}}", "openSection at 1"), ("{{/a}}", "strayEnd at 0"), ("{{#a}}{{/b}}", "strayEnd at 6"),
    ("{{#a}}{{#b}}{{/a}}{{/b}}", "strayEnd at 12"), ("{{}}", "badName at 0"), ("{{ }}", "badName at 0"),
    ("{{a b}}", "badName at 0"), ("{{{a}}}", "badName at 0"), ("{{!note}}", "badName at 0"),
    ("{{a.b}}", "badName at 0"),
    ("{{#a|b}}{{/a}}", "badName at 0"), ("{{a|{{b}}}}", "tagInStandard at 0"),
    ("{{#off}}{{name{{/off}}", "badName at 8"),
  ])
  func whatIsNoTemplateIsRefusedAlsoWhereItIsHidden(template: String, expected: String) {
    #expect(Self.fill(template, [("name", "Ada")]) == expected, "\(template)")
  }

  @Test func sectionsNestSixteenDeep() {
    func nested(_ depth: Int) -> String {
      (0..<depth).map { "{{#a\($0)}}" }.joined() + "{{name}}"
        + (0..<depth).reversed().map { "{{/a\($0)}}" }.joined() + "."
    }
    let all = (0..<20).map { ("a\($0)", "yes") } + [("name", "Ada")]
    #expect(Self.fill(nested(16), all) == "Ada.")
    #expect(Self.fill(nested(16), Array(all.dropFirst(9))) == ".")
    #expect(Self.fill(nested(17), all).hasPrefix("tooDeep at"))
  }

  @Test func namesHaveAtMostSixtyFourBytes() {
    let name = String(repeating: "n", count: 64)
    #expect(Self.fill("{{\(name)}}", [(name, "x")]) == "x")
    #expect(Self.fill("{{\(name)}}", []) == "missing: \(name)")
    #expect(Self.fill("{{\(name)n}}", []) == "badName at 0")
  }

  @Test func theFilledTextKeepsItsLimit() {
    let value = String(repeating: "x", count: 100)
    #expect(Self.fill("{{a}}", [("a", value)], limit: 100) == value)
    #expect(Self.fill("{{a}}", [("a", value)], limit: 99) == "too long")
    #expect(Self.fill("{{a}}{{a}}{{a}}", [("a", value)], limit: 299) == "too long")
    let long = String(repeating: "{{a}}", count: 300)
    #expect(Self.fill(long, [("a", value)], limit: 1 << 20) == String(repeating: "x", count: 30_000))
  }

  /// Whatever a text is, it is filled or refused, and what is filled holds no more than template and values allow.
  @Test func noTextEndsTheProcess() {
    var random = SeededRandom()
    let parts = [
      "{{", "}}", "#", "^", "/", "a", "b", "|", " ", "\\", "{", "}", "{{a}}", "{{#a}}", "{{/a}}", "{{^b}}", "{{/b}}",
      "é",
    ]
    for _ in 0..<20_000 {
      let template = (0..<Int.random(in: 0...12, using: &random)).map { _ in parts.randomElement(using: &random)! }
        .joined()
      let filled = Self.fill(template, [("a", "1")], limit: 40)
      #expect(filled.utf8.count <= 64, "seed \(random.seed): \(template)")
    }
  }
}
