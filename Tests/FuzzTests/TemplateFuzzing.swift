import BundleFormat
import BundleReader

/// Templates of answers and prompts, and the values of their variables.
enum TemplateFuzzing {
  private static let limit = 4_096

  /// The template, a byte that is never UTF-8, and pairs of names and values.
  static func take(_ input: [UInt8]) {
    let parts = input.split(separator: 0xFF, maxSplits: 1, omittingEmptySubsequences: false)
    let template = Array(parts.first ?? [])
    let variables = parts.count > 1 ? Array(parts[1]) : []
    template.withBytes { template in
      variables.withBytes { variables in
        scan(template)
        var first = TemplateFiller()
        var second = TemplateFiller()
        let filled = described(&first, template, variables)
        _ = try? second.fill(Bytes("{{#a}}{{b|c}}{{/a}}{{d}}"), nil, limit: limit)
        require(filled == described(&second, template, variables), "a filler keeps nothing of the last template")
        require(filled == described(&first, template, variables), "a template is filled alike each time")
      }
    }
    prompts(input)
  }

  private static func scan(_ template: Bytes) {
    var scanner = TemplateScanner()
    scanner.begin(template)
    var length = 0
    do throws(TemplateError) {
      while let part = try scanner.next() {
        require(scanner.depth <= TemplateScanner.maximumDepth, "sections are bounded")
        switch part {
        case .text(let text): length += text.count
        case .slot(let name, let standard):
          require(TemplateScanner.isName(name), "a slot has a name")
          length += standard?.count ?? 0
        case .section(let name, _), .end(let name): require(TemplateScanner.isName(name), "a section has a name")
        }
      }
      require(scanner.depth == 0 && length <= template.count, "all sections are closed, and all text is the template's")
    } catch {
      require(error.offset <= template.count, "a mistake lies in the template")
    }
  }

  private static func described(_ filler: inout TemplateFiller, _ template: Bytes, _ variables: Bytes) -> String {
    do throws(TemplateError) {
      let result = try filler.fill(template, variables.count > 0 ? variables : nil, limit: limit)
      require(filler.text.count <= limit, "a filled text keeps its limit")
      if case .filled = result { require(filler.text.count > 0, "a filled text is not empty") }
      return "\(result) \(filler.text.copied) \(filler.missing.copied)"
    } catch {
      return "\(error.problem) \(error.offset)"
    }
  }

  // The section of prompts that the same bytes are.
  private static func prompts(_ input: [UInt8]) {
    input.withBytes { bytes in
      var offset = 0
      while true {
        let start = offset
        guard let prompt = PromptRecord(bytes, &offset) else { break }
        let again = PromptRecord.encoded(name: prompt.name.copied, template: prompt.template.copied)
        require(offset > start && again == Array(input[start..<offset]), "a prompt reads back as it was written")
      }
    }
  }
}
