import BundleFormat
import Testing

@testable import BundleCompiler

/// Rules applied to single texts.
final class RuleProbe: @unchecked Sendable {
  private let memory: FixedBuffer<UInt8>
  private let table: RuleTable?

  convenience init(_ recipe: RecipeRules = RecipeRules()) throws { self.init(bytes: try CompiledRules(recipe).bytes) }

  init(bytes: [UInt8]) {
    var copy = FixedBuffer<UInt8>(capacity: bytes.count)
    for (index, byte) in bytes.enumerated() { copy[index] = byte }
    memory = copy
    table = RuleTable(memory.bytes(bytes.count))
  }

  /// What the rules found in one text.
  struct Finding: Equatable {
    /// What is left without courtesy.
    var core: String
    var classes: RuleClasses
  }

  /// The normal form of a text.
  static func normalForm(_ text: String) throws -> [UInt8] {
    var normalizer = TextNormalizer(maximumInput: 4096)
    return try Array(text.utf8).withBytes { bytes throws(NormalizationError) in
      _ = try normalizer.normalize(bytes)
      return normalizer.output.copied
    }
  }

  /// Applies the rules to the normal form of `text`; `nil` if the table is refused.
  func find(_ text: String) throws -> Finding? {
    let form = try Self.normalForm(text)
    guard let table else { return nil }
    return form.withBytes { form in
      var matcher = RuleMatcher(capacity: 3 * 4096)
      matcher.match(form, table)
      // Whatever a table says, spans lie within the text.
      for index in 0..<matcher.cutCount {
        #expect(form.slice(matcher.cut(index).lowerBound, matcher.cut(index).count) != nil)
      }
      for index in 0..<RuleClasses.count {
        #expect(form.slice(matcher.span(index).lowerBound, matcher.span(index).count) != nil)
      }
      let core = matcher.hasCut ? matcher.core : form
      return Finding(core: String(decoding: core.copied, as: UTF8.self), classes: matcher.classes)
    }
  }
}
